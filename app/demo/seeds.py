"""The playlists that a simulated person had before any app came."""

from datetime import UTC, datetime

from app.demo.catalogue import Catalogue
from app.demo.people import seeded_id
from app.demo.state import Account, Entry, Playlist

# A fixed person whose playlist everybody follows; not a simulated account that anybody can have.
STRANGER = Account(id=seeded_id("stranger"), seen_at=datetime(2026, 1, 1, tzinfo=UTC))
SONGS_IN_A_PLAYLIST = 24


def own_playlists(account: Account, catalogue: Catalogue) -> tuple[Playlist, ...]:
    """Return what a new account owns: one list with all that can be odd in a list, and one without songs."""
    kitchen = Playlist(
        id=seeded_id(f"{account.id}:kitchen"),
        account_id=account.id,
        name="Kitchen radio",
        description="Loud enough for the dishwasher & both of us",
        public=False,
        entries=_odd_entries(catalogue),
        ready_made=True,
    )
    later = Playlist(
        id=seeded_id(f"{account.id}:later"), account_id=account.id, name="To sort some day", ready_made=True
    )
    return kitchen, later


def followed_playlist(catalogue: Catalogue) -> Playlist:
    """Return the playlist of somebody else that every account follows."""
    return Playlist(
        id=seeded_id("night bus"),
        account_id=STRANGER.id,
        name="Night bus home",
        entries=_spread(catalogue, start=7),
        ready_made=True,
    )


def _odd_entries(catalogue: Catalogue) -> tuple[Entry, ...]:
    """Songs, the first of them twice, one that is lost, and one local file if the library has any."""
    entries = _spread(catalogue, start=0)
    lost = tuple(entry.model_copy(update={"uri": None}) for entry in entries[:1])
    local = [
        Entry(uri=uri, added_at=track.added_at) for uri, track in catalogue.tracks.items() if track.is_local
    ]
    return (*entries, *entries[:1], *lost, *local[:1])


def _spread(catalogue: Catalogue, *, start: int) -> tuple[Entry, ...]:
    songs = [(uri, track) for uri, track in catalogue.tracks.items() if not track.is_local]
    step = max(1, len(songs) // SONGS_IN_A_PLAYLIST)
    chosen = songs[start::step][:SONGS_IN_A_PLAYLIST]
    return tuple(Entry(uri=uri, added_at=track.added_at) for uri, track in chosen)
