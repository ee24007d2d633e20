"""JSON of the boards; a few names are those that other programs know already."""

from datetime import date, datetime
from typing import TypedDict

from pydantic import Field

from app.community.models import Board, BoardPlaylist, Member
from app.community.standings import WHATS, Shown, Standing, first, newest, ranked
from app.genres.fold import Fold
from app.genres.labels import label_of
from app.schemas import ApiModel


class CacheOut(ApiModel):
    """How old what is shown is, and when it is read off the board anew.

    People who leave the boards are gone at once all the same.
    """

    age_seconds: int
    next_refresh_seconds: int
    from_cache: bool

    @classmethod
    def of(cls, shown: Shown) -> "CacheOut":
        """Tell the age of what is shown."""
        age_s, left_s = int(shown.age.total_seconds()), int(shown.left.total_seconds())
        return cls(age_seconds=age_s, next_refresh_seconds=left_s, from_cache=bool(shown.age))


class Answer(ApiModel):
    """An answer with its age."""

    updated_at: datetime
    cache: CacheOut = Field(alias="_cache")


class PersonOut(ApiModel):
    """Somebody, as Spotify names them."""

    spotify_id: str
    spotify_name: str
    spotify_avatar: str | None


class StandingOut(PersonOut):
    """Somebody's place on a list; those who have the same share it."""

    rank: int
    count: int

    @classmethod
    def of(cls, standing: Standing) -> "StandingOut":
        """Tell somebody's place."""
        return cls(rank=standing.rank, count=standing.count, **_named(standing.member))


class NewcomerOut(PersonOut):
    """Somebody who joined the boards then."""

    registered_at: datetime

    @classmethod
    def of(cls, member: Member) -> "NewcomerOut":
        """Tell who joined when."""
        return cls(registered_at=member.joined_at, **_named(member))


class PioneerOut(NewcomerOut):
    """One of those who joined first."""

    position: int

    @classmethod
    def all_of(cls, board: Board) -> "tuple[PioneerOut, ...]":
        """Tell who joined first, in order."""
        return tuple(
            cls(position=position, registered_at=member.joined_at, **_named(member))
            for position, member in enumerate(first(board), 1)
        )


class ScoreboardOut(Answer):
    """Who has most genres, artists and songs in the library, and most playlists and songs in these."""

    by_genres: tuple[StandingOut, ...]
    by_artists: tuple[StandingOut, ...]
    by_tracks: tuple[StandingOut, ...]
    by_playlists: tuple[StandingOut, ...]
    by_tracks_in_playlists: tuple[StandingOut, ...]
    total_users: int

    @classmethod
    def of(cls, shown: Shown) -> "ScoreboardOut":
        """Read the five lists off the board."""
        lists = {what: tuple(map(StandingOut.of, ranked(shown.board, what))) for what in WHATS}
        return cls(
            by_genres=lists["genres"],
            by_artists=lists["artists"],
            by_tracks=lists["songs"],
            by_playlists=lists["playlists"],
            by_tracks_in_playlists=lists["playlist_songs"],
            total_users=len(shown.board.members),
            updated_at=shown.at,
            cache=CacheOut.of(shown),
        )


class LeaderboardOut(Answer):
    """Who joined first, and who joined last."""

    pioneers: tuple[PioneerOut, ...]
    new_users: tuple[NewcomerOut, ...]
    total_users: int

    @classmethod
    def of(cls, shown: Shown) -> "LeaderboardOut":
        """Read it off the board."""
        return cls(
            pioneers=PioneerOut.all_of(shown.board),
            new_users=tuple(map(NewcomerOut.of, newest(shown.board))),
            total_users=len(shown.board.members),
            updated_at=shown.at,
            cache=CacheOut.of(shown),
        )


class RecentPlaylistOut(ApiModel):
    """A playlist made here; `genre` is empty where it is of its maker's own families alone."""

    playlist_id: str
    playlist_name: str
    genre: str
    track_count: int
    created_by: PersonOut
    created_at: datetime
    spotify_url: str

    @classmethod
    def of(cls, playlist: BoardPlaylist, board: Board, families: Fold) -> "RecentPlaylistOut":
        """Tell of a playlist of somebody who is on the board."""
        return cls(
            playlist_id=playlist.id,
            playlist_name=playlist.name,
            genre=", ".join(label_of(item, families).name for item in playlist.items),
            track_count=playlist.songs,
            created_by=PersonOut(**_named(board.get(playlist.user_id))),
            created_at=playlist.created_at,
            spotify_url=playlist.url,
        )


class RecentPlaylistsOut(Answer):
    """The playlists made last by those who are on the boards."""

    playlists: tuple[RecentPlaylistOut, ...]

    @classmethod
    def of(cls, shown: Shown, families: Fold) -> "RecentPlaylistsOut":
        """Read them off the board."""
        board = shown.board
        playlists = tuple(RecentPlaylistOut.of(one, board, families) for one in board.playlists)
        return cls(playlists=playlists, updated_at=shown.at, cache=CacheOut.of(shown))


class StatsOut(Answer):
    """How many people are on the boards, who was first, and since when there is anybody."""

    user_count: int
    hall_of_fame: tuple[PioneerOut, ...]
    launch_date: date | None

    @classmethod
    def of(cls, shown: Shown) -> "StatsOut":
        """Read it off the board."""
        members = shown.board.members
        return cls(
            user_count=len(members),
            hall_of_fame=PioneerOut.all_of(shown.board),
            launch_date=members[0].joined_at.date() if members else None,
            updated_at=shown.at,
            cache=CacheOut.of(shown),
        )


class Named(TypedDict):
    """Who somebody is."""

    spotify_id: str
    spotify_name: str
    spotify_avatar: str | None


def _named(member: Member) -> Named:
    return Named(spotify_id=member.user_id, spotify_name=member.name, spotify_avatar=member.avatar)
