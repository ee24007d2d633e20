"""The operators' list of requests for access."""
