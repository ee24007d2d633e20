"""The one board: everybody who wants to be seen, with their counts, and the playlists made last."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

MOST_PLAYLISTS = 20


class Frozen(BaseModel):
    """A value that may be handed out from the memory cache."""

    model_config = ConfigDict(frozen=True)


class Counts(Frozen):
    """What a person has here.

    Attributes:
        songs: songs of the library, by `artists` and of `genres`.
        playlists: playlists that are kept in step, with `playlist_songs` in all.
    """

    genres: int = 0
    artists: int = 0
    songs: int = 0
    playlists: int = 0
    playlist_songs: int = 0


class Member(Frozen):
    """Somebody on the board, as Spotify names them.

    Attributes:
        joined_at: when they put themselves on it.
    """

    user_id: str
    name: str
    avatar: str | None
    joined_at: datetime
    counts: Counts = Counts()


class BoardPlaylist(Frozen):
    """A playlist that somebody on the board has made.

    Attributes:
        items: what it is of, `family:<id>` and `genre:<name>`.
    """

    user_id: str
    id: str
    name: str
    url: str
    items: tuple[str, ...]
    songs: int
    created_at: datetime


class Board(Frozen):
    """Members in the order in which they joined, and playlists, the newest first."""

    members: tuple[Member, ...] = ()
    playlists: tuple[BoardPlaylist, ...] = ()

    def find(self, user_id: str) -> Member | None:
        """Return somebody who is on the board."""
        return next((one for one in self.members if one.user_id == user_id), None)

    def get(self, user_id: str) -> Member:
        """Return somebody who is on the board, as whoever made one of its playlists is."""
        return next(one for one in self.members if one.user_id == user_id)

    @property
    def user_ids(self) -> frozenset[str]:
        """Who is on the board."""
        return frozenset(one.user_id for one in self.members)

    def joined_by(self, member: Member) -> "Board":
        """Return the board with a member on it, who keeps their place if they have one."""
        if (known := self.find(member.user_id)) is None:
            return self.model_copy(update={"members": (*self.members, member)})
        return self.changed(member.model_copy(update={"joined_at": known.joined_at}))

    def changed(self, member: Member) -> "Board":
        """Return the board with what is known of a member now; the same object where that is nothing new."""
        if self.find(member.user_id) in {None, member}:
            return self
        others = (member if one.user_id == member.user_id else one for one in self.members)
        return self.model_copy(update={"members": tuple(others)})

    def without(self, user_id: str) -> "Board":
        """Return the board without a person; the same object where they are not on it."""
        if self.find(user_id) is None:
            return self
        return Board(
            members=tuple(one for one in self.members if one.user_id != user_id),
            playlists=tuple(one for one in self.playlists if one.user_id != user_id),
        )

    def only(self, user_id: str) -> "Board":
        """Return what of the board is one person's."""
        return Board(
            members=tuple(one for one in self.members if one.user_id == user_id),
            playlists=tuple(one for one in self.playlists if one.user_id == user_id),
        )

    def with_playlists_of(self, user_id: str, playlists: tuple[BoardPlaylist, ...]) -> "Board":
        """Return the board with these playlists of one person, and the newest of everybody's."""
        others = (one for one in self.playlists if one.user_id != user_id)
        newest = sorted((*playlists, *others), key=lambda one: one.created_at, reverse=True)
        return self.model_copy(update={"playlists": tuple(newest[:MOST_PLAYLISTS])})
