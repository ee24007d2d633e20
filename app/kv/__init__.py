"""The cached key-value service: the one way to state."""
