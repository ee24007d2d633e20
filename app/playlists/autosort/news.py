"""What greets a listener who comes back: new likes, what they would change, and what auto-sort did."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from weakref import WeakKeyDictionary

from app.clock import Clock
from app.genres.library import Library
from app.genres.service import GenresService
from app.playlists.autosort.models import AutoSort, SortingRun, Visit
from app.playlists.autosort.repository import AutoSortRepository
from app.playlists.autosort.sorting import NewSongs, new_songs
from app.playlists.records import MadePlaylist
from app.playlists.refreshing import plan_refresh
from app.playlists.repository import PlaylistsRepository

AWAY = timedelta(hours=1)
"""Who has not looked for so long is greeted when they come back."""


class Room(NamedTuple):
    """How many playlists would change, and how many songs would be put into them."""

    playlists: int = 0
    songs: int = 0


@dataclass(frozen=True, slots=True)
class News:
    """What has happened since a listener was last here.

    Attributes:
        since: when that was.
        new: the songs that have come.
        room: what the playlists can take of the library now.
        runs: those of auto-sort that changed something or failed, newest first.
        paused: why auto-sort is paused, empty while it is not.
    """

    since: datetime
    new: NewSongs
    room: Room
    runs: tuple[SortingRun, ...]
    paused: str


class NewsService:
    """Counts what is new from what is known: Spotify is not asked, and the store only if there are news."""

    def __init__(
        self,
        repository: AutoSortRepository,
        playlists: PlaylistsRepository,
        genres: GenresService,
        clock: Clock,
    ) -> None:
        self._repository = repository
        self._playlists = playlists
        self._genres = genres
        self._clock = clock
        self._rooms: WeakKeyDictionary[Library, tuple[tuple[MadePlaylist, ...], Room]] = WeakKeyDictionary()

    async def find(self, user_id: str) -> News | None:
        """Note that a listener looks at the library; return what has happened since the visit before."""
        library = await self._genres.find_library(user_id)
        if library is None or not library.origin.whole:
            return None
        state = await self._seen(user_id, library.origin.scanned_at)
        if state.visit is None:
            return None
        visit = state.visit
        new = new_songs(library, visit.since) if visit.since < visit.library else NewSongs()
        runs = tuple(run for run in state.log if run.at > visit.left_at and (run.playlists or run.problem))
        if not (new.songs or runs):
            return None
        room = await self._room(user_id, library) if new.placed else Room()
        return News(visit.left_at, new, room, runs, state.paused)

    async def _seen(self, user_id: str, library: datetime) -> AutoSort:
        """Note the visit; it is written when it begins, and every half hour while it lasts."""
        state, now = await self._repository.get(user_id), self._clock.now()
        visit = visited(state.visit, library, now)
        if visit == state.visit:
            return state
        return await self._repository.change(
            user_id,
            lambda kept: kept.model_copy(update={"visit": visited(kept.visit, library, now)}),
            later=True,
        )

    async def _room(self, user_id: str, library: Library) -> Room:
        made = await self._playlists.list_made(user_id)
        kept = self._rooms.get(library)
        if kept is None or kept[0] != made:
            kept = self._rooms[library] = (made, await self._count_room(user_id, library, made))
        return kept[1]

    async def _count_room(self, user_id: str, library: Library, made: tuple[MadePlaylist, ...]) -> Room:
        there = [one for one in made if not one.gone]
        chosen = {one.id for one in there if one.mode != "frozen"}
        known = await self._playlists.list_songs(user_id, [one.id for one in there]) if chosen else {}
        added = [len(one.additions) for one in plan_refresh(there, known, library, chosen=chosen) if one.add]
        return Room(len(added), sum(added))


def visited(visit: Visit | None, library: datetime, now: datetime) -> Visit:
    """Return the visit that somebody makes who looks at a library now, which was read at `library`."""
    if visit is None:
        return Visit(seen_at=now, library=library, left_at=now, since=library)
    if now - visit.seen_at >= AWAY:
        return Visit(seen_at=now, library=library, left_at=visit.seen_at, since=visit.library)
    if library != visit.library or now - visit.seen_at >= AWAY / 2:
        return visit.model_copy(update={"seen_at": now, "library": library})
    return visit
