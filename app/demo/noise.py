"""Words that people tag artists with and that are no genres."""

from dataclasses import replace

from app.demo.models import DemoArtist

NATIONS = ("swedish", "american", "british", "japanese", "brazilian", "polish")
DECADES = ("60s", "80s", "90s", "1970s", "00s", "2010s")
OPINIONS = ("seen live", "favourites", "awesome", "under 2000 listeners", "albums I own")
UNKNOWN = "qwyzzical"
"""A word that is neither a genre nor noise that anybody has heard of."""


def noisy(artist: DemoArtist) -> DemoArtist:
    """Return the artist with noise before its genres, so that it has the most votes."""
    number = sum(artist.id.encode())
    picked = [words[number % len(words)] for words in (NATIONS, DECADES, OPINIONS)]
    return replace(artist, genres=(*picked, artist.name, UNKNOWN, *artist.genres))
