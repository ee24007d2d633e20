"""From Spotify's artist ids to MusicBrainz's."""

import httpx
import pytest
import respx

from app.genres.sources.musicbrainz import MusicBrainz
from tests.fakes import FakeClock
from tests.unit.genres.sources.mb_answers import (
    NOT_FOUND,
    artist,
    in_time,
    mbid,
    url,
    urls,
)

pytestmark = pytest.mark.anyio


def asked_artists(call: respx.models.Call) -> list[str]:
    return [one.rpartition("/")[2] for one in call.request.url.params.get_list("resource")]


async def test_a_hundred_artists_are_one_request(source: MusicBrainz, api: respx.Router) -> None:
    ids = [artist(number) for number in range(100)]
    route = api.get("/url").mock(return_value=urls(url(3, mbid(3)), url(98, mbid(98))))
    found = await source.find_mbids(ids)

    assert list(found) == ids
    assert {one: known for one, known in found.items() if known} == {artist(3): mbid(3), artist(98): mbid(98)}
    assert route.call_count == 1
    request = route.calls.last.request
    assert asked_artists(route.calls.last) == ids
    assert (request.url.params["inc"], request.url.params["fmt"]) == ("artist-rels", "json")
    assert request.url.params.get_list("resource")[0] == f"https://open.spotify.com/artist/{artist(0)}"
    assert len(str(request.url)) < 8_000
    assert request.headers["User-Agent"].endswith("( me@example.org )")


async def test_more_than_a_hundred_are_never_sent(source: MusicBrainz, api: respx.Router) -> None:
    with pytest.raises(ValueError, match="101"):
        await source.find_mbids([artist(number) for number in range(101)])
    with pytest.raises(ValueError, match="101"):
        await source.fetch_tags([mbid(number) for number in range(101)])
    assert not api.calls


async def test_nobody_to_ask_about_is_no_request(source: MusicBrainz, api: respx.Router) -> None:
    assert await source.find_mbids([]) == {}
    assert await source.fetch_tags([]) == {}
    assert not api.calls


async def test_ids_that_are_none_are_not_asked_about(source: MusicBrainz, api: respx.Router) -> None:
    route = api.get("/url").mock(return_value=urls())
    odd = ["", "x", artist(1) + "&inc=x", artist(1)[:-1] + "é", artist(1) + "\n"]
    found = await source.find_mbids([artist(1), *odd, artist(2), artist(1)])

    assert found == {artist(1): None, artist(2): None}
    assert asked_artists(route.calls.last) == [artist(1), artist(2)]


async def test_one_artist_gets_a_bare_object(source: MusicBrainz, api: respx.Router) -> None:
    api.get("/url").respond(json=url(1, mbid(1)))
    assert await source.find_mbids([artist(1)]) == {artist(1): mbid(1)}


async def test_one_unknown_artist_is_a_404(source: MusicBrainz, api: respx.Router) -> None:
    route = api.get("/url").mock(return_value=NOT_FOUND)
    assert await source.find_mbids([artist(1)]) == {artist(1): None}
    assert route.call_count == 1


@pytest.mark.parametrize(
    ("related", "known"),
    [
        ([mbid(1)], mbid(1)),
        ([mbid(1), mbid(1)], mbid(1)),
        ([mbid(1), mbid(2)], None),
        ([], None),
    ],
)
async def test_only_one_artist_may_be_behind_an_id(
    related: list[str], known: str | None, source: MusicBrainz, api: respx.Router
) -> None:
    api.get("/url").mock(return_value=urls(url(1, *related), url(2, mbid(5))))
    assert await source.find_mbids([artist(1), artist(2)]) == {artist(1): known, artist(2): mbid(5)}


async def test_two_addresses_of_one_artist_are_taken_together(source: MusicBrainz, api: respx.Router) -> None:
    second = {**url(1, mbid(2)), "resource": f"https://open.spotify.com/intl-de/artist/{artist(1)}?si=x"}
    api.get("/url").mock(return_value=urls(url(1, mbid(1)), second))
    assert await source.find_mbids([artist(1), artist(2)]) == {artist(1): None, artist(2): None}


async def test_addresses_nobody_asked_for_are_passed_over(source: MusicBrainz, api: respx.Router) -> None:
    stranger = {**url(1, mbid(1)), "resource": f"https://elsewhere.example/artist/{artist(1)}"}
    api.get("/url").mock(return_value=urls(stranger, url(7, mbid(7))))
    assert await source.find_mbids([artist(1), artist(2)]) == {artist(1): None, artist(2): None}


async def test_relations_left_out_say_nothing(source: MusicBrainz, api: respx.Router) -> None:
    bare = {key: value for key, value in url(1).items() if key != "relations"}
    api.get("/url").mock(side_effect=[urls(bare, url(2, mbid(2))), httpx.Response(200, json=bare)])
    assert await source.find_mbids([artist(1), artist(2)]) == {artist(2): mbid(2)}


@pytest.mark.parametrize("status", [400, 414])
async def test_a_request_too_long_is_halved(
    status: int, source: MusicBrainz, api: respx.Router, clock: FakeClock
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        asked = [int(one.rpartition("/")[2]) for one in request.url.params.get_list("resource")]
        if len(asked) > 25:
            return httpx.Response(status, html="<html>too long</html>")
        return urls(*(url(number, mbid(number)) for number in asked))

    route = api.get("/url").mock(side_effect=answer)
    ids = [artist(number) for number in range(100)]
    found = await in_time(clock, source.find_mbids(ids))

    assert found == {artist(number): mbid(number) for number in range(100)}
    assert route.call_count == 1 + 2 + 4


async def test_an_artist_that_cannot_be_asked_about_is_left_out(
    source: MusicBrainz, api: respx.Router, clock: FakeClock
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        asked = request.url.params.get_list("resource")
        if any(artist(2) in one for one in asked):
            return httpx.Response(400, json={"error": "Invalid resource"})
        return httpx.Response(200, json=url(1, mbid(1))) if len(asked) == 1 else urls(url(1, mbid(1)))

    api.get("/url").mock(side_effect=answer)
    found = await in_time(clock, source.find_mbids([artist(1), artist(2)]))
    assert found == {artist(1): mbid(1)}
