"""Requests for access to an installation that serves invited accounts alone."""
