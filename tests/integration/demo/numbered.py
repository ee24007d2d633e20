"""A simulated Spotify whose songs are told apart by number."""

from collections.abc import Sequence
from datetime import timedelta

from app.demo.dispatcher import PathDispatcher
from app.demo.models import DemoArtist, DemoLibrary, DemoTrack
from app.demo.options import SimulatorOptions
from app.demo.simulator import build_simulator
from app.demo.switches import Switches
from tests.fakes import FakeClock
from tests.integration.demo.conftest import id_of, outside
from tests.integration.demo.visitor import BASE_URL

ARTISTS = 30


def numbered_simulator(songs: int, clock: FakeClock, *, genres: Sequence[str] = ("",)) -> PathDispatcher:
    """Return one whose listeners like `songs`, number 0 the newest; their artists play the genres in turn."""
    artists = {id_of("Artist", n): _artist(n, genres[n % len(genres)]) for n in range(ARTISTS)}
    tracks = (
        DemoTrack(
            id=id_of("Track", n),
            name=f"Song {n}",
            artists=(id_of("Artist", n % ARTISTS),),
            album="Album",
            album_id=id_of("Album", n),
            release_date="1984",
            duration_ms=200_000,
            added_at=clock.now() - timedelta(days=n + 1),
            isrc=f"SEABC26{n:05}",
        )
        for n in range(songs)
    )
    options = SimulatorOptions(
        base_url=BASE_URL,
        account_lifetime=timedelta(days=400),
        switches=Switches(token_lifetime_s=10**8),
    )
    return PathDispatcher(build_simulator(DemoLibrary(tuple(tracks), artists), options, clock=clock), outside)


def _artist(number: int, genre: str) -> DemoArtist:
    return DemoArtist(id_of("Artist", number), f"Artist {number}", (genre,) if genre else ())
