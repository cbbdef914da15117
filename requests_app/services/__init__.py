"""The only code that writes service requests."""
