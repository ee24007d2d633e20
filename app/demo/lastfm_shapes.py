"""The JSON of Last.fm, and the tags its simulated listeners gave."""

import random

from app.demo.listing import Json
from app.demo.models import DemoArtist

# Last.fm's words, from its API pages (November 2026).
ERRORS = {
    3: "Invalid Method - No method with that name in this package",
    6: "Invalid parameters - Your request is missing a required parameter",
    8: "Operation failed - Something else went wrong",
    10: "Invalid API key - You must be granted a valid key by last.fm",
    11: "Service Offline - This service is temporarily offline. Try again later.",
    16: "There was a temporary error processing your request. Please try again",
    26: "Suspended API key - Access for your account has been suspended, please contact Last.fm",
    29: "Rate limit exceeded - Your IP has made too many requests in a short period",
}
NOISE = ("seen live", "favourites", "british", "american", "swedish", "90s", "awesome")
MOST = 100
LEAST_GENRE = 10


def error(code: int) -> Json:
    """Return an error as it comes with HTTP 200."""
    return {"error": code, "message": ERRORS.get(code, "Unknown error"), "links": []}


def not_found() -> Json:
    """Return the error for a name that nobody has."""
    return {**error(6), "message": "The artist you supplied could not be found"}


def top_tags(artist: DemoArtist) -> Json:
    """Return the artist's genre words with counts, the first 100, and some noise; one tag is no list."""
    chance = random.Random(f"lastfm {artist.id}")
    counts = sorted((chance.randint(LEAST_GENRE, MOST) for _ in artist.genres[1:]), reverse=True)
    counted = list(zip(artist.genres, (MOST, *counts), strict=False))
    if counted:
        noise = [*chance.sample(NOISE, k=chance.randint(0, 3)), *([artist.name] * chance.randint(0, 1))]
        counted += [(word, chance.randint(1, 40)) for word in noise]
    tags = [_tag(name, count) for name, count in sorted(counted, key=lambda one: -one[1])]
    return {"toptags": {"tag": tags[0] if len(tags) == 1 else tags, "@attr": {"artist": artist.name}}}


def _tag(name: str, count: int) -> Json:
    return {"count": count, "name": name, "url": f"https://www.last.fm/tag/{name.replace(' ', '+')}"}
