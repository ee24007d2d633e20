"""What there is to remember of simulated people: accounts, playlists, and changes of what they like."""

import base64
import hashlib
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from app.demo.people import display_name, user_id

PLAYLIST = "spotify:playlist:"


class Account(BaseModel):
    """A simulated person.

    Attributes:
        seen_at: last sign-in or token renewal; a day later the account is dropped.
        approved: scopes that the person has agreed to.
        generation: refresh tokens of an earlier one are revoked.
        seed: names what is generated for the account; no other account has it.
        songs: generated songs that the person likes; 0: the library that the simulator was started with.
        odd: whether every oddity is in the library.
        followed: URIs of what the person has come to follow or save, songs apart.
        unfollowed: URIs of playlists, their own included, that no longer are in their list.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    seen_at: datetime
    approved: tuple[str, ...] = ()
    generation: int = 0
    seed: int = 0
    songs: int = 0
    odd: bool = False
    followed: tuple[str, ...] = ()
    unfollowed: tuple[str, ...] = ()

    @property
    def user_id(self) -> str:
        """The id that addresses the person in links."""
        return user_id(self.id)

    @property
    def name(self) -> str:
        """The name that people see."""
        return display_name(self.id)


class Entry(BaseModel):
    """One place in a playlist.

    Attributes:
        uri: None where Spotify has lost the song.
        added_at: None in very old playlists.
        by_nobody: Spotify does not know who added it.
    """

    model_config = ConfigDict(frozen=True)

    uri: str | None
    added_at: datetime | None
    by_nobody: bool = False


class Playlist(BaseModel):
    """A playlist.

    Attributes:
        account_id: in whose list of playlists it is.
        ready_made: it was there before any app made one.
        by_stranger: somebody else owns it; if it is collaborative, the account's person works on it too.
        hides_total: Spotify does not say how many songs it has.
        cover: digest of a picture that was uploaded.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    account_id: str
    name: str
    description: str = ""
    public: bool = True
    collaborative: bool = False
    entries: tuple[Entry, ...] = ()
    revision: int = 1
    ready_made: bool = False
    by_stranger: bool = False
    hides_total: bool = False
    cover: str = ""

    @property
    def is_open(self) -> bool:
        """Whether its account's person may read and change the songs."""
        return self.collaborative or not self.by_stranger

    @property
    def uri(self) -> str:
        """The playlist's Spotify URI."""
        return f"{PLAYLIST}{self.id}"

    def changed(self, **fields: object) -> "Playlist":
        """Return the next version of the playlist."""
        return self.model_copy(update={**fields, "revision": self.revision + 1})

    @property
    def snapshot_id(self) -> str:
        """Names this version of the playlist: a counter and a digest in base64, as Spotify's do."""
        digest = hashlib.sha1(f"{self.id}:{self.revision}".encode(), usedforsecurity=False).digest()
        return base64.b64encode(self.revision.to_bytes(4) + digest).decode()


class Liked(BaseModel):
    """A song that was liked since the start."""

    model_config = ConfigDict(frozen=True)

    uri: str
    added_at: datetime


class LikeEdits(BaseModel):
    """What a person has changed since the start.

    Attributes:
        liked: newest first.
        unliked: rows of the start that are gone.
        fresh: so many songs were liked that nobody had heard of before.
    """

    model_config = ConfigDict(frozen=True)

    liked: tuple[Liked, ...] = ()
    unliked: tuple[int, ...] = ()
    fresh: int = 0
