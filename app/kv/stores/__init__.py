"""Store adapters, one a file."""
