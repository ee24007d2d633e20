"""The playlists that a simulated person had before any app came."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from app.demo.catalogue import Catalogue
from app.demo.generated.numbers import Dice
from app.demo.generated.words import album_title
from app.demo.models import DemoTrack
from app.demo.odd_songs import EPISODES
from app.demo.people import seeded_id
from app.demo.records import Account, Entry, Playlist

# A fixed person whose playlist everybody follows; not a simulated account that anybody can have.
STRANGER = Account(id=seeded_id("stranger"), seen_at=datetime(2026, 1, 1, tzinfo=UTC))
SONGS_IN_A_PLAYLIST = 24
FEWEST_SONGS, MOST_SONGS = 5, 400
NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)


class Seeds:
    """Makes playlists of these songs, newest like first."""

    def __init__(self, songs: Sequence[DemoTrack], catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._entries = [
            Entry(uri=catalogue.uri(song), added_at=song.added_at)
            for song in songs
            if not song.is_local and not song.lost
        ]
        self._local = [
            Entry(uri=catalogue.uri(song), added_at=song.added_at) for song in songs if song.is_local
        ]

    def own_playlists(self, account: Account) -> tuple[Playlist, ...]:
        """Return what a new account owns: one list with what is often odd, and one without songs."""
        kitchen = Playlist(
            id=seeded_id(f"{account.id}:kitchen"),
            account_id=account.id,
            name="Kitchen radio",
            description="Loud enough for the dishwasher & both of us",
            public=False,
            entries=self._some_odd_entries(),
            ready_made=True,
        )
        later = Playlist(
            id=seeded_id(f"{account.id}:later"),
            account_id=account.id,
            name="To sort some day",
            ready_made=True,
        )
        return kitchen, later

    def followed_playlist(self) -> Playlist:
        """Return the playlist of somebody else that every account follows."""
        return Playlist(
            id=seeded_id("night bus"),
            account_id=STRANGER.id,
            name="Night bus home",
            entries=self._spread(start=7),
            ready_made=True,
            by_stranger=True,
        )

    def more_playlists(self, account: Account, count: int) -> Iterator[Playlist]:
        """Yield playlists of a few to several hundred songs, each song once in a list."""
        for number in range(count):
            dice = Dice(f"playlist {account.seed} {number}")
            size = min(len(self._entries), FEWEST_SONGS + dice.below(MOST_SONGS - FEWEST_SONGS))
            start = dice.below(len(self._entries) - size + 1)
            yield Playlist(
                id=seeded_id(f"{account.id}:{number}"),
                account_id=account.id,
                name=f"{album_title(dice)} {number + 1}",
                public=False,
                entries=tuple(self._entries[start : start + size]),
                ready_made=True,
            )

    def odd_playlists(self, account: Account) -> tuple[Playlist, ...]:
        """Return one list with every oddity, one of somebody else to work on together, and one of no size."""
        odd = Playlist(
            id=seeded_id(f"{account.id}:odd"),
            account_id=account.id,
            name='Everything & "more" <odd>',
            description='It\'s <odd> & "quoted" / slashed',
            public=False,
            entries=tuple(self._every_odd_entry()),
            ready_made=True,
        )
        together = Playlist(
            id=seeded_id(f"{account.id}:together"),
            account_id=account.id,
            name="The four of us",
            public=False,
            collaborative=True,
            entries=self._spread(start=3),
            ready_made=True,
            by_stranger=True,
        )
        uncounted = Playlist(
            id=seeded_id(f"{account.id}:uncounted"),
            account_id=account.id,
            name="Made for you",
            entries=self._spread(start=5),
            ready_made=True,
            hides_total=True,
        )
        return odd, together, uncounted

    def _some_odd_entries(self) -> tuple[Entry, ...]:
        """Songs, the first of them twice, one that is lost, and one local file if the library has any."""
        entries = self._spread(start=0)
        lost = tuple(entry.model_copy(update={"uri": None}) for entry in entries[:1])
        return (*entries, *entries[:1], *lost, *self._local[:1])

    def _every_odd_entry(self) -> Iterator[Entry]:
        for song in self._catalogue.odd.tracks:
            yield Entry(uri=None if song.lost else self._catalogue.uri(song), added_at=song.added_at)
        for episode in EPISODES:
            yield Entry(uri=episode.uri, added_at=NO_DATE)
        for fields in ({"added_at": None}, {"added_at": NO_DATE}, {"by_nobody": True}, {}, {}):
            yield self._entries[0].model_copy(update=fields)

    def _spread(self, *, start: int) -> tuple[Entry, ...]:
        step = max(1, len(self._entries) // SONGS_IN_A_PLAYLIST)
        return tuple(self._entries[start::step][:SONGS_IN_A_PLAYLIST])
