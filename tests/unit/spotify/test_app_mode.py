"""Which kind of app this is: found out from songs, remembered, and corrected by a refusal."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import respx

from app.kv.cached import CachedKV
from app.spotify.app_mode import REFUSAL_HOLDS, SPOTIFY_APP, AppModes
from app.spotify.client import SpotifyClient
from app.spotify.errors import SpotifyRefusedError
from app.upstream.gate import Gate
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.unit.spotify.answers import API, ID, Tokens, fault

pytestmark = pytest.mark.anyio

PLAIN = {"track": {"id": ID, "name": "Song"}}
RICH = {"track": {"id": ID, "name": "Song", "popularity": 0}}
LOCAL = {"track": {"id": None, "name": "File", "is_local": True}}
ARTISTS = {"artists": [{"id": ID, "name": "A", "genres": ["jazz"]}, None, {"id": ID, "genres": []}]}


def page(*rows: dict[str, Any] | None) -> httpx.Response:
    return httpx.Response(200, json={"items": rows, "total": len(rows)})


class Installation:
    """A client on a store that outlives it."""

    def __init__(self, kv: CachedKV, clock: FakeClock, http: httpx.AsyncClient) -> None:
        self.kv = kv
        self._clock = clock
        self._http = http

    async def start(self, **setting: Any) -> SpotifyClient:
        modes = AppModes(self._clock, kv=self.kv, client_id="client", **setting)
        await modes.start()
        gate = Gate("Spotify", rate_per_second=100, clock=self._clock, burst=100)
        return SpotifyClient(self._http, gate, api_url=API, clock=self._clock, app_modes=modes)

    def writes(self) -> int:
        return self.kv.snapshot().totals.writes


@pytest.fixture
async def installation(kv: CachedKV, clock: FakeClock) -> AsyncIterator[Installation]:
    async with build_http(contact="me@example.org") as http:
        yield Installation(kv, clock, http)


async def test_songs_with_popularity_tell_an_extended_app_which_is_remembered(
    installation: Installation, tokens: Tokens, api: respx.Router
) -> None:
    api.get("/me/tracks").mock(side_effect=[page(LOCAL, RICH), page(RICH), page(PLAIN)])
    spotify = await installation.start()
    assert spotify.mode == "development"
    for _ in range(2):
        assert (await spotify.saved_tracks(tokens, offset=0)).extended
    assert spotify.mode == "extended"
    assert installation.writes() == 1

    restarted = await installation.start()
    assert restarted.mode == "extended"
    assert not (await restarted.saved_tracks(tokens, offset=0)).extended
    assert restarted.mode == (await installation.start()).mode == "development"
    assert installation.writes() == 2


async def test_a_page_without_songs_of_spotifys_says_nothing(
    installation: Installation, tokens: Tokens, api: respx.Router
) -> None:
    api.get("/me/tracks").mock(side_effect=[page(RICH), page(), page(LOCAL, None), page({"track": None})])
    spotify = await installation.start()
    for _ in range(4):
        await spotify.saved_tracks(tokens, offset=0)
    assert spotify.mode == "extended"


async def test_an_app_in_development_mode_costs_no_write(
    installation: Installation, tokens: Tokens, api: respx.Router
) -> None:
    api.get("/me/tracks").mock(return_value=page(PLAIN))
    spotify = await installation.start()
    await spotify.saved_tracks(tokens, offset=0)
    assert (spotify.mode, installation.writes()) == ("development", 0)


async def test_the_setting_settles_it(installation: Installation, tokens: Tokens, api: respx.Router) -> None:
    api.get("/me/tracks").mock(return_value=page(RICH))
    spotify = await installation.start(setting="development")
    await spotify.saved_tracks(tokens, offset=0)
    assert spotify.mode == "development"
    assert (await installation.start(setting="extended")).mode == "extended"


async def test_another_app_starts_unknown(installation: Installation, clock: FakeClock) -> None:
    await installation.kv.put(SPOTIFY_APP("client"), SPOTIFY_APP.model(mode="extended"))
    other = AppModes(clock, kv=installation.kv, client_id="other")
    await other.start()
    assert other.mode == "development"


async def test_artists_come_in_batches_for_an_extended_app(
    installation: Installation, tokens: Tokens, api: respx.Router
) -> None:
    route = api.get("/artists").respond(json=ARTISTS)
    spotify = await installation.start(setting="extended")
    artists = await spotify.artists(tokens, [ID, ID])

    assert [(artist.id, artist.genres) for artist in artists] == [(ID, ("jazz",)), (ID, None)]
    assert route.calls.last.request.url.params["ids"] == f"{ID},{ID}"
    assert await spotify.artists(tokens, []) == []
    assert route.call_count == 1


async def test_in_development_mode_no_artist_is_asked_for(
    installation: Installation, tokens: Tokens, api: respx.Router
) -> None:
    spotify = await installation.start()
    assert await spotify.artists(tokens, [ID]) == []
    with pytest.raises(ValueError, match="51"):
        await spotify.artists(tokens, [ID] * 51)
    assert spotify.calls == 0


async def test_a_refused_batch_puts_the_app_back_into_development_mode(
    installation: Installation, tokens: Tokens, api: respx.Router, clock: FakeClock
) -> None:
    batch = api.get("/artists").mock(side_effect=[fault(403, "Forbidden"), httpx.Response(200, json=ARTISTS)])
    api.get("/me/tracks").mock(return_value=page(RICH))
    spotify = await installation.start()
    await spotify.saved_tracks(tokens, offset=0)
    assert await spotify.artists(tokens, [ID]) == []
    assert spotify.mode == "development"

    later = await installation.start()
    await later.saved_tracks(tokens, offset=0)  # still with popularity: an older app in its grace
    assert await later.artists(tokens, [ID]) == []
    assert (later.mode, batch.call_count) == ("development", 1)

    await clock.advance((REFUSAL_HOLDS + timedelta(days=1)).total_seconds())
    await later.saved_tracks(tokens, offset=0)
    assert len(await later.artists(tokens, [ID])) == 2


async def test_a_refused_batch_is_not_repeated_where_the_setting_is_wrong(
    installation: Installation, tokens: Tokens, api: respx.Router
) -> None:
    batch = api.get("/artists").mock(return_value=fault(403, "Forbidden"))
    spotify = await installation.start(setting="extended")
    for _ in range(2):
        assert await spotify.artists(tokens, [ID]) == []
    assert (spotify.mode, batch.call_count) == ("extended", 1)


async def test_other_refusals_say_nothing_about_the_app(
    installation: Installation, tokens: Tokens, api: respx.Router
) -> None:
    api.get("/artists").mock(return_value=fault(403, "Insufficient client scope"))
    spotify = await installation.start(setting="extended")
    with pytest.raises(SpotifyRefusedError):
        await spotify.artists(tokens, [ID])
    assert installation.writes() == 0
