"""Writing one playlist to Spotify so that a lost answer or a crash never makes a second one."""

from collections.abc import Awaitable, Callable

from app.playlists.models import PlannedPlaylist, Step
from app.spotify.client import SpotifyClient
from app.spotify.errors import OutcomeUnknownError, SpotifyError
from app.spotify.tokens import TokenSource
from app.upstream.gate import Priority

SONGS_A_CALL = 100  # POST /playlists/{id}/items takes at most 100 URIs (Spotify's OpenAPI, 2026-05)

Save = Callable[[Step], Awaitable[None]]


class PlaylistWriter:
    """Creates, fills and verifies one playlist, saving how far it is before and after every call."""

    def __init__(self, spotify: SpotifyClient, tokens: TokenSource, *, known_ids: frozenset[str]) -> None:
        self.spotify = spotify
        self.tokens = tokens
        self.known_ids = known_ids

    async def write(self, step: Step, planned: PlannedPlaylist, save: Save) -> Step:
        """Bring `step` to its end, from wherever an earlier try left it.

        Raises:
            UpstreamError: Spotify refused or did not answer; what was saved last says how far it is.
        """
        step = await self._create(step, planned, save)
        step = await self._fill(step, planned, save)
        return await self._verify(step, save)

    async def _create(self, step: Step, planned: PlannedPlaylist, save: Save) -> Step:
        if step.playlist_id:
            # Songs may be in it already, whatever was saved: that is looked up before more are added.
            return step.model_copy(update={"status": "filling"})
        found = await self._find_lost(step) if step.status == "creating" else None
        step = step.model_copy(update={"status": "creating"})
        await save(step)
        playlist = found or await self._create_once(step, planned)
        step = step.model_copy(update={"playlist_id": playlist[0], "url": playlist[1]})
        await save(step)
        return step

    async def _create_once(self, step: Step, planned: PlannedPlaylist) -> tuple[str, str | None]:
        try:
            made = await self.spotify.create_playlist(
                self.tokens, name=step.name, description=planned.description
            )
        except OutcomeUnknownError:
            # The answer is lost, perhaps not the playlist: look before anybody writes again.
            if lost := await self._find_lost(step):
                return lost
            raise
        return made.id, made.url

    async def _find_lost(self, step: Step) -> tuple[str, str | None] | None:
        """Find the empty playlist of this name that nobody remembers; new ones are listed first."""
        page = await self.spotify.my_playlists(self.tokens, offset=0, priority=Priority.WRITE)
        for playlist in page.items:
            if playlist.name == step.name and playlist.total == 0 and playlist.id not in self.known_ids:
                return playlist.id, playlist.url
        return None

    async def _fill(self, step: Step, planned: PlannedPlaylist, save: Save) -> Step:
        if step.status == "filling":
            step = step.model_copy(update={"added": await self._count(step)})
        step = step.model_copy(update={"status": "filling"})
        while step.added < len(planned.uris):
            batch = planned.uris[step.added : step.added + SONGS_A_CALL]
            await self._add(step, batch)
            step = step.model_copy(update={"added": step.added + len(batch)})
            await save(step)
        return step

    async def _add(self, step: Step, batch: tuple[str, ...]) -> None:
        try:
            await self.spotify.add_items(self.tokens, _id(step), batch, position=step.added)
        except OutcomeUnknownError:
            if await self._count(step) < step.added + len(batch):
                raise

    async def _verify(self, step: Step, save: Save) -> Step:
        step = step.model_copy(
            update={"status": "done", "verified": await self._count(step), "problem": None}
        )
        await save(step)
        return step

    async def _count(self, step: Step) -> int:
        total = (await self.spotify.playlist(self.tokens, _id(step))).total
        if total is None:
            raise SpotifyError("Spotify does not tell how many songs are in the playlist.")
        return total


def _id(step: Step) -> str:
    assert step.playlist_id is not None  # noqa: S101 - _create returns only with one
    return step.playlist_id
