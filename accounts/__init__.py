"""People who work here: their accounts, roles and sign-in. Citizens have no accounts."""
