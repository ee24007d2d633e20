"""What the built-in library is made of: real artists, and word lists for titles that nobody released.

To add an artist, write a line into `artists/<family>.toml`; to add words or patterns, into
`titles/<list>.toml`. An artist uses the list with the name of its family's file, or the one in `titles`.
Ids depend on names alone; titles and likes of others may change with what is added.
"""
