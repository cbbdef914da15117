"""Makes script.stack importable; the commands beside this file are shell."""
