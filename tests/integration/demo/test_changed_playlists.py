import base64
from typing import Any

import pytest
from starlette.types import ASGIApp

from app.demo.odd_songs import EPISODES
from tests.integration.demo.conftest import id_of
from tests.integration.demo.visitor import BASE_URL, SCOPES, Visitor

pytestmark = pytest.mark.anyio

JPEG = b"\xff\xd8\xff\xe0"


def uris(*numbers: int) -> list[str]:
    return [f"spotify:track:{id_of('Track', n)}" for n in numbers]


@pytest.fixture
async def path(signed_in: Visitor) -> str:
    return f"/playlists/{(await signed_in.make_playlist())['id']}/items"


async def songs(visitor: Visitor, path: str) -> list[str]:
    page = (await visitor.api("GET", path, params={"limit": 50})).json()
    return [place["item"]["uri"] for place in page["items"]]


async def test_all_songs_are_replaced_or_cleared(signed_in: Visitor, path: str) -> None:
    await signed_in.api("POST", path, json={"uris": uris(1, 2, 3)})
    answer = await signed_in.api("PUT", path, json={"uris": uris(4, 5)})
    assert (answer.status_code, set(answer.json())) == (200, {"snapshot_id"})
    assert await songs(signed_in, path) == uris(4, 5)
    assert (await signed_in.api("PUT", path, json={"uris": []})).status_code == 200
    assert await songs(signed_in, path) == []
    assert (await signed_in.api("PUT", path, json={"uris": uris(*range(101))})).status_code == 400


@pytest.mark.parametrize(
    ("start", "before", "length", "after"),
    [
        (0, 5, 1, (2, 3, 4, 5, 1)),
        (3, 0, 2, (4, 5, 1, 2, 3)),
        (1, 4, 2, (1, 4, 2, 3, 5)),
        (1, 2, 1, (1, 2, 3, 4, 5)),
    ],
)
async def test_a_range_is_moved(
    signed_in: Visitor, path: str, start: int, before: int, length: int, after: tuple[int, ...]
) -> None:
    await signed_in.api("POST", path, json={"uris": uris(1, 2, 3, 4, 5)})
    body = {"range_start": start, "insert_before": before, "range_length": length}
    assert (await signed_in.api("PUT", path, json=body)).status_code == 200
    assert await songs(signed_in, path) == uris(*after)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"range_start": 0},
        {"range_start": 0, "insert_before": 1, "uris": []},
        {"range_start": 5, "insert_before": 0},
        {"range_start": -1, "insert_before": 0},
    ],
)
async def test_replacing_and_moving_at_once_or_neither(
    signed_in: Visitor, path: str, body: dict[str, Any]
) -> None:
    await signed_in.api("POST", path, json={"uris": uris(1, 2)})
    assert (await signed_in.api("PUT", path, json=body)).status_code == 400
    assert await songs(signed_in, path) == uris(1, 2)


async def test_removing_a_song_removes_every_copy(signed_in: Visitor, path: str) -> None:
    await signed_in.api("POST", path, json={"uris": uris(1, 2, 1, 3)})
    body = {"items": [{"uri": uris(1)[0], "positions": [0]}]}
    answer = await signed_in.api("DELETE", path, json=body)
    assert (answer.status_code, set(answer.json())) == (200, {"snapshot_id"})
    assert await songs(signed_in, path) == uris(2, 3)
    for odd in ({}, {"items": []}, {"items": [{"uri": "x"}] * 101}, {"tracks": [{"uri": uris(2)[0]}]}):
        assert (await signed_in.api("DELETE", path, json=odd)).status_code == 400


async def test_an_episode_can_be_added(signed_in: Visitor, path: str) -> None:
    assert (await signed_in.api("POST", path, json={"uris": [EPISODES[0].uri]})).status_code == 201
    page = (await signed_in.api("GET", path, params={"additional_types": "track,episode"})).json()
    assert page["items"][0]["item"]["show"]["name"] == EPISODES[0].show


async def test_pages_may_have_a_hundred_songs_where_a_switch_says_so(signed_in: Visitor, path: str) -> None:
    await signed_in.api("POST", path, json={"uris": uris(*range(100))})
    assert (await signed_in.api("GET", path, params={"limit": 100})).status_code == 400
    await signed_in.switch(most_items_a_page=100)
    assert len((await signed_in.api("GET", path, params={"limit": 100})).json()["items"]) == 100


async def test_a_full_playlist_may_answer_500(signed_in: Visitor, path: str) -> None:
    await signed_in.switch(full_playlist_status=500)
    for _ in range(100):
        await signed_in.api("POST", path, json={"uris": uris(*range(100))})
    assert (await signed_in.api("POST", path, json={"uris": uris(1)})).status_code == 500


async def put_picture(visitor: Visitor, path: str, text: bytes) -> int:
    headers = {"Content-Type": "image/jpeg"}
    answer = await visitor.api("PUT", path.replace("items", "images"), content=text, headers=headers)
    return answer.status_code


async def test_a_picture(app: ASGIApp) -> None:
    visitor = await Visitor(app).sign_in(scope=f"{SCOPES} ugc-image-upload")
    made = await visitor.make_playlist()
    path = f"/playlists/{made['id']}"
    good = base64.b64encode(JPEG + bytes(190 * 1024))
    assert await put_picture(visitor, f"{path}/images", good) == 202
    (picture,) = (await visitor.api("GET", f"{path}/images")).json()
    assert (await visitor.api("GET", path)).json()["images"] == [picture]
    drawn = await visitor.http.get(picture["url"].removeprefix(f"{BASE_URL}/simulator"))
    assert drawn.headers["Content-Type"] == "image/svg+xml", "nothing that was uploaded is shown to others"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (base64.b64encode(JPEG + bytes(193 * 1024)), 413),
        (base64.b64encode(JPEG + bytes(2 * 1024 * 1024)), 413),
        (base64.encodebytes(JPEG + bytes(100)), 400),
        (b"data:image/jpeg;base64," + base64.b64encode(JPEG), 400),
        (base64.b64encode(b"GIF89a"), 400),
    ],
)
async def test_pictures_that_are_none(app: ASGIApp, text: bytes, status: int) -> None:
    visitor = await Visitor(app).sign_in(scope=f"{SCOPES} ugc-image-upload")
    made = await visitor.make_playlist()
    assert await put_picture(visitor, f"/playlists/{made['id']}/images", text) == status


async def test_a_picture_without_its_scope_is_401(signed_in: Visitor, path: str) -> None:
    assert await put_picture(signed_in, path, base64.b64encode(JPEG)) == 401
