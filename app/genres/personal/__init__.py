"""What a person says of genres that nobody else says: corrections and rules."""
