"""What people listen to right now."""
