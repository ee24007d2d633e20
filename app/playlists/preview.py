"""Previewing: turning selections into exactly what will be written. Nothing is written here."""

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from app.clock import Clock
from app.errors import Action, InvalidInputError, NotFoundError
from app.genres.fold import Fold
from app.genres.library import Library
from app.genres.service import GenresService
from app.playlists.listing import OwnPlaylists
from app.playlists.models import Mode, Namesake, Order, Plan, PlannedPlaylist, Selection
from app.playlists.naming.names import Naming, in_words
from app.playlists.observing import Observer
from app.playlists.planning import as_update, careful, in_parts, with_songs, without_some
from app.playlists.records import MadePlaylist
from app.playlists.repository import PlaylistsRepository
from app.spotify.limits import DESCRIPTION_LIMIT, NAME_LIMIT, fitting
from app.spotify.models import PlaylistSummary
from app.upstream.errors import UpstreamError

PLAN_LIFE = timedelta(days=1)
MOST_PLAYLISTS = 50
"""Playlists of one preview."""


class NothingSelectedError(InvalidInputError):
    """A selection holds no song that Spotify could put into a playlist."""

    code = "nothing-selected"
    title = "Nothing to put into a playlist"
    safe = "Nothing was written."
    action = Action("Back to the library", "/genres")


class TooManyPlaylistsError(InvalidInputError):
    """More playlists are asked for at once than anybody would look through before they are made."""

    code = "too-many-playlists"
    title = "Too many playlists at once"
    safe = "Nothing was written."
    action = Action("Back to the library", "/genres")


class TargetRepeatedError(InvalidInputError):
    """Two selections of one preview are to go into the same playlist."""

    code = "target-repeated"
    title = "One playlist is named twice"
    safe = "Nothing was written."


class NotOwnError(NotFoundError):
    """The listener has no playlist of this id, or it is somebody else's."""

    code = "not-your-playlist"
    title = "This is not a playlist of yours"
    safe = "Nothing was written."


class Wanted(BaseModel):
    """One playlist that a listener asks for; without a name it is named after its genres.

    Attributes:
        target: the playlist that is added to; None for a new one. A vanished one is made again.
        drop: URIs of songs that the listener does not want in it.
        listed: URIs of songs that are in other playlists of theirs, where only songs in none were asked for.
    """

    model_config = ConfigDict(frozen=True)

    selection: Selection
    name: str = Field(default="", max_length=NAME_LIMIT)
    description: str = Field(default="", max_length=DESCRIPTION_LIMIT)
    target: str | None = None
    mode: Mode | None = None
    order: Order | None = None
    drop: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


class PreviewService:
    """Makes plans."""

    def __init__(
        self,
        repository: PlaylistsRepository,
        genres: GenresService,
        clock: Clock,
        *,
        own: OwnPlaylists,
        observer: Observer,
        naming: Naming,
    ) -> None:
        self.repository = repository
        self.genres = genres
        self.clock = clock
        self.own = own
        self.observer = observer
        self.naming = naming

    async def make(self, user_id: str, wanted: Sequence[Wanted]) -> Plan:
        """Plan a playlist for each of `wanted` and keep the plan for a day; one too long becomes several.

        Raises:
            TooManyPlaylistsError: `wanted` is longer than `MOST_PLAYLISTS`.
            TargetRepeatedError: two of `wanted` have the same target.
            NotOwnError: a target is no playlist of the listener's.
            NothingSelectedError: no playlist would get a song.
            UpstreamError: Spotify does not tell what is in a target.
        """
        if len(wanted) > MOST_PLAYLISTS:
            raise TooManyPlaylistsError(
                f"That would be {len(wanted)} playlists; {MOST_PLAYLISTS} can be made at once. "
                "Untick some, or put them together in one."
            )
        times = Counter(one.target for one in wanted if one.target)
        if any(count > 1 for count in times.values()):
            raise TargetRepeatedError("Put the selections for one playlist together.")
        library = await self.genres.get_library(user_id)
        names = await self.naming.names_for(user_id)
        made = {one.id: one for one in await self.repository.list_made(user_id)}
        unnamed = [
            await self._plan(user_id, one, library=library, made=made.get(one.target or "")) for one in wanted
        ]
        whole = [
            names.given_to(planned, library.fold, genre=name_of(one.selection, library))
            for planned, one in zip(unnamed, wanted, strict=True)
        ]
        planned = [part for one in whole for part in in_parts(one, series=secrets.token_urlsafe(6))]
        if not planned and any(one.skipped_inferred for one in whole):
            raise NothingSelectedError("All these songs are only inferred; tick that you want such songs.")
        if not planned:
            raise NothingSelectedError("The selection holds no song that Spotify can put into a playlist.")
        own = await self._list_own(user_id, made.values())
        planned = [_with_namesakes(one, own) for one in planned]
        plan = self.new_plan(user_id, planned).model_copy(update={"own": own})
        await self.repository.put_plan(plan)
        return plan

    def new_plan(
        self, user_id: str, planned: Iterable[PlannedPlaylist], *, gone: Iterable[Namesake] = ()
    ) -> Plan:
        """Make a plan under an id of its own."""
        now = self.clock.now()
        return Plan(
            id=secrets.token_urlsafe(16),
            user_id=user_id,
            created_at=now,
            expires_at=now + PLAN_LIFE,
            playlists=tuple(planned),
            gone=tuple(gone),
        )

    async def _plan(
        self, user_id: str, wanted: Wanted, *, library: Library, made: MadePlaylist | None
    ) -> PlannedPlaylist:
        if wanted.target and not (made and made.gone):
            return await self._plan_update(user_id, wanted, library=library, made=made)
        songs = with_songs(_frame(wanted, made), library, drop={*wanted.drop, *wanted.listed})
        if made:  # what was taken out of the one that is gone stays out of the one in its place
            songs = without_some(songs, (await self.repository.get_songs(user_id, made.id)).out)
        return songs

    async def _plan_update(
        self, user_id: str, wanted: Wanted, *, library: Library, made: MadePlaylist | None
    ) -> PlannedPlaylist:
        if made:
            known = await self.observer.look(user_id, made)
            name, url = made.name, made.url
        else:
            listed = await self._find_own(user_id, wanted.target or "")
            known = await self.observer.read(user_id, listed.id)
            name, url = listed.name, listed.url
        frame = _frame(wanted, made).model_copy(
            update={"name": name, "url": url, "playlist_id": wanted.target, "replaces": None}
        )
        planned = with_songs(frame, library, drop={*wanted.drop, *wanted.listed})
        mode = careful(planned.mode, library)
        return as_update(planned, known, mode=mode, read=made is not None)

    async def _find_own(self, user_id: str, playlist_id: str) -> PlaylistSummary:
        for playlist in await self.own.list_own(user_id):
            if playlist.id == playlist_id:
                return playlist
        raise NotOwnError("Only playlists of your own can be added to.")

    async def _list_own(self, user_id: str, made: Iterable[MadePlaylist]) -> tuple[Namesake, ...]:
        """Return the listener's own playlists; without Spotify's word at least those that the app keeps."""
        there = {one.id: Namesake(id=one.id, name=one.name, songs=one.songs) for one in made if not one.gone}
        try:
            listed = await self.own.list_own(user_id)
        except UpstreamError:
            listed = ()
        there |= {one.id: Namesake(id=one.id, name=one.name, songs=one.total) for one in listed}
        return tuple(there.values())


def name_of(selection: Selection, library: Library) -> str:
    """Name a selection by its families and genres: "rock, folk and fado without punk".

    What takes none of its songs out is not named.
    """
    without = library.effective(selection.include, match=selection.match, exclude=selection.exclude)
    parts = (selection.include, without) if without else (selection.include,)
    return " without ".join(in_words(_label(item, library.fold) for item in items) for items in parts)


def _label(item: str, fold: Fold) -> str:
    kind, _, name = item.partition(":")
    return fold.get(name).name if kind == "family" else name


def _frame(wanted: Wanted, made: MadePlaylist | None) -> PlannedPlaylist:
    """Return a playlist without its songs; one that is kept already keeps what is not said anew."""
    asked = wanted.selection.model_copy(update={"unlisted": False})
    return PlannedPlaylist(
        name=fitting(wanted.name or (made.name if made else ""), NAME_LIMIT),
        description=fitting(wanted.description, DESCRIPTION_LIMIT),
        selection=made.selection.joined(asked) if made else asked,
        uris=(),
        replaces=made.id if made else None,
        mode=wanted.mode or (made.mode if made else "add"),
        order=wanted.order or (made.order if made else "newest"),
        dropped=wanted.drop,
        listed=wanted.listed,
        asked=wanted.selection,
    )


def _with_namesakes(planned: PlannedPlaylist, own: Iterable[Namesake]) -> PlannedPlaylist:
    """Tell of a new playlist which of the listener's own have its name already."""
    if planned.task != "make":
        return planned
    alike = (one for one in own if one.name.casefold() == planned.name.casefold())
    return planned.model_copy(update={"namesakes": tuple(alike)})
