"""The operators' metrics and usage."""
