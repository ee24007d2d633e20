"""Scanning a library and sorting it by genre."""
