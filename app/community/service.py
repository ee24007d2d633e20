"""Who is on the board, and what stands there: kept up to date from events, and only of those who want it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

from app.accounts.models import User
from app.accounts.preferences import Preferences, PreferencesService
from app.clock import Clock
from app.community.models import Board, BoardPlaylist, Counts, Member
from app.community.repository import BoardRepository
from app.community.standings import Showcase, Shown
from app.events import (
    AccountDeleted,
    Disconnected,
    Event,
    PlaylistCreated,
    PlaylistForgotten,
    RebuildAsked,
    ScanFinished,
    SignedIn,
)
from app.genres.library import FAMILY, Library
from app.genres.personal.rules import OWN
from app.genres.service import GenresService
from app.playlists.records import MadePlaylist

FEWEST = 3
"""People from whom on the page is in the navigation: fewer are no community."""
SCOREBOARD_LIFE = timedelta(hours=1)
LEADERBOARD_LIFE = timedelta(minutes=15)
PLAYLISTS_LIFE = timedelta(minutes=1)

ListMade = Callable[[str], Awaitable[Sequence[MadePlaylist]]]


class CommunityService:
    """Keeps the board and shows it.

    Attributes:
        scoreboard: for how long the five lists are shown as they are.
        leaderboard: the same of who was first and who is new.
        playlists: the same of the playlists made last.
    """

    def __init__(
        self,
        board: BoardRepository,
        clock: Clock,
        *,
        preferences: PreferencesService,
        genres: GenresService,
        list_made: ListMade,
    ) -> None:
        self._board = board
        self._clock = clock
        self._preferences = preferences
        self._genres = genres
        self._list_made = list_made
        self.scoreboard = Showcase(SCOREBOARD_LIFE, clock)
        self.leaderboard = Showcase(LEADERBOARD_LIFE, clock)
        self.playlists = Showcase(PLAYLISTS_LIFE, clock)

    async def handle(self, event: Event) -> None:
        """Follow what people do who are on the board; of those who have left nothing is shown any more."""
        match event:
            case SignedIn():
                await self._greet(User(id=event.user_id, name=event.name, avatar=event.avatar))
            case PlaylistCreated():
                await self._count(event.user_id, event.playlist_id)
            case PlaylistForgotten() | ScanFinished():
                await self._count(event.user_id)
            case AccountDeleted() | Disconnected():  # they are off the board; what is shown has to follow
                self._show_anew()
            case RebuildAsked():
                for member in (await self._board.get()).members:
                    await self._count(member.user_id)
                self._show_anew()

    async def set_preferences(self, user: User, fields: Mapping[str, object]) -> Preferences:
        """Set some of a person's preferences; what they say of the board happens at once.

        A failure in between leaves nobody on the board whose preferences say no, however they sign in next.

        Raises:
            WithdrawnError: they have disconnected from Spotify and wish to be on it; nothing is changed.
            KVError: it is not known to be durable; asking again finishes it.
        """
        if fields.get("community") and not await self.is_on(user.id):
            await self._put_on(user)
        preferences = await self._preferences.change(user.id, fields)
        if not preferences.community:
            await self._take_off(user.id)
        return preferences

    async def is_shown(self) -> bool:
        """Return whether so many people want to be seen that the page is worth a place in the navigation."""
        return len((await self._board.get()).members) >= FEWEST

    async def is_on(self, user_id: str) -> bool:
        """Return whether a person is on the board."""
        return (await self._board.get()).find(user_id) is not None

    async def show(self, where: Showcase) -> Shown:
        """Return the board as one of the showcases shows it."""
        return where.show(await self._board.get())

    async def _greet(self, user: User) -> None:
        """Have the board follow what a person wishes and is called who signs in."""
        if await self._wishes(user.id):
            await self._put_on(user)
        if not await self._wishes(user.id):  # perhaps since they are being counted
            await self._take_off(user.id)

    async def _wishes(self, user_id: str) -> bool:
        return (await self._preferences.get(user_id)).community

    async def _put_on(self, user: User) -> None:
        library = await self._genres.find_library(user.id)
        member = Member(
            user_id=user.id,
            name=user.name,
            avatar=user.avatar,
            joined_at=self._clock.now(),
            counts=_counted(library, await self._made(user.id)),
        )
        await self._board.change(user.id, lambda board: board.joined_by(member))

    async def _take_off(self, user_id: str) -> None:
        was_on = await self.is_on(user_id)
        await self._board.remove(user_id)
        if was_on:
            self._show_anew()

    def _show_anew(self) -> None:
        for where in (self.scoreboard, self.leaderboard, self.playlists):
            where.forget()

    async def _count(self, user_id: str, new: str = "") -> None:
        """Count anew what a member has, and list the playlist that is new, and none that is forgotten.

        Whom a failing store kept on the board against their wish is taken off.
        """
        if not await self.is_on(user_id):
            return
        if not await self._wishes(user_id):
            await self._take_off(user_id)
            return
        library = await self._genres.find_library(user_id)
        made = await self._made(user_id)  # last: whoever reads more of them also writes later
        change = partial(_told, user_id=user_id, counts=_counted(library, made), made=made, new=new)
        await self._board.change(user_id, change, later=True)

    async def _made(self, user_id: str) -> Sequence[MadePlaylist]:
        return [one for one in await self._list_made(user_id) if not one.gone]


def _counted(library: Library | None, made: Sequence[MadePlaylist]) -> Counts:
    songs = library.songs if library else ()
    return Counts(
        songs=len(songs),
        artists=len({artist.id or artist.name for placed in songs for artist in placed.song.artists}),
        genres=len(library.genres) if library else 0,
        playlists=len(made),
        playlist_songs=sum(one.songs for one in made),
    )


def _told(board: Board, *, user_id: str, counts: Counts, made: Sequence[MadePlaylist], new: str) -> Board:
    if (member := board.find(user_id)) is None:
        return board
    listed = {one.id for one in board.playlists if one.user_id == user_id} | {new}
    playlists = tuple(_playlist(user_id, one) for one in made if one.id in listed)
    counted = board.changed(member.model_copy(update={"counts": counts}))
    return counted.with_playlists_of(user_id, playlists)


def _playlist(user_id: str, made: MadePlaylist) -> BoardPlaylist:
    """Return what others see of a playlist; families of one's own are nobody else's business."""
    return BoardPlaylist(
        user_id=user_id,
        id=made.id,
        name=made.name,
        url=made.url,
        items=tuple(one for one in made.selection.include if not one.startswith(FAMILY + OWN)),
        songs=made.songs,
        created_at=made.created_at,
    )
