"""What an app gets that is older than February 2026 or has extended quota."""

from typing import Any

import pytest
from starlette.types import ASGIApp

from app.demo.calls import REMOVED, REMOVED_2024
from app.demo.switches import Switches
from tests.integration.demo.conftest import BuildApp, id_of
from tests.integration.demo.test_web_api import LOST_FIELDS, keys_in
from tests.integration.demo.visitor import SCOPES, Visitor

pytestmark = pytest.mark.anyio

ALL_SCOPES = (
    f"{SCOPES} playlist-modify-public user-library-modify user-read-private user-read-email "
    "playlist-read-collaborative"
)


def uris(*numbers: int) -> list[str]:
    return [f"spotify:track:{id_of('Track', n)}" for n in numbers]


@pytest.fixture(params=["dev_legacy", "extended"])
def old(request: pytest.FixtureRequest, build: BuildApp) -> ASGIApp:
    return build(switches=Switches(mode=request.param, oddities=True))


@pytest.fixture
async def older(old: ASGIApp) -> Visitor:
    return await Visitor(old).sign_in(scope=ALL_SCOPES)


async def get(visitor: Visitor, path: str, **params: Any) -> Any:
    return (await visitor.api("GET", path, params=params)).json()


async def test_the_lost_fields_are_there(older: Visitor) -> None:
    me = await get(older, "/me")
    page = await get(older, "/me/tracks", limit=50)
    artist = await get(older, f"/artists/{id_of('Artist', 1)}")
    assert keys_in([me, page, artist]) >= LOST_FIELDS - {"label"}
    assert me["product"] == "premium"
    assert all("popularity" in item["track"] for item in page["items"] if item["track"])


async def test_what_the_scopes_do_not_cover_is_not_told(old: ASGIApp) -> None:
    me = await get(await Visitor(old).sign_in(scope="user-top-read"), "/me")
    assert not {"email", "product", "country"} & set(me)


async def test_playlists_have_tracks_and_no_items(older: Visitor) -> None:
    made = await older.make_playlist()
    path = f"/playlists/{made['id']}/tracks"
    assert (await older.api("POST", path, json={"uris": uris(1, 2, 1, 3)})).status_code == 201
    page = await get(older, path, limit=100)
    assert [place["track"]["uri"] for place in page["items"]] == uris(1, 2, 1, 3)
    removed = await older.api("DELETE", path, json={"tracks": [{"uri": uris(1)[0]}]})
    assert removed.status_code == 200
    assert (await older.api("PUT", path, json={"uris": uris(4)})).status_code == 200
    whole = await get(older, f"/playlists/{made['id']}")
    assert whole["tracks"]["items"][0]["track"]["uri"] == uris(4)[0]
    listed = (await get(older, "/me/playlists"))["items"][0]
    assert listed["tracks"]["total"] == 1
    assert not {"items"} & (set(whole) | set(listed))


async def test_playlists_of_others_can_be_read_but_not_changed(older: Visitor) -> None:
    listed = (await get(older, "/me/playlists", limit=50))["items"]
    followed = next(one for one in listed if one and one["name"] == "Night bus home")
    path = f"/playlists/{followed['id']}/tracks"
    assert (await get(older, path))["total"] == followed["tracks"]["total"] == 24
    assert (await older.api("POST", path, json={"uris": uris(1)})).status_code == 403


async def test_batches(older: Visitor) -> None:
    ids = f"{id_of('Artist', 2)},{'x' * 22},{id_of('Artist', 1)}"
    artists = (await get(older, "/artists", ids=ids))["artists"]
    assert [artist and artist["name"] for artist in artists] == ["Artist & 2", None, "Artist & 1"]
    tracks = (await get(older, "/tracks", ids=id_of("Track", 3)))["tracks"]
    assert [track["name"] for track in tracks] == ["Song 3"]
    for path in ("/artists", "/tracks"):
        too_many = ",".join(id_of("Artist", n) for n in range(51))
        assert (await older.api("GET", path, params={"ids": too_many})).status_code == 400
        assert (await older.api("GET", path)).status_code == 400


async def test_songs_are_liked_by_id(older: Visitor) -> None:
    ids = {"ids": id_of("Track", 5)}
    assert await get(older, "/me/tracks/contains", **ids) == [True]
    assert (await older.api("DELETE", "/me/tracks", params=ids)).status_code == 200
    assert await get(older, "/me/tracks/contains", **ids) == [False]
    assert (await older.api("PUT", "/me/tracks", params=ids)).status_code == 200
    assert (await get(older, "/me/tracks"))["items"][0]["track"]["id"] == ids["ids"]


async def test_playlists_are_made_for_oneself_and_unfollowed(older: Visitor) -> None:
    me = (await get(older, "/me"))["id"]
    made = await older.api("POST", f"/users/{me}/playlists", json={"name": "Jazz", "public": False})
    assert made.status_code == 201
    other = await older.api("POST", "/users/somebody/playlists", json={"name": "Jazz"})
    assert other.json()["error"]["message"] == "You cannot create a playlist for another user"
    path = f"/playlists/{made.json()['id']}/followers"
    assert await get(older, f"{path}/contains") == [True]
    assert (await older.api("DELETE", path)).status_code == 200
    assert await get(older, f"{path}/contains") == [False]
    assert (await older.api("PUT", path)).status_code == 200
    assert await get(older, f"{path}/contains") == [True]


async def test_what_went_in_2024_is_gone_for_older_apps_too(older: Visitor) -> None:
    for route, (_, status) in REMOVED_2024.items():
        path = route.removeprefix("/v1").replace("{id}", "x" * 22)
        assert (await older.api("GET", path)).status_code == status
    calls = (await older.control())["calls"]
    assert calls["removed"] == len(REMOVED_2024)
    await get(older, "/artists", ids="x")
    assert (await older.control())["calls"]["removed"] == len(REMOVED_2024)
    assert len(REMOVED) > len(REMOVED_2024)


@pytest.mark.parametrize("mode", ["dev_new", "extended"])
@pytest.mark.parametrize(
    ("genres", "expected"),
    [("empty", []), ("null", None), ("absent", "absent"), ("populated", ["jazz", "soul jazz"])],
)
async def test_genres_come_in_four_ways(signed_in: Visitor, mode: str, genres: str, expected: object) -> None:
    await signed_in.switch(mode=mode, genres=genres)
    artist = await get(signed_in, f"/artists/{id_of('Artist', 1)}")
    assert artist.get("genres", "absent") == expected
