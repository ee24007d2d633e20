"""Writing into one playlist, with an account of what should stand there afterwards."""

from collections.abc import Awaitable
from contextlib import suppress

from app.clock import Clock
from app.playlists.changes import Insertion, inserted, without
from app.playlists.looking import PlaylistLooker, Seen, View
from app.playlists.models import Entry, uris_of
from app.spotify.client import SpotifyClient
from app.spotify.errors import ChangedMeanwhileError, OutcomeUnknownError, SpotifyError
from app.spotify.tokens import TokenSource

SETTLE_S = 2.0
"""How long what was written may take to show when it is read (not documented; reported by developers)."""


class Pen:
    """Adds and takes out songs of one playlist, whose entries are those of `view`.

    Attributes:
        items: what should stand there by now.
    """

    def __init__(
        self, spotify: SpotifyClient, tokens: TokenSource, clock: Clock, *, playlist_id: str, view: View
    ) -> None:
        self.items = view.items
        self._before = self._snapshot_id = view.snapshot_id
        self._changed: set[int] = set()
        self._spotify = spotify
        self._tokens = tokens
        self._clock = clock
        self._id = playlist_id
        self._looker = PlaylistLooker(spotify, tokens)

    async def take_out(self, uris: tuple[str, ...]) -> None:
        """Take every copy of up to a hundred songs out.

        Raises:
            OutcomeUnknownError: the answer is lost and the songs seem to be there still.
        """
        await self._write(self._spotify.remove_items(self._tokens, self._id, uris), without(self.items, uris))

    async def put_in(self, insertion: Insertion) -> None:
        """Put up to a hundred songs in.

        Raises:
            OutcomeUnknownError: the answer is lost and the songs do not seem to be there.
        """
        size, place = len(insertion.entries), insertion.position
        position = place if place < len(self.items) else None  # at the end, wherever that is by now
        added = self._spotify.add_items(self._tokens, self._id, uris_of(insertion.entries), position=position)
        await self._write(added, inserted(self.items, insertion))
        moved = {index + size if index >= place else index for index in self._changed}
        self._changed = moved | set(range(place, place + size))

    async def check(self) -> View:
        """Return what stands there, compared song by song with what should.

        What is not as it should be is looked at once more a little later: it may only be late.

        Raises:
            ChangedMeanwhileError: what was written does not show yet, or somebody else writes.
        """
        with suppress(ChangedMeanwhileError):
            seen = await self._check()
            if seen.as_known or uris_of(seen.view.items) == uris_of(self.items):
                return seen.view
        await self._clock.sleep(SETTLE_S)
        view = (await self._check()).view
        if self._before and view.snapshot_id == self._before != self._snapshot_id:
            raise ChangedMeanwhileError  # what was written does not show yet
        return view

    async def _check(self) -> Seen:
        expected = View(self.items, self._snapshot_id)
        return await self._looker.check(self._id, expected, self._changed)

    async def _write(self, call: Awaitable[str], after: tuple[Entry, ...]) -> None:
        try:
            self._snapshot_id = await call
        except OutcomeUnknownError:
            # The answer is lost, perhaps not the change: look before anybody writes again.
            await self._clock.sleep(SETTLE_S)
            if not await self._has_length(len(after)):
                raise
            self._snapshot_id = ""  # so all of it is read in the end
        self.items = after

    async def _has_length(self, length: int) -> bool:
        """Whether a change has happened that gives the playlist this length, which nobody else would."""
        playlist = await self._spotify.playlist(self._tokens, self._id)
        if playlist.total is None:
            raise SpotifyError("Spotify does not tell how many songs are in the playlist.")
        return playlist.total == length and playlist.snapshot_id != self._snapshot_id
