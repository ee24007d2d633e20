"""Home, set-up, about and health."""
