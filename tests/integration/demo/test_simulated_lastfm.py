from typing import Any

import pytest

from app.demo.lastfm_shapes import top_tags
from app.demo.models import DemoArtist
from tests.integration.demo.conftest import id_of
from tests.integration.demo.visitor import Visitor

pytestmark = pytest.mark.anyio


async def ask(visitor: Visitor, artist: str = "artist & 1", **changes: str) -> dict[str, Any]:
    params = {"method": "artist.gettoptags", "artist": artist, "api_key": "key", "format": "json", **changes}
    answer = await visitor.http.get("/lastfm/2.0/", params=params)
    assert answer.status_code == 200, "errors too"
    return dict(answer.json())


async def test_tags_of_an_artist_by_name(visitor: Visitor) -> None:
    await visitor.switch(lastfm_known_share=1)
    body = await ask(visitor)
    assert body["toptags"]["@attr"] == {"artist": "Artist & 1"}
    counts = {tag["name"]: tag["count"] for tag in body["toptags"]["tag"]}
    assert counts["jazz"] == 100
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    assert await ask(visitor) == body
    nothing = (await ask(visitor, "Artist & 3"))["toptags"]
    assert nothing == {"tag": [], "@attr": {"artist": "Artist & 3"}}
    assert (await visitor.control())["calls"]["lastfm"] == {"GET /2.0/": 3}


def test_some_have_noise_and_one_tag_is_no_list() -> None:
    artists = [DemoArtist(id_of("Artist", n), f"Artist {n}", ("dub",)) for n in range(50)]
    tags = [top_tags(artist)["toptags"]["tag"] for artist in artists]
    assert any(isinstance(one, dict) for one in tags)
    names = {tag["name"] for one in tags if isinstance(one, list) for tag in one}
    assert {"dub", "seen live"} <= names
    assert any(name.startswith("Artist") for name in names)


async def test_a_share_of_the_artists_has_a_page(visitor: Visitor) -> None:
    bodies = [await ask(visitor, f"Artist & {number}") for number in range(30)]
    unknown = [body for body in bodies if body.get("error") == 6]
    assert 0 < len(unknown) < 15
    assert unknown[0]["message"] == "The artist you supplied could not be found"
    assert (await ask(visitor, "Nobody"))["error"] == 6


@pytest.mark.parametrize(
    ("changes", "code"), [({"api_key": ""}, 10), ({"method": "artist.getinfo"}, 3), ({"artist": ""}, 6)]
)
async def test_what_is_wrong_with_a_call(visitor: Visitor, changes: dict[str, str], code: int) -> None:
    body = await ask(visitor, **changes)
    assert body["error"] == code
    assert "could not be found" not in body["message"]


async def test_a_share_of_calls_is_an_error(visitor: Visitor) -> None:
    await visitor.switch(lastfm_error_share=0.25, lastfm_error=29)
    bodies = [await ask(visitor) for _ in range(100)]
    assert 10 < sum(body.get("error") == 29 for body in bodies) < 40
