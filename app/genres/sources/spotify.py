"""Spotify's own genre words, where an app still gets them.

`genres` of artists is deprecated: empty, null or missing for apps registered in 2026, and asking for several
artists at once is for apps with extended quota alone (Spotify's change log, February 2026). So nobody asks in
development mode, and an answer without any words is none: Spotify tells this app nothing.
"""

from collections.abc import Iterable, Mapping, Sequence

from app.genres.artist_models import Tag
from app.genres.sources.protocol import AskedArtist, Finding, checked, once_each
from app.spotify.client import SpotifyClient, TokenSource
from app.spotify.models import SPOTIFY_ID, ArtistDetails
from app.spotify.paging import PAGE_LIMIT
from app.upstream.gate import Priority

BATCH = PAGE_LIMIT
SOURCE = "spotify"


class SpotifyGenres:
    """Asks Spotify about up to 50 artists with one call, in the name of one person.

    What the answers hold is public; whose token was used makes no difference. Calls count for the budget of
    the app, in their turn with the reading of libraries.
    """

    name = SOURCE
    batch = BATCH

    def __init__(self, client: SpotifyClient, tokens: TokenSource) -> None:
        self._client = client
        self._tokens = tokens

    async def ask(self, artists: Sequence[AskedArtist]) -> Mapping[str, Finding]:
        """Return genres, each with one vote; of nobody in development mode, or if Spotify tells none at all.

        Raises:
            UpstreamError: as `SpotifyClient`; a `BlockedError` means that a scan has to wait.
            ValueError: more than 50 artists.
        """
        ids = [one.id for one in checked(artists, self.batch) if SPOTIFY_ID.fullmatch(one.id)]
        details = await self._client.artists(self._tokens, list(dict.fromkeys(ids)), priority=Priority.SCAN)
        return findings(details)


def findings(details: Iterable[ArtistDetails]) -> dict[str, Finding]:
    """Return what an answer says of its artists: where one has words, one without them has none."""
    found = {
        one.id: Finding(tags=once_each(Tag(name, 1, SOURCE) for name in one.genres or ()))
        for one in details
        if one.id
    }
    return found if any(one.tags for one in found.values()) else {}
