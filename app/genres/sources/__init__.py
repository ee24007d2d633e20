"""Genre sources, one adapter a file."""
