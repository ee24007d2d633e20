from typing import Any

import pytest
from starlette.types import ASGIApp

from tests.integration.demo.conftest import id_of
from tests.integration.demo.visitor import BASE_URL, SCOPES, Visitor

pytestmark = pytest.mark.anyio


def uris(*numbers: int) -> list[str]:
    return [f"spotify:track:{id_of('Track', n)}" for n in numbers]


def error(status: int, message: str) -> dict[str, object]:
    return {"error": {"status": status, "message": message}}


async def songs_of(visitor: Visitor, playlist_id: str) -> list[str]:
    page = (await visitor.api("GET", f"/playlists/{playlist_id}/items", params={"limit": 50})).json()
    return [item["item"]["uri"] for item in page["items"]]


async def add(visitor: Visitor, playlist_id: str, **body: Any) -> Any:
    return await visitor.api("POST", f"/playlists/{playlist_id}/items", json=body)


async def test_a_playlist_is_made_as_it_was_asked_for(signed_in: Visitor) -> None:
    me = (await signed_in.api("GET", "/me")).json()
    made = await signed_in.make_playlist(description="Late & slow: it's <jazz>/blues")
    assert made["public"] is False
    assert made["collaborative"] is False
    assert made["images"] is None
    assert made["owner"]["id"] == me["id"]
    assert made["external_urls"]["spotify"] == f"{BASE_URL}/simulator/open/playlist/{made['id']}"
    assert made["items"]["total"] == 0
    assert made["items"]["items"] == []
    assert "tracks" not in made
    read = (await signed_in.api("GET", f"/playlists/{made['id']}")).json()
    assert read == made
    assert read["description"] == "Late &amp; slow: it&#x27;s &lt;jazz&gt;&#x2F;blues"


async def test_a_playlist_is_public_unless_said_otherwise_and_then_needs_its_scope(visitor: Visitor) -> None:
    await visitor.sign_in()
    refused = await visitor.api("POST", "/me/playlists", json={"name": "Jazz"})
    assert (refused.status_code, refused.json()) == (403, error(403, "Insufficient client scope"))
    await visitor.sign_in(scope=f"{SCOPES} playlist-modify-public")
    made = await visitor.api("POST", "/me/playlists", json={"name": "Jazz"})
    assert made.status_code == 201
    assert made.json()["public"] is True


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Missing required field: name"),
        ({"name": ""}, "Missing required field: name"),
        ({"name": "n" * 101}, "Playlist name is too long"),
        ({"name": "Jazz", "description": "one\ntwo"}, "Invalid description"),
        ({"name": "Jazz", "description": "d" * 301}, "Invalid description"),
        ({"name": 7}, "Error parsing JSON."),
        ({"name": "Jazz", "public": "no"}, "Error parsing JSON."),
        ({"name": "Jazz", "public": True, "collaborative": True}, "Collaborative playlists cannot be public"),
    ],
)
async def test_playlists_that_cannot_be(signed_in: Visitor, fields: dict[str, Any], message: str) -> None:
    answer = await signed_in.api("POST", "/me/playlists", json=fields)
    assert (answer.status_code, answer.json()) == (400, error(400, message))
    assert (await signed_in.control())["playlists"] == []


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
async def test_a_body_that_is_no_json_object(signed_in: Visitor, body: bytes) -> None:
    answer = await signed_in.api("POST", "/me/playlists", content=body)
    assert (answer.status_code, answer.json()) == (400, error(400, "Error parsing JSON."))


async def test_the_longest_name_and_description(signed_in: Visitor) -> None:
    made = await signed_in.make_playlist(name="n" * 100, description="d" * 300)
    assert (len(made["name"]), len(made["description"])) == (100, 300)


async def test_songs_are_added_in_order_at_the_end_and_at_a_position(signed_in: Visitor) -> None:
    made = await signed_in.make_playlist()
    first = await add(signed_in, made["id"], uris=uris(1, 2, 3))
    second = await add(signed_in, made["id"], uris=uris(4, 1), position=1)
    third = await add(signed_in, made["id"], uris=uris(5))
    assert [answer.status_code for answer in (first, second, third)] == [201] * 3
    assert set(first.json()) == {"snapshot_id"}
    assert first.json() != second.json() != third.json()
    assert await songs_of(signed_in, made["id"]) == uris(1, 4, 1, 2, 3, 5)
    read = (await signed_in.api("GET", f"/playlists/{made['id']}")).json()
    assert read["snapshot_id"] == third.json()["snapshot_id"]
    assert read["images"][0]["url"].startswith(f"{BASE_URL}/simulator/images/")


async def test_addresses_in_the_query_make_those_in_the_body_void(signed_in: Visitor) -> None:
    made = await signed_in.make_playlist()
    path = f"/playlists/{made['id']}/items"
    query = {"uris": ",".join(uris(2, 3)), "position": 0}
    assert (await signed_in.api("POST", path, json={"uris": uris(1)}, params=query)).status_code == 201
    assert await songs_of(signed_in, made["id"]) == uris(2, 3)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"uris": []}, "No uris provided"),
        ({}, "No uris provided"),
        ({"uris": uris(*range(101))}, "You can add a maximum of 100 tracks per request."),
        ({"uris": ["spotify:track:" + "x" * 22]}, "Payload contains a non-existing ID"),
        ({"uris": ["spotify:local:a:b:c:61"]}, "Invalid track uri: spotify:local:a:b:c:61"),
        ({"uris": ["spotify:local:Artist+%26+0:Tape:Demo%3A+take+1:61"]}, None),
        ({"uris": ["track"]}, "Invalid track uri: track"),
        ({"uris": "spotify:track:x"}, "Error parsing JSON."),
        ({"uris": uris(1), "position": 1}, "Index out of bounds."),
        ({"uris": uris(1), "position": -1}, "Index out of bounds."),
    ],
)
async def test_songs_that_cannot_be_added(
    signed_in: Visitor, body: dict[str, Any], message: str | None
) -> None:
    made = await signed_in.make_playlist()
    answer = await add(signed_in, made["id"], **body)
    assert answer.status_code == 400
    assert message is None or answer.json() == error(400, message)
    assert await songs_of(signed_in, made["id"]) == []


async def test_one_bad_address_adds_nothing(signed_in: Visitor) -> None:
    made = await signed_in.make_playlist()
    assert (await add(signed_in, made["id"], uris=[*uris(1), "track"])).status_code == 400
    assert await songs_of(signed_in, made["id"]) == []


async def test_a_hundred_songs_are_embedded_and_fifty_come_in_a_page(signed_in: Visitor) -> None:
    made = await signed_in.make_playlist()
    await add(signed_in, made["id"], uris=uris(*range(100)))
    await add(signed_in, made["id"], uris=uris(100, 101))
    whole = (await signed_in.api("GET", f"/playlists/{made['id']}")).json()
    assert (len(whole["items"]["items"]), whole["items"]["total"]) == (100, 102)
    path = f"/playlists/{made['id']}/items"
    assert (await signed_in.api("GET", path, params={"limit": 100})).json() == error(400, "Invalid limit")
    last = (await signed_in.api("GET", path, params={"limit": 50, "offset": 100})).json()
    assert [item["item"]["uri"] for item in last["items"]] == uris(100, 101)
    assert set(last["items"][0]) == {
        "added_at", "added_by", "is_local", "item", "primary_color", "video_thumbnail",
    }  # fmt: skip


async def test_a_playlist_is_full_at_ten_thousand(signed_in: Visitor) -> None:
    made = await signed_in.make_playlist()
    for _ in range(100):
        assert (await add(signed_in, made["id"], uris=uris(*range(100)))).status_code == 201
    full = await add(signed_in, made["id"], uris=uris(1))
    assert full.status_code == 403


async def test_name_description_and_visibility_change(visitor: Visitor) -> None:
    await visitor.sign_in(scope=f"{SCOPES} playlist-modify-public")
    made = await visitor.make_playlist()
    path = f"/playlists/{made['id']}"
    answer = await visitor.api("PUT", path, json={"name": "Blues", "description": "Slow", "public": True})
    assert (answer.status_code, answer.content) == (200, b"")
    read = (await visitor.api("GET", path)).json()
    assert (read["name"], read["description"], read["public"]) == ("Blues", "Slow", True)
    assert read["snapshot_id"] != made["snapshot_id"]


async def test_changes_obey_the_rules_of_making(signed_in: Visitor) -> None:
    path = f"/playlists/{(await signed_in.make_playlist())['id']}"
    assert (await signed_in.api("PUT", path, json={"name": "n" * 101})).status_code == 400
    made_public = await signed_in.api("PUT", path, json={"public": True})
    assert made_public.json() == error(403, "Insufficient client scope")


async def test_the_list_has_one_s_own_newest_first_one_followed_and_a_null(signed_in: Visitor) -> None:
    await signed_in.make_playlist(name="First")
    await signed_in.make_playlist(name="Second")
    page = (await signed_in.api("GET", "/me/playlists", params={"limit": 50})).json()
    *named, last = page["items"]
    assert [one["name"] for one in named] == [
        "Second", "First", "To sort some day", "Kitchen radio", "Night bus home",
    ]  # fmt: skip
    assert last is None
    assert page["total"] == 6
    assert set(named[0]["items"]) == {"href", "total"}
    assert named[3]["items"]["total"] == 27
    assert "items" not in named[4]
    assert named[2]["images"] is None


async def test_an_own_list_may_hold_lost_songs_local_files_and_doubles(signed_in: Visitor) -> None:
    page = (await signed_in.api("GET", "/me/playlists", params={"offset": 1, "limit": 1})).json()
    items = (await signed_in.api("GET", f"/playlists/{page['items'][0]['id']}")).json()["items"]["items"]
    found = [item["item"]["uri"] for item in items if item["item"]]
    assert sum(item["item"] is None for item in items) == 1
    assert sum(item["is_local"] for item in items) == 1
    assert len(found) - len(set(found)) == 1


async def test_somebody_else_s_playlist_shows_its_name_but_not_its_songs(app: ASGIApp) -> None:
    owner, other = await Visitor(app).sign_in(), await Visitor(app).sign_in()
    listed = (await other.api("GET", "/me/playlists", params={"limit": 50})).json()["items"]
    followed = next(one for one in listed if one and one["name"] == "Night bus home")
    for foreign in (await owner.make_playlist(), followed):
        path = f"/playlists/{foreign['id']}"
        read = await other.api("GET", path)
        assert read.status_code == 200
        assert read.json()["name"] == foreign["name"]
        assert read.json()["owner"] == foreign["owner"]
        assert "items" not in read.json()
        for method, sub, body in (
            ("GET", "/items", None),
            ("POST", "/items", {"uris": uris(1)}),
            ("PUT", "", {"name": "Mine"}),
        ):
            answer = await other.api(method, path + sub, json=body)
            assert (answer.status_code, answer.json()) == (403, error(403, "Forbidden"))


async def test_playlists_that_are_not(signed_in: Visitor) -> None:
    for path in ("", "/items"):
        unknown = await signed_in.api("GET", f"/playlists/{'x' * 22}{path}")
        assert (unknown.status_code, unknown.json()) == (404, error(404, "Resource not found"))
        odd = await signed_in.api("GET", f"/playlists/x{path}")
        assert (odd.status_code, odd.json()) == (400, error(400, "Invalid base62 id"))


async def test_reading_one_s_private_playlist_needs_the_scope(visitor: Visitor) -> None:
    await visitor.sign_in(scope="playlist-modify-private")
    path = f"/playlists/{(await visitor.make_playlist())['id']}"
    for sub in ("", "/items"):
        answer = await visitor.api("GET", path + sub)
        assert (answer.status_code, answer.json()) == (403, error(403, "Insufficient client scope"))
