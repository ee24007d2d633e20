"""Keeping playlists in step with the library: refreshing, taking back, and how each is kept."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.errors import Action, ConflictError, NotFoundError
from app.events import ScheduleChanged
from app.playlists.models import Mode, Namesake, Order, Plan, Run, Schedule, Selection
from app.playlists.observing import Observer, PlaylistGoneError
from app.playlists.planning import as_undo, frame_of
from app.playlists.preview import PreviewService
from app.playlists.records import Change, MadePlaylist, PlaylistSongs, UndoState
from app.playlists.refreshing import parts_of, plan_refresh
from app.playlists.repository import Changed, NotAmongMadeError
from app.playlists.service import PlaylistsService
from app.spotify.errors import UNFOLLOW, UNFOLLOW_SCOPE, SpotifyRefusedError
from app.spotify.limits import NAME_LIMIT, fitting

PLAYLISTS = Action("All playlists", "/playlists")


class NothingKeptError(NotFoundError):
    """There is no playlist to refresh."""

    code = "no-playlists"
    title = "There is no playlist to refresh"
    safe = "Nothing was written."
    action = Action("Go to the library", "/genres")


class NothingToUndoError(ConflictError):
    """The last change of a playlist cannot be taken back: there was none, or it is too long ago."""

    code = "nothing-to-undo"
    title = "There is nothing to take back"
    safe = "Nothing was written."
    action = PLAYLISTS


class UnfollowsError(ConflictError):
    """Taking back that a playlist was made removes it, which has to be said."""

    code = "undo-removes-playlist"
    title = "This would remove the playlist"
    safe = "Nothing was written."
    action = PLAYLISTS


@dataclass(frozen=True, slots=True)
class NewTerms:
    """How a playlist is kept from now on; what is None stays as it is."""

    mode: Mode | None = None
    order: Order | None = None
    schedule: Schedule | None = None
    selection: Selection | None = None
    name: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Undoable:
    """The last change of a playlist, which can be taken back.

    Attributes:
        state: what was put in and taken out; None if the change made the playlist, which is removed then.
    """

    made: MadePlaylist
    change: Change
    state: UndoState | None


class PlaylistKeeper:
    """What a listener does with the playlists that the app keeps."""

    def __init__(
        self,
        playlists: PlaylistsService,
        previews: PreviewService,
        observer: Observer,
    ) -> None:
        self._playlists = playlists
        self._previews = previews
        self._observer = observer
        self._repository = playlists.repository
        self._tools = playlists.tools

    async def preview(self, user_id: str, playlist_id: str | None = None) -> Plan:
        """Plan what brings one playlist, or all that are not frozen, in step with the library.

        One call for fifty playlists tells which have changed at Spotify; only those are read.

        Raises:
            NotAmongMadeError: the app does not keep this playlist.
            NothingKeptError: it keeps none that could be refreshed.
            PlaylistGoneError: the playlist asked for is gone from Spotify.
            UpstreamError: Spotify does not tell; what was read so far is kept and not read again.
        """
        plan = await self._plan(user_id, playlist_id)
        await self._repository.put_plan(plan)
        return plan

    async def plan_quietly(self, user_id: str, playlist_ids: Collection[str]) -> Plan:
        """Plan the same of some playlists for auto-sort; raises what `preview` does."""
        plan = await self._plan_some(user_id, playlist_ids)
        return plan.model_copy(update={"automatic": True})

    async def refresh(self, user_id: str, playlist_id: str | None = None) -> Run:
        """Bring one playlist, or all that are not frozen, in step at once; raises what `preview` does."""
        return await self._playlists.carry_out(await self._plan(user_id, playlist_id))

    async def _plan(self, user_id: str, playlist_id: str | None) -> Plan:
        made = await self._repository.list_made(user_id)
        plan = await self._plan_some(user_id, {one.id for one in _chosen(made, playlist_id)})
        if plan.gone and playlist_id:
            raise PlaylistGoneError(plan.gone[0].name)
        return plan

    async def _plan_some(self, user_id: str, playlist_ids: Collection[str]) -> Plan:
        listed = await self._observer.list_now(user_id)
        made = await self._repository.list_made(user_id)  # as it is named now
        chosen = [one for one in made if one.id in playlist_ids]
        gone = [one for one in chosen if one.id not in listed]
        known = await self._repository.list_songs(user_id, [one.id for one in made])
        for one in chosen:
            if one.id in listed:
                songs = known.get(one.id, PlaylistSongs())
                known[one.id] = await self._observer.observe(
                    user_id, one, songs, snapshot_id=listed[one.id].snapshot_id
                )
        there = [one for one in made if one.id in listed]
        seen = {one.id: known[one.id] for one in chosen if one.id in listed}
        library = await self._previews.genres.get_library(user_id)
        planned = plan_refresh(there, known, library, chosen=seen)
        await self._repository.change_made(user_id, _compared(seen, self._tools.clock.now()))
        return self._previews.new_plan(
            user_id, planned, gone=(Namesake(id=one.id, name=one.name) for one in gone)
        )

    async def undo(self, user_id: str, playlist_id: str, *, sure: bool = False) -> Run:
        """Take the last change of a playlist back, at most thirty days later.

        What an update had put in counts as taken out by hand from then on. What was made is unfollowed, which
        is how a playlist is deleted at Spotify, and only if that is meant (`sure`).

        Raises:
            NotAmongMadeError: the app does not keep this playlist.
            NothingToUndoError: there is nothing to take back.
            UnfollowsError: it would remove the playlist, and that was not said.
            SpotifyRefusedError: it would remove the playlist, and the permission for that was not given.
        """
        found = await self.find_undoable(user_id, playlist_id)
        frame = frame_of(found.made)
        if found.state is None:
            if not sure:
                raise UnfollowsError(
                    f"{found.made.name} would be gone from your Spotify. Say that this is meant."
                )
            if not await self._tools.connections.allows(user_id, UNFOLLOW_SCOPE):
                raise SpotifyRefusedError("missing_permission", UNFOLLOW)
            planned = frame.model_copy(update={"task": "unfollow", "size": found.made.songs, "calls": 1})
        else:
            swapped = frame.model_copy(update={"add": found.state.removed, "remove": found.state.added})
            planned = as_undo(swapped, found.state.before, size=found.made.songs)
        return await self._playlists.carry_out(self._previews.new_plan(user_id, [planned]))

    async def find_undoable(self, user_id: str, playlist_id: str) -> Undoable:
        """Return the last change of a playlist, if it can be taken back.

        Raises:
            NotAmongMadeError: the app does not keep this playlist.
            NothingToUndoError: there is nothing to take back.
        """
        made = await self._repository.get_made(user_id, playlist_id)
        until = made.change.undo_until if made.change else None
        if made.change is None or until is None or until < self._tools.clock.now():
            raise NothingToUndoError("A change can be taken back for thirty days, and only once.")
        if made.change.kind == "made":
            return Undoable(made, made.change, None)
        state = await self._repository.find_undo(user_id, made.id)
        if state is None:
            raise NothingToUndoError("How it was before is not kept any more.")
        return Undoable(made, made.change, state)

    async def get(self, user_id: str, playlist_id: str) -> tuple[MadePlaylist, PlaylistSongs]:
        """Return a playlist with what is known of its songs; Spotify is not asked.

        Raises:
            NotAmongMadeError: the app does not keep this playlist.
        """
        made = await self._repository.get_made(user_id, playlist_id)
        return made, await self._repository.get_songs(user_id, made.id)

    async def allow_again(
        self, user_id: str, playlist_id: str, uris: Collection[str] | None = None
    ) -> MadePlaylist:
        """Let songs that were taken out by hand be added again; all of them if `uris` is None.

        Raises:
            NotAmongMadeError: the app does not keep this playlist.
        """
        made = await self._repository.get_made(user_id, playlist_id)

        def allowed(songs: PlaylistSongs) -> PlaylistSongs:
            out = tuple(one for one in songs.out if uris is not None and one.uri not in uris)
            return songs if out == songs.out else songs.model_copy(update={"out": out})

        songs = await self._repository.change_songs(user_id, made.id, allowed)
        counted = {"taken_out": len(songs.out)}
        await self._repository.change_made(
            user_id, lambda one: one.model_copy(update=counted) if one.id == made.id else one
        )
        return await self._repository.get_made(user_id, made.id)

    async def change(self, user_id: str, playlist_id: str, terms: NewTerms) -> MadePlaylist:
        """Keep a playlist, with all its parts, differently from now on.

        Another name or description is that of the one part, and is told to Spotify at once.

        Raises:
            NotAmongMadeError: the app does not keep this playlist.
            UpstreamError: Spotify does not take the new name; nothing was changed.
        """
        made = await self._repository.get_made(user_id, playlist_id)
        name = fitting(terms.name or "", NAME_LIMIT)
        if name or terms.description:
            tokens = self._tools.connections.tokens(user_id)
            await self._tools.spotify.change_details(
                tokens, made.id, name=name, description=terms.description
            )
        said = {
            "mode": terms.mode,
            "order": terms.order,
            "schedule": terms.schedule,
            "selection": terms.selection,
        }
        fields = {key: value for key, value in said.items() if value is not None}
        parts = parts_of(await self._repository.list_made(user_id), made.id)

        turned = False

        def changed(one: MadePlaylist) -> MadePlaylist:
            nonlocal turned
            if one.id not in parts:
                return one
            turned |= terms.schedule not in (None, one.schedule)
            own = {"name": name} if name and one.id == made.id else {}
            return one.model_copy(update=fields | own)

        try:
            await self._repository.change_made(user_id, changed)
        finally:
            if turned:  # by this call, also if the store takes it later
                await self._tools.events.publish(ScheduleChanged(user_id))
        return await self._repository.get_made(user_id, made.id)

    async def forget(self, user_id: str, playlist_id: str) -> None:
        """Keep a playlist no longer; at Spotify it stays as it is.

        Raises:
            NotAmongMadeError: the app does not keep this playlist.
        """
        if not await self._tools.forget(user_id, playlist_id):
            raise NotAmongMadeError


def _compared(seen: Mapping[str, PlaylistSongs], now: datetime) -> Changed:
    """Note what was seen, and when."""

    def noted(made: MadePlaylist) -> MadePlaylist:
        if (songs := seen.get(made.id)) is None:
            return made
        counts = {"songs": len(songs.items), "taken_out": len(songs.out)}
        return made.model_copy(update={"refreshed_at": now, **counts})

    return noted


def _chosen(made: Iterable[MadePlaylist], playlist_id: str | None) -> list[MadePlaylist]:
    if playlist_id is None:
        if chosen := [one for one in made if one.mode != "frozen"]:
            return chosen
        raise NothingKeptError("Make one first, or unfreeze one.")
    if chosen := [one for one in made if one.id == playlist_id]:
        return chosen
    raise NotAmongMadeError
