"""What the built-in library is made of: real artists, and word lists for titles that nobody released."""
