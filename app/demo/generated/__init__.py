"""Music made up from a seed: whatever is asked for is computed then."""
