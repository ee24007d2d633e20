"""From codes of recordings, and names, to MusicBrainz's artists."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import respx

from app.genres.sources.musicbrainz_api import MusicBrainzApi
from app.genres.sources.musicbrainz_isrcs import MusicBrainzIsrcs
from app.genres.sources.protocol import AskedArtist, Finding
from app.upstream.errors import UnavailableError
from app.upstream.gate import Gate
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.unit.genres.sources.mb_answers import BUSY, HOST, in_time, mbid
from tests.unit.genres.sources.source_calls import artist_id

pytestmark = pytest.mark.anyio


def code(number: int) -> str:
    return f"GBABC{number:07}"


def artist(number: int, *codes: int, name: str = "") -> AskedArtist:
    isrcs = tuple(map(code, codes or (number,)))
    return AskedArtist(artist_id(number), name or f"Artist {number}", isrcs=isrcs)


def credit(number: int, own: str = "", **more: Any) -> dict[str, Any]:
    """A credit as the search writes it: without a name where it is the artist's own."""
    aliases = [{"name": alias, "locale": None} for alias in more.pop("aliases", ())]
    return {
        "artist": {"id": mbid(number), "name": own or f"Artist {number}", "aliases": aliases or None},
        **more,
    }


def recording(number: int, *credited: dict[str, Any]) -> dict[str, Any]:
    return {"id": mbid(9), "isrcs": [code(number)], "artist-credit": list(credited or [credit(number)])}


def answer(*recordings: dict[str, Any], count: int | None = None) -> httpx.Response:
    number = len(recordings) if count is None else count
    return httpx.Response(200, json={"count": number, "offset": 0, "recordings": list(recordings)})


def asked_codes(call: respx.models.Call) -> list[str]:
    return re.findall(r"[A-Z]{5}\d{7}", call.request.url.params["query"])


@pytest.fixture
async def source(gate: Gate, clock: FakeClock) -> AsyncIterator[MusicBrainzIsrcs]:
    async with build_http(contact="me@example.org") as http:
        yield MusicBrainzIsrcs(MusicBrainzApi(http, gate, base_url=HOST, clock=clock))


@pytest.fixture
def route(api: respx.Router) -> respx.Route:
    return api.get("/recording")


async def test_sixty_artists_are_one_request(source: MusicBrainzIsrcs, route: respx.Route) -> None:
    route.mock(return_value=answer(recording(3), recording(59)))
    found = await source.ask([artist(number) for number in range(60)])
    known = {one: finding.mbid for one, finding in found.items() if finding.mbid}
    assert known == {artist_id(3): mbid(3), artist_id(59): mbid(59)}
    assert len(found) == 60
    assert all(finding.tags is None for finding in found.values()), "nobody was asked for genres"
    params = route.calls.last.request.url.params
    assert params["query"].startswith("isrc:(GBABC0000000 OR GBABC0000001 OR ")
    assert (params["limit"], params["fmt"]) == ("100", "json")
    assert len(str(route.calls.last.request.url)) < 2_000


async def test_more_than_sixty_are_too_many(source: MusicBrainzIsrcs, route: respx.Route) -> None:
    with pytest.raises(ValueError, match="61"):
        await source.ask([artist(number) for number in range(61)])
    assert not route.called


async def test_everybodys_first_code_comes_before_second_ones(
    source: MusicBrainzIsrcs, route: respx.Route, clock: FakeClock
) -> None:
    route.mock(return_value=answer())
    await source.ask([artist(1, 10, 11, 12), artist(2, 20), artist(3, 10, 31)])
    assert asked_codes(route.calls.last) == [code(one) for one in (10, 20, 11, 31, 12)]
    many = [artist(number, *range(100 * number, 100 * number + 9)) for number in range(1, 31)]
    await in_time(clock, source.ask(many))
    assert asked_codes(route.calls.last) == [code(100 * n + place) for place in (0, 1) for n in range(1, 31)]


async def test_codes_are_read_as_people_write_them(source: MusicBrainzIsrcs, route: respx.Route) -> None:
    route.mock(return_value=answer(recording(7)))
    odd = ("gb-abc-00-00007", "GBABC00", 'x" OR *', "")
    found = await source.ask([AskedArtist(artist_id(7), "Artist 7", isrcs=odd)])
    assert found == {artist_id(7): Finding(mbid=mbid(7))}
    assert asked_codes(route.calls.last) == [code(7)]


async def test_artists_without_code_or_name_are_not_asked_about(
    source: MusicBrainzIsrcs, route: respx.Route
) -> None:
    nobody = [AskedArtist(artist_id(1), "Artist 1"), AskedArtist(artist_id(2), "", isrcs=(code(2),))]
    assert await source.ask(nobody) == {}
    assert not route.called


@pytest.mark.parametrize(
    ("name", "credited"),
    [
        ("Björk", credit(1, "Bjork")),
        ("The Artist Formerly Known", credit(1, "Prince", name="The Artist formerly known")),
        ("Shore", credit(1, "Howard Shore", aliases=["H. Shore", "Shore"])),
        ("Simon & Garfunkel", credit(1, "Simon and Garfunkel")),
    ],
)
async def test_names_are_the_same_in_other_spellings(
    name: str, credited: dict[str, Any], source: MusicBrainzIsrcs, route: respx.Route
) -> None:
    credited = {**credited, "artist": {**credited["artist"], "id": mbid(1)}}
    route.mock(return_value=answer(recording(1, credit(8), credited)))
    found = await source.ask([artist(1, name=name)])
    assert found == {artist_id(1): Finding(mbid=mbid(1))}


@pytest.mark.parametrize(
    "recordings",
    [
        [recording(1, credit(2))],
        [recording(2, credit(1))],
        [recording(1, credit(1), credit(5, "Artist 1"))],
        [recording(1), recording(1, credit(6, "ARTIST 1"))],
        [{"isrcs": None, "artist-credit": [credit(1)]}],
        [{"isrcs": [code(1)]}],
    ],
)
async def test_only_one_of_the_name_on_one_of_the_recordings_will_do(
    recordings: list[dict[str, Any]], source: MusicBrainzIsrcs, route: respx.Route
) -> None:
    route.mock(return_value=answer(*recordings))
    assert await source.ask([artist(1)]) == {artist_id(1): Finding()}


async def test_two_recordings_by_one_artist_are_one_artist(
    source: MusicBrainzIsrcs, route: respx.Route
) -> None:
    route.mock(return_value=answer(recording(1), recording(1, credit(4), credit(1))))
    assert await source.ask([artist(1)]) == {artist_id(1): Finding(mbid=mbid(1))}


async def test_those_missing_from_part_of_an_answer_are_asked_about_again(
    source: MusicBrainzIsrcs, route: respx.Route, clock: FakeClock
) -> None:
    route.mock(side_effect=[answer(recording(1), count=150), answer(recording(2))])
    found = await in_time(clock, source.ask([artist(1), artist(2), artist(3)]))
    assert found == {
        artist_id(1): Finding(mbid=mbid(1)),
        artist_id(2): Finding(mbid=mbid(2)),
        artist_id(3): Finding(),
    }
    assert asked_codes(route.calls.last) == [code(2), code(3)]


async def test_nothing_follows_for_those_missing_from_both(
    source: MusicBrainzIsrcs, route: respx.Route, clock: FakeClock
) -> None:
    route.mock(return_value=answer(recording(1), count=150))
    found = await in_time(clock, source.ask([artist(1), artist(2)]))
    assert found == {artist_id(1): Finding(mbid=mbid(1))}


@pytest.mark.parametrize("trouble", [BUSY, httpx.Response(200, json={"urls": []}), httpx.Response(414)])
async def test_no_answer_concludes_nothing(
    trouble: httpx.Response, source: MusicBrainzIsrcs, route: respx.Route, clock: FakeClock
) -> None:
    route.mock(return_value=trouble)
    with pytest.raises(UnavailableError):
        await in_time(clock, source.ask([artist(1)]))
