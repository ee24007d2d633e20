import re
import uuid

import pytest

from app.demo.catalogue import Catalogue, mbid, spotify_url
from app.demo.models import DemoLibrary
from tests.fakes import FakeClock
from tests.integration.demo.conftest import id_of
from tests.integration.demo.visitor import AGENT, Visitor

pytestmark = pytest.mark.anyio

XML = "application/xml"


def artist_url(number: int) -> str:
    return f"https://open.spotify.com/artist/{id_of('Artist', number)}"


def mbid_of(library: DemoLibrary, number: int) -> str:
    return mbid(library.artists[id_of("Artist", number)])


async def test_several_addresses_are_a_list_ordered_by_address(
    visitor: Visitor, library: DemoLibrary
) -> None:
    asked = [artist_url(2), "https://open.spotify.com/artist/unknown", artist_url(1)]
    body = (await visitor.musicbrainz("url", {"resource": asked, "inc": "artist-rels"})).json()
    assert (body["url-count"], body["url-offset"]) == (2, 0)
    assert [one["resource"] for one in body["urls"]] == [artist_url(1), artist_url(2)]
    (relation,) = body["urls"][0]["relations"]
    assert relation["target-type"] == "artist"
    assert relation["artist"]["id"] == mbid_of(library, 1)
    assert relation["artist"]["name"] == "Artist & 1"


async def test_relations_come_only_when_asked_for(visitor: Visitor) -> None:
    body = (await visitor.musicbrainz("url", {"resource": [artist_url(1), artist_url(2)]})).json()
    assert [set(one) for one in body["urls"]] == [{"id", "resource"}] * 2


async def test_none_of_several_is_an_empty_list(visitor: Visitor) -> None:
    answer = await visitor.musicbrainz("url", {"resource": ["https://a.example", "https://b.example"]})
    assert (answer.status_code, answer.json()) == (200, {"url-count": 0, "url-offset": 0, "urls": []})


async def test_exactly_one_address_is_a_bare_object_or_not_found(visitor: Visitor) -> None:
    known = await visitor.musicbrainz("url", {"resource": artist_url(1), "inc": "artist-rels"})
    assert known.json()["resource"] == artist_url(1)
    assert "urls" not in known.json()
    unknown = await visitor.musicbrainz("url", {"resource": "https://a.example"})
    assert (unknown.status_code, unknown.json()["error"]) == (404, "Not Found")
    assert (await visitor.musicbrainz("url", {})).status_code == 400


async def test_all_beyond_a_hundred_addresses_are_silently_ignored(visitor: Visitor) -> None:
    asked = [f"https://a.example/{n}" for n in range(100)]
    body = (await visitor.musicbrainz("url", {"resource": [*asked, artist_url(1)]})).json()
    assert body["urls"] == []
    body = (await visitor.musicbrainz("url", {"resource": [*asked[:99], artist_url(1)]})).json()
    assert len(body["urls"]) == 1


async def test_tags_hold_the_genres_and_noise(visitor: Visitor, library: DemoLibrary) -> None:
    wanted = " OR ".join(mbid_of(library, n) for n in range(1, 30) if n % 3)
    body = (await visitor.musicbrainz("artist", {"query": f"arid:({wanted})", "limit": 100})).json()
    assert (body["count"], body["offset"]) == (20, 0)
    tags = [{tag["name"]: tag["count"] for tag in artist["tags"]} for artist in body["artists"]]
    assert all(named["jazz"] > 0 and named["soul jazz"] > 0 for named in tags)
    assert any(0 in named.values() for named in tags)
    assert any("seen live" in named for named in tags)
    again = (await visitor.musicbrainz("artist", {"query": f"arid:({wanted})", "limit": 100})).json()
    assert again["artists"] == body["artists"]


async def test_artists_without_genres_are_known_without_tags_or_not_at_all(
    visitor: Visitor, library: DemoLibrary
) -> None:
    wanted = " OR ".join(mbid_of(library, n) for n in range(0, 30, 3))
    body = (await visitor.musicbrainz("artist", {"query": f"arid:({wanted})", "limit": 100})).json()
    assert 0 < len(body["artists"]) <= 10
    assert not any("tags" in artist for artist in body["artists"])


def test_every_artist_with_genres_is_known_and_nearly_all_others(library: DemoLibrary) -> None:
    catalogue = Catalogue(library)
    unknown = [one for one in library.artists.values() if catalogue.artist_at(spotify_url(one)) is None]
    assert not any(artist.genres for artist in unknown)
    assert len(unknown) < 5
    assert all(uuid.UUID(mbid(one)).version == 5 for one in library.artists.values())


@pytest.mark.parametrize(("limit", "found"), [("", 25), ("101", 25), ("100", 28), ("0", 25), ("10", 10)])
async def test_a_limit_over_a_hundred_falls_back_to_25(
    visitor: Visitor, library: DemoLibrary, limit: str, found: int
) -> None:
    catalogue = Catalogue(library)
    artists = [one for one in library.artists.values() if catalogue.artist_at(spotify_url(one))]
    known = sorted(map(mbid, artists))[:28]
    query = {"query": f"arid:({' OR '.join(known)})", "limit": limit}
    body = (await visitor.musicbrainz("artist", query)).json()
    assert (body["count"], len(body["artists"])) == (len(known), found)
    rest = (await visitor.musicbrainz("artist", {**query, "offset": "25"})).json()
    assert [one["id"] for one in rest["artists"]] == known[25 : 25 + found]


async def test_one_artist_may_be_asked_for_without_brackets(visitor: Visitor, library: DemoLibrary) -> None:
    body = (await visitor.musicbrainz("artist", {"query": f"arid:{mbid_of(library, 1)}"})).json()
    assert [one["id"] for one in body["artists"]] == [mbid_of(library, 1)]
    other = (await visitor.musicbrainz("artist", {"query": f"isrc:{mbid_of(library, 1)}"})).json()
    assert other["artists"] == []


@pytest.mark.parametrize("path", ["url", "artist", "recording"])
async def test_xml_comes_unless_json_is_asked_for(visitor: Visitor, path: str) -> None:
    answer = await visitor.musicbrainz(path, {"fmt": "", "resource": artist_url(1)})
    assert answer.headers["Content-Type"].startswith(XML)
    headers = {"User-Agent": AGENT, "Accept": "application/json"}
    answer = await visitor.http.get(
        f"/musicbrainz/ws/2/{path}", params={"resource": artist_url(1)}, headers=headers
    )
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("agent", "status"),
    [
        ("", 403),
        ("python-httpx/0.28.1", 403),
        ("genre-sorter/1.0 ( )", 403),
        ("genre-sorter ( me@example.org )", 403),
        ("genre-sorter/1.0 ( me@example.org )", 200),
        ("genre-sorter/1.0 ( https://example.org/ )", 200),
    ],
)
async def test_callers_must_say_who_they_are(visitor: Visitor, agent: str, status: int) -> None:
    answer = await visitor.musicbrainz("url", {"resource": artist_url(1)}, agent=agent)
    assert answer.status_code == status
    assert (await visitor.control())["calls"]["musicbrainz"] == {"GET /ws/2/url": 1}


async def test_a_share_of_calls_finds_the_server_busy(visitor: Visitor) -> None:
    await visitor.switch(musicbrainz_busy_share=0.25)
    answers = [await visitor.musicbrainz("url", {"resource": artist_url(1)}) for _ in range(200)]
    busy = [answer for answer in answers if answer.status_code == 503]
    assert 30 < len(busy) < 70
    assert busy[0].headers["Retry-After"] == "0"
    assert re.search("currently busy", busy[0].json()["error"])


async def test_the_strict_one_takes_about_one_call_a_second(visitor: Visitor, clock: FakeClock) -> None:
    await visitor.switch(musicbrainz_strict=True)
    statuses = [(await visitor.musicbrainz("url", {"resource": artist_url(1)})).status_code for _ in range(3)]
    assert statuses == [200, 200, 503]
    for _ in range(20):
        await clock.advance(1)
        assert (await visitor.musicbrainz("url", {"resource": artist_url(1)})).status_code == 200
    await clock.advance(0.5)
    statuses = [(await visitor.musicbrainz("url", {"resource": artist_url(1)})).status_code for _ in range(3)]
    assert statuses[-1] == 503
