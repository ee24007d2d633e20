"""Writing one playlist to Spotify so that a lost answer or a crash never doubles a playlist or a song."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.clock import Clock
from app.playlists.changes import MOST_PLACES, Recordings, insertions, missing_of, observed
from app.playlists.looking import PlaylistLooker, View
from app.playlists.models import CALL_SONGS, PlannedPlaylist, Step, uris_of
from app.playlists.pen import SETTLE_S, Pen
from app.playlists.records import PlaylistSongs
from app.spotify.client import SpotifyClient
from app.spotify.errors import OutcomeUnknownError, SpotifyError
from app.spotify.models import Playlist
from app.spotify.tokens import TokenSource
from app.upstream.gate import Priority

ROUNDS = 3
"""How often it writes what is missing and looks again, before it says that something is wrong."""

Save = Callable[[Step], Awaitable[None]]
Begin = Callable[[PlaylistSongs], Awaitable[None]]


async def nothing_before(_: PlaylistSongs) -> None:
    """Keep nothing before the first write, as of a playlist that is new."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """What is kept on the way.

    Attributes:
        save: called with the step before and after every call that writes.
        begin: called with what is in a playlist before the first write, if it was there before.
    """

    save: Save
    begin: Begin = nothing_before


class PlaylistWriter:
    """Creates, changes and verifies one playlist: it looks, writes what is missing, and looks again."""

    def __init__(
        self, spotify: SpotifyClient, tokens: TokenSource, *, clock: Clock, known_ids: frozenset[str]
    ) -> None:
        self.spotify = spotify
        self.tokens = tokens
        self.clock = clock
        self.known_ids = known_ids

    async def write(
        self, step: Step, planned: PlannedPlaylist, *, known: PlaylistSongs, hooks: Hooks
    ) -> tuple[Step, PlaylistSongs]:
        """Bring a step to its end, from wherever an earlier try left it.

        Args:
            step: how far it is.
            planned: what is to be done.
            known: what is known of the playlist's songs.
            hooks: what is kept on the way.

        Returns:
            The step as it ended, which is not saved yet, and what is known of the playlist's songs then.

        Raises:
            UpstreamError: Spotify refused or did not answer; what was saved last says how far it is.
        """
        new = None
        if planned.task == "make":  # whatever of it is there was put in by an earlier try
            known = known.model_copy(update={"adding": planned.additions})
        if step.playlist_id is None:
            step, new = await self._create(step, planned, hooks.save)
        step = step.model_copy(update={"status": "filling"})
        if new:
            known = known.model_copy(update={"snapshot_id": new.snapshot_id})
        else:
            known = await self._look(step, known)
        if planned.task != "make" and not _is_done(step, planned, known):
            known = _with_intent(step, planned, known)
            await hooks.begin(known)
        rounds = 0
        while not _is_done(step, planned, known):
            if rounds == ROUNDS:
                raise SpotifyError("Spotify took the change and does not show it. Try again later.")
            rounds += 1
            step, known = await self._round(step, planned, known, hooks.save)
        return _verified(step, planned, known)

    async def _create(self, step: Step, planned: PlannedPlaylist, save: Save) -> tuple[Step, Playlist | None]:
        """Make the playlist, unless that of an earlier try is there; return it if it is surely new."""
        found = await self._find_lost(step) if step.status == "creating" else None
        step = step.model_copy(update={"status": "creating"})
        await save(step)
        new = None
        if found is None:
            try:
                found = new = await self.spotify.create_playlist(
                    self.tokens, name=step.name, description=planned.description
                )
            except OutcomeUnknownError:
                # The answer is lost, perhaps not the playlist: look before anybody writes again.
                await self.clock.sleep(SETTLE_S)
                if (found := await self._find_lost(step)) is None:
                    raise
        step = step.model_copy(update={"playlist_id": found.id, "url": found.url})
        await save(step)
        return step, new

    async def _find_lost(self, step: Step) -> Playlist | None:
        """Find the empty playlist of this name that nobody remembers; new ones are listed first."""
        page = await self.spotify.my_playlists(self.tokens, offset=0, priority=Priority.WRITE)
        for playlist in page.items:
            if playlist.name == step.name and playlist.total == 0 and playlist.id not in self.known_ids:
                return playlist
        return None

    async def _look(self, step: Step, known: PlaylistSongs) -> PlaylistSongs:
        looker = PlaylistLooker(self.spotify, self.tokens)
        seen = await looker.look(_id(step), View(known.items, known.snapshot_id))
        return observed(known, seen.view.items, seen.view.snapshot_id)

    async def _round(
        self, step: Step, planned: PlannedPlaylist, known: PlaylistSongs, save: Save
    ) -> tuple[Step, PlaylistSongs]:
        """Write what is missing, and look at what has come of it."""
        view = View(known.items, known.snapshot_id)
        pen = Pen(self.spotify, self.tokens, self.clock, playlist_id=_id(step), view=view)
        step = await self._take_out(step, _to_remove(planned, known), pen, save)
        step = await self._put_in(step, planned, pen, known=known, save=save)
        seen = await pen.check()
        return step, observed(known, seen.items, seen.snapshot_id)

    async def _take_out(self, step: Step, uris: tuple[str, ...], pen: Pen, save: Save) -> Step:
        for start in range(0, len(uris), CALL_SONGS):
            batch = uris[start : start + CALL_SONGS]
            await pen.take_out(batch)
            step = step.model_copy(update={"removed": step.to_remove - len(uris) + start + len(batch)})
            await save(step)
        return step

    async def _put_in(
        self, step: Step, planned: PlannedPlaylist, pen: Pen, *, known: PlaylistSongs, save: Save
    ) -> Step:
        places = insertions(
            pen.items,
            planned.entries,
            missing_of(planned.additions, known, acknowledged=step.added),
            order=planned.order,
            most_places=None if planned.task == "undo" else MOST_PLACES,
        )
        number = {entry.uri: index for index, entry in enumerate(planned.additions, 1)}
        for insertion in places:
            await pen.put_in(insertion)
            step = step.model_copy(update={"added": number[insertion.entries[-1].uri]})
            await save(step)
        return step


def _id(step: Step) -> str:
    assert step.playlist_id is not None  # noqa: S101 - _create returns only with one
    return step.playlist_id


def _is_done(step: Step, planned: PlannedPlaylist, known: PlaylistSongs) -> bool:
    missing = missing_of(planned.additions, known, acknowledged=step.added)
    return not missing and not _to_remove(planned, known)


def _with_intent(step: Step, planned: PlannedPlaylist, known: PlaylistSongs) -> PlaylistSongs:
    """Note what is about to be written: nobody must take it for the listener's doing."""
    missing = missing_of(planned.additions, known, acknowledged=step.added)
    return known.model_copy(
        update={
            "adding": tuple(dict.fromkeys((*known.adding, *missing))),
            "removing": tuple(dict.fromkeys((*known.removing, *_to_remove(planned, known)))),
        }
    )


def _to_remove(planned: PlannedPlaylist, known: PlaylistSongs) -> tuple[str, ...]:
    """Return what is to be taken out and is there; not what has become the listener's own since."""
    own = {one.uri for one in known.items if one.mine}
    return tuple(uri for uri in planned.remove if uri in own)


def _verified(step: Step, planned: PlannedPlaylist, known: PlaylistSongs) -> tuple[Step, PlaylistSongs]:
    """Say what is there in the end; what Spotify took and does not have counts as taken out by hand."""
    here, copies = Recordings(known.items), Counter(uris_of(known.items))
    lost = [one for one in planned.additions[: step.added] if one not in here]
    twice = sum(copies[entry.uri] > 1 for entry in planned.additions) if planned.task != "undo" else 0
    problems = [
        f"{len(lost)} songs that Spotify took are not in it." if lost else "",
        f"{twice} songs stand in it twice." if twice else "",
    ]
    step = step.model_copy(
        update={
            "added": len(planned.additions),
            "removed": step.to_remove,
            "verified": len(known.items),
            "problem": " ".join(filter(None, problems)) or None,
        }
    )
    return step, known.model_copy(update={"out": (*known.out, *lost)})
