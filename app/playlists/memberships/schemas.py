"""What is known of the songs of one's playlists, for the page and as JSON."""

from datetime import datetime
from typing import Literal

from app.schemas import ApiModel

ReadingStatus = Literal["idle", "running", "waiting"]
PlaylistState = Literal["made", "read", "changed", "unread", "refused", "foreign"]


class ReadingOut(ApiModel):
    """How far the reading of playlists is.

    Attributes:
        status: `waiting` until `resumes_at`, when it goes on by itself.
        missing: playlists that are still to be read.
        calls_needed: calls to Spotify that this takes.
    """

    status: ReadingStatus = "idle"
    resumes_at: datetime | None = None
    missing: int = 0
    calls_needed: int = 0


class PlaylistContentsOut(ApiModel):
    """One playlist, and whether it is known what is in it.

    Attributes:
        songs: null where Spotify does not tell.
        state: `made` by the app or managed by it, and known; `read`; `changed` since it was read; `unread`;
            `refused` by Spotify; `foreign`, which Spotify lets nobody but its owner read.
    """

    id: str
    name: str
    url: str
    owner: str
    songs: int | None
    state: PlaylistState


class ContentsOut(ReadingOut):
    """What is known of a person's playlists.

    Attributes:
        as_of: when Spotify listed them; null if it never did.
        problem: why the last reading stopped early.
        calls_left: calls that are left for it now; null where the app sets itself no limit.
        estimated_seconds: how long it takes if nobody else reads.
        playlists: in the order of Spotify's list.
    """

    as_of: datetime | None = None
    problem: str | None = None
    calls_left: int | None = None
    estimated_seconds: int = 0
    playlists: tuple[PlaylistContentsOut, ...] = ()
