"""What is known of a listener's own playlists: which there are, and which songs are in them."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from app.playlists.models import Entry, Frozen, reading_calls

TRACK, LOCAL = "spotify:track:", "spotify:local:"
ID_LENGTH = 22
READ_FOR = timedelta(days=30)
"""After so long a playlist is read again even if it has not changed: what is Spotify's does not stay."""


class ListedPlaylist(Frozen):
    """A playlist as Spotify lists it, and what is known of its songs.

    Attributes:
        owner: whose it is, as people read it.
        mine: whether it is the listener's own, or one that they collaborate on; others cannot be read.
        songs: entries; None where Spotify does not tell.
        snapshot_id: its version.
        read: the version whose songs are kept; None while none are.
        read_at: when they were read.
        refused: the version that Spotify would not let read.
    """

    id: str
    name: str
    url: str = ""
    owner: str = ""
    mine: bool = True
    songs: int | None = None
    snapshot_id: str = ""
    read: str | None = None
    read_at: datetime | None = None
    refused: str | None = None

    @property
    def known(self) -> bool:
        """Whether its songs are kept as they are in this version; an empty one has none."""
        return self.songs == 0 or self.read == self.snapshot_id

    @property
    def readable(self) -> bool:
        """Whether nothing is known that keeps it from being read."""
        return self.mine and self.refused != self.snapshot_id

    @property
    def calls(self) -> int:
        """Calls that reading it takes."""
        return reading_calls(self.songs or 0)


class Listing(Frozen):
    """Every playlist that Spotify listed for a listener, `as_of` then."""

    as_of: datetime
    playlists: tuple[ListedPlaylist, ...] = ()

    def renewed(self, before: "Listing") -> "Listing":
        """Return this listing with what the one before it knew of songs."""
        known = {one.id: one for one in before.playlists}
        return self.model_copy(
            update={"playlists": tuple(self._with(one, known.get(one.id)) for one in self.playlists)}
        )

    def _with(self, playlist: ListedPlaylist, before: ListedPlaylist | None) -> ListedPlaylist:
        if before is None:
            return playlist
        fresh = before.read_at is not None and self.as_of - before.read_at < READ_FOR
        kept = {"read": before.read, "read_at": before.read_at} if fresh else {}
        return playlist.model_copy(update={**kept, "refused": before.refused})

    def changed(self, playlist: ListedPlaylist) -> "Listing":
        """Return the listing with one of its playlists as it is now."""
        return self.model_copy(
            update={"playlists": tuple(playlist if one.id == playlist.id else one for one in self.playlists)}
        )

    def missing(self, made: Collection[str]) -> tuple[ListedPlaylist, ...]:
        """Return what is still to be read, the shortest first; `made` are known anyway."""
        unread = (one for one in self.playlists if one.readable and not one.known and one.id not in made)
        return tuple(sorted(unread, key=lambda one: one.songs or 0))


class Contents(Frozen):
    """The songs of one playlist, in 22 letters each.

    Attributes:
        ids: Spotify's ids, one after the other.
        files: addresses of local files, which have no id.
    """

    ids: str = ""
    files: tuple[str, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Contents":
        """Keep what songs are known again by; episodes and lost songs are none."""
        uris = [entry.uri for entry in entries]
        ids = (uri.removeprefix(TRACK) for uri in uris if uri.startswith(TRACK))
        return cls(ids="".join(ids), files=tuple(uri for uri in uris if uri.startswith(LOCAL)))

    @property
    def keys(self) -> frozenset[str]:
        """What the songs are known by in a library."""
        ids = (self.ids[at : at + ID_LENGTH] for at in range(0, len(self.ids), ID_LENGTH))
        return frozenset((*ids, *self.files))
