"""The app with a listener signed in, and Spotify and MusicBrainz by respx."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import respx

from app.settings import Settings
from tests.integration.accounts.journey import JumpingClock, Spotify, running, signed_in
from tests.unit.genres.playlist_wire import ListedPlaylist, Playlists, playlist_id
from tests.unit.genres.wire import MUSICBRAINZ, SPOTIFY, LikedSongs, MusicBrainzWire, artist_id, track, tracks


@pytest.fixture
def wire() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        service = Spotify(
            token=router.post("https://accounts.spotify.com/api/token"), me=router.get(f"{SPOTIFY}/me")
        )
        service.token.side_effect = service.grant
        service.me.respond(
            json={"account_id": "acc-anna", "id": "anna", "display_name": "Anna", "images": []}
        )
        yield router


@pytest.fixture
def liked(wire: respx.MockRouter) -> LikedSongs:
    """120 songs; one is by somebody whose names want to be markup."""
    odd = track(500, [7], name="<script>alert(1)</script>")
    odd["track"]["artists"][0]["name"] = '"><img src=x onerror=alert(1)>'
    return LikedSongs(wire, [odd, *tracks(119)])


@pytest.fixture(autouse=True)
def playlists(wire: respx.MockRouter) -> Playlists:
    """One of Anna's own, one with a song of her Liked Songs, and one that she follows."""
    return Playlists(
        wire,
        ListedPlaylist(playlist_id(1), [track(9000 + n, [7]) for n in range(130)], "Morning"),
        ListedPlaylist(playlist_id(2), [track(5), track(9500)], "Together", "bo", collaborative=True),
        ListedPlaylist(playlist_id(3), [track(9600)], "Foreign", "somebody", status=403),
    )


@pytest.fixture(autouse=True)
def musicbrainz(wire: respx.MockRouter) -> MusicBrainzWire:
    tags = {"bebop": 8, "deep house": 3}
    return MusicBrainzWire(wire, {artist_id(n): tags for n in range(40)} | {artist_id(50): {"r&b/soul": 1}})


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        _env_file=None,
        base_url="http://127.0.0.1:8000",
        secret_key="a-secret-of-tests-" * 3,
        kv_url=f"sqlite:///{tmp_path_factory.mktemp('data')}/kv.db",
        spotify_client_id="client",
        spotify_api_url=SPOTIFY,
        spotify_rate_per_second=1000.0,
        spotify_open_url="https://open.test",
        musicbrainz_url=MUSICBRAINZ,
        genre_sources=("musicbrainz",),
        musicbrainz_rate_per_second=1000.0,
        contact="me@example.com",
    )


@pytest.fixture
async def browser(settings: Settings, liked: LikedSongs) -> AsyncIterator[httpx.AsyncClient]:
    async with running(settings, JumpingClock()) as new_browser, new_browser() as client:
        yield await signed_in(client)
