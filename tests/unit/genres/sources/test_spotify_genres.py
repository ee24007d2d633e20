"""Spotify's own genre words, where an app still gets them."""

from collections.abc import AsyncIterator
from typing import Any, Literal

import httpx
import pytest
import respx

from app.genres.artist_models import Tag
from app.genres.sources.protocol import AskedArtist, Finding
from app.genres.sources.spotify import SpotifyGenres
from app.spotify.app_mode import AppModes
from app.spotify.client import SpotifyClient
from app.upstream.errors import UnavailableError
from app.upstream.gate import Gate
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.unit.genres.sources.mb_answers import in_time
from tests.unit.genres.sources.source_calls import artist_id, asked, ids

pytestmark = pytest.mark.anyio

API = "https://api.example/v1"


class Tokens:
    async def access_token(self, *, rejected: str | None = None) -> str:
        return "token"


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with build_http(contact="me@example.org") as client:
        yield client


@pytest.fixture
def route() -> Any:
    with respx.mock(assert_all_called=False) as router:
        yield router.get(f"{API}/artists")


def genres_from(
    http: httpx.AsyncClient, clock: FakeClock, mode: Literal["development", "extended"] = "extended"
) -> SpotifyGenres:
    gate = Gate("Spotify", rate_per_second=10, clock=clock)
    modes = AppModes(clock, setting=mode)
    return SpotifyGenres(SpotifyClient(http, gate, api_url=API, clock=clock, app_modes=modes), Tokens())


async def test_fifty_artists_are_one_call(
    http: httpx.AsyncClient, route: respx.Route, clock: FakeClock
) -> None:
    artists = [
        {"id": artist_id(1), "name": "A", "genres": ["trip hop", "Trip Hop", "downtempo"]},
        {"id": artist_id(2), "name": "B", "genres": []},
        {"id": artist_id(3), "name": "C", "genres": None},
        {"id": artist_id(4), "name": "D"},
        None,
    ]
    route.respond(json={"artists": artists})
    fifty = asked(*range(50))
    tags = (Tag("trip hop", 1, "spotify"), Tag("downtempo", 1, "spotify"))
    none = {artist_id(number): Finding(()) for number in (2, 3, 4)}
    assert await genres_from(http, clock).ask(fifty) == {artist_id(1): Finding(tags), **none}
    assert route.calls.last.request.url.params["ids"].split(",") == ids(fifty)


async def test_an_answer_without_any_words_is_none(
    http: httpx.AsyncClient, route: respx.Route, clock: FakeClock
) -> None:
    route.respond(json={"artists": [{"id": artist_id(n), "name": "A", "genres": []} for n in range(2)]})
    assert await genres_from(http, clock).ask(asked(0, 1)) == {}


async def test_in_development_mode_nobody_is_asked(
    http: httpx.AsyncClient, route: respx.Route, clock: FakeClock
) -> None:
    assert await genres_from(http, clock, "development").ask(asked(1)) == {}
    assert not route.called


async def test_ids_of_local_files_are_not_asked_about(
    http: httpx.AsyncClient, route: respx.Route, clock: FakeClock
) -> None:
    route.respond(json={"artists": []})
    source = genres_from(http, clock)
    assert await source.ask([AskedArtist("local"), *asked(1, 1)]) == {}
    assert route.calls.last.request.url.params["ids"] == artist_id(1)
    assert await source.ask([AskedArtist("")]) == {}
    assert route.call_count == 1


async def test_more_than_fifty_are_too_many(
    http: httpx.AsyncClient, route: respx.Route, clock: FakeClock
) -> None:
    with pytest.raises(ValueError, match="51"):
        await genres_from(http, clock).ask(asked(*range(51)))
    assert not route.called


async def test_no_answer_is_an_error_of_spotifys(
    http: httpx.AsyncClient, route: respx.Route, clock: FakeClock
) -> None:
    route.respond(502)
    with pytest.raises(UnavailableError):
        await in_time(clock, genres_from(http, clock).ask(asked(1)), 600)
