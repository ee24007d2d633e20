"""What a run keeps of the playlists that it writes: before the first write, and at the end."""

from collections.abc import Iterable

from app.clock import Clock
from app.playlists.models import Entry, PlannedPlaylist, Run, Step, Task, uris_of
from app.playlists.records import Change, ChangeKind, MadePlaylist, PlaylistSongs, UndoState
from app.playlists.repository import Changed, Forgetting, PlaylistsRepository

KINDS: dict[Task, ChangeKind] = {"make": "made", "update": "updated", "undo": "undone"}


class Bookkeeper:
    """Keeps the records of one run's playlists. Every method raises `KVError` when the store does not."""

    def __init__(self, repository: PlaylistsRepository, clock: Clock, run: Run) -> None:
        self._repository = repository
        self._clock = clock
        self._user_id = run.user_id
        self._run_id = run.id

    async def known(self, step: Step) -> PlaylistSongs:
        """Return what is known of the songs of a step's playlist, nothing of one that is not made yet."""
        if step.playlist_id is None:
            return PlaylistSongs()
        return await self._repository.get_songs(self._user_id, step.playlist_id)

    async def begin(self, planned: PlannedPlaylist, known: PlaylistSongs) -> None:
        """Keep what is in a playlist before it is changed, unless an earlier try of this run did."""
        playlist_id = planned.playlist_id or ""
        kept = await self._repository.get_songs(self._user_id, playlist_id)
        if kept.writing == self._run_id:
            return
        if planned.task == "update":
            here = set(uris_of(known.items))
            undo = UndoState(
                before=known.items,
                added=tuple(one.uri for one in planned.additions if one.uri not in here),
                removed=tuple(uri for uri in planned.remove if uri in here),
                run=self._run_id,
            )
            await self._repository.put_undo(self._user_id, playlist_id, undo)
        writing = known.model_copy(update={"writing": self._run_id})
        await self._repository.put_songs(self._user_id, playlist_id, writing)

    async def finish(self, planned: PlannedPlaylist, step: Step, known: PlaylistSongs) -> None:
        """Keep what became of a playlist."""
        songs = known.model_copy(update={"adding": (), "removing": (), "writing": ""})
        if planned.replaces:
            replaced = await self._repository.get_songs(self._user_id, planned.replaces)
            songs = _with_out(songs, replaced.out)
        songs = _with_out(songs, (Entry(uri) for uri in (*planned.dropped, *planned.listed)))
        if planned.task == "undo":
            songs = _undone(songs, planned, await self.known(step))
        await self._remember(planned, step, songs)
        if planned.task == "undo":
            await self._repository.drop_undo(self._user_id, planned.playlist_id or "")
        if planned.replaces:
            await self._repository.forget(self._user_id, Forgetting(planned.replaces))

    async def settle(self, planned: PlannedPlaylist, step: Step) -> None:
        """Keep a playlist in which nothing is to be changed, if its selection is another from now on."""
        if planned.as_kept:
            return
        made = await self._find(step.playlist_id)
        wanted = (planned.selection, planned.mode, planned.order)
        if (
            made is None
            or (made.selection, made.mode, made.order) != wanted
            or planned.dropped
            or planned.listed
        ):
            await self.finish(planned, step, await self.known(step))

    async def give_up(self, planned: PlannedPlaylist, step: Step, *, lost: bool) -> None:
        """Keep a playlist that was not finished: its id is how it is found again.

        Args:
            planned: what was to be done.
            step: how far that is.
            lost: whether Spotify does not have the playlist any more.
        """
        if step.playlist_id is None:
            return
        if lost:
            await self._repository.change_made(self._user_id, _gone(step.playlist_id))
        elif planned.task == "make":
            there = tuple(one._replace(mine=True) for one in planned.additions[: step.added])
            await self._remember(planned, step, PlaylistSongs(items=there, adding=planned.additions))
        elif planned.task == "update":
            songs = await self.known(step)
            if songs.writing == self._run_id:
                await self._remember(planned, step, songs)

    async def _remember(self, planned: PlannedPlaylist, step: Step, songs: PlaylistSongs) -> None:
        made = self._record(planned, step, songs, await self._find(step.playlist_id))
        if replaced := await self._find(planned.replaces):
            made = made.model_copy(update={"schedule": replaced.schedule})
        await self._repository.remember(self._user_id, made, songs)

    async def _find(self, playlist_id: str | None) -> MadePlaylist | None:
        made = await self._repository.list_made(self._user_id)
        return next((one for one in made if one.id == playlist_id), None)

    def _record(
        self, planned: PlannedPlaylist, step: Step, songs: PlaylistSongs, kept: MadePlaylist | None
    ) -> MadePlaylist:
        now = self._clock.now()
        base = kept or MadePlaylist(
            id=step.playlist_id or "",
            name=step.name,
            url=step.url or "",
            run_id=self._run_id,
            selection=step.selection,
            songs=0,
            created_at=now,
            series=planned.series,
        )
        change = Change(
            kind=KINDS[planned.task],
            at=now,
            added=step.added,
            removed=step.removed,
            run=self._run_id,
        )
        fields: dict[str, object] = {
            "songs": len(songs.items) or planned.size,
            "taken_out": len(songs.out),
            "refreshed_at": now,
            "gone": False,
        }
        if not planned.as_kept:
            fields |= {"selection": planned.selection, "mode": planned.mode, "order": planned.order}
        if planned.changes:
            fields |= {"change": change, "run_id": self._run_id}
        return base.model_copy(update=fields)


def _gone(playlist_id: str) -> Changed:
    return lambda made: made.model_copy(update={"gone": True}) if made.id == playlist_id else made


def _with_out(songs: PlaylistSongs, more: Iterable[Entry]) -> PlaylistSongs:
    out = {one.uri: one for one in (*more, *songs.out)}
    return songs.model_copy(update={"out": tuple(out.values())})


def _undone(songs: PlaylistSongs, planned: PlannedPlaylist, before: PlaylistSongs) -> PlaylistSongs:
    """What the update had put in counts as taken out by hand, what it had taken out as put in by hand."""
    known = {one.uri: one._replace(mine=False) for one in before.items}
    back = set(planned.add or ())
    items = tuple(one._replace(mine=one.mine and one.uri not in back) for one in songs.items)
    out = (known.get(uri, Entry(uri)) for uri in planned.remove)
    return _with_out(songs.model_copy(update={"items": items}), out)
