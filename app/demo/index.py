"""Music by what is not its id: recordings by their code, artists by name or address."""

from functools import cached_property, lru_cache

from app.demo.catalogue import Catalogue
from app.demo.generated import music
from app.demo.generated.numbers import Dice
from app.demo.generated.words import artist_name
from app.demo.models import DemoArtist, DemoTrack
from app.demo.records import Account
from app.demo.state import State

# The last digits of a generated song's code are those of its number.
CODES = 100_000
# Songs that people like on top of those that their account was made with.
FRESH_SONGS = 1000


class Index:
    """Looks through the library that was loaded, and through what is generated for the accounts there are."""

    def __init__(self, catalogue: Catalogue, state: State) -> None:
        self._catalogue, self._state = catalogue, state

    def songs_with(self, isrc: str) -> list[DemoTrack]:
        """Return the recordings with a code, one entry for each release."""
        found = list(self._by_isrc.get(isrc, ()))
        for account in self._generated:
            numbers = range(int(isrc[-5:]), account.songs + FRESH_SONGS, CODES)
            found += [
                song for song in (music.song(account.seed, one) for one in numbers) if song.isrc == isrc
            ]
        return found

    def artists_called(self, name: str) -> list[DemoArtist]:
        """Return the artists of a name, whatever its case."""
        found = list(self._by_name.get(name.casefold(), ()))
        for account in self._generated:
            numbers = _numbers_by_name(account.seed, music.artists_within(account.songs + FRESH_SONGS))
            found += [music.artist(account.seed, number) for number in numbers.get(name.casefold(), ())]
        return found

    @property
    def _generated(self) -> list[Account]:
        return [account for account in self._state.accounts if account.songs]

    @cached_property
    def _by_isrc(self) -> dict[str, list[DemoTrack]]:
        found: dict[str, list[DemoTrack]] = {}
        for track in (*self._catalogue.own.tracks, *self._catalogue.odd.tracks):
            if track.isrc:
                found.setdefault(track.isrc, []).append(track)
        return found

    @cached_property
    def _by_name(self) -> dict[str, list[DemoArtist]]:
        found: dict[str, list[DemoArtist]] = {}
        for library in (self._catalogue.own, self._catalogue.odd):
            for artist in library.artists.values():
                found.setdefault(artist.name.casefold(), []).append(artist)
        return found


def is_known(source: str, key: str, share: float) -> bool:
    """Tell whether a source is among those that know something: the same at every start, apart by source."""
    return Dice(f"{source} {key}").happens(share)


@lru_cache(8)
def _numbers_by_name(seed: int, artists: int) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number in range(artists):
        found.setdefault(artist_name(seed, number).casefold(), []).append(number)
    return found
