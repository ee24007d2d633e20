from typing import Any

import pytest
from starlette.types import ASGIApp

from tests.integration.demo.conftest import LIKED_SONGS, id_of
from tests.integration.demo.visitor import SCOPES, Visitor

pytestmark = pytest.mark.anyio

MORE = "user-library-modify user-follow-read user-follow-modify playlist-modify-public"


def song(number: int) -> str:
    return f"spotify:track:{id_of('Track', number)}"


@pytest.fixture
async def saver(app: ASGIApp) -> Visitor:
    return await Visitor(app).sign_in(scope=f"{SCOPES} {MORE}")


async def ask(visitor: Visitor, method: str, *uris: str, path: str = "") -> Any:
    return await visitor.api(method, f"/me/library{path}", params={"uris": ",".join(uris)})


async def contains(visitor: Visitor, *uris: str) -> list[bool]:
    return list((await ask(visitor, "GET", *uris, path="/contains")).json())


async def listed(visitor: Visitor) -> list[str]:
    page = (await visitor.api("GET", "/me/playlists", params={"limit": 50})).json()
    return [one["name"] for one in page["items"] if one]


async def test_songs_are_liked_and_unliked(saver: Visitor) -> None:
    assert await contains(saver, song(5), song(60)) == [True, True]
    removed = await ask(saver, "DELETE", song(5))
    assert (removed.status_code, removed.content) == (200, b"")
    assert await contains(saver, song(5), song(60)) == [False, True]
    page = (await saver.api("GET", "/me/tracks")).json()
    assert page["total"] == LIKED_SONGS - 1
    assert (await ask(saver, "PUT", song(5))).status_code == 200
    page = (await saver.api("GET", "/me/tracks")).json()
    assert (page["total"], page["items"][0]["track"]["uri"]) == (LIKED_SONGS, song(5))


async def test_one_s_own_playlist_is_unfollowed_but_still_there(saver: Visitor) -> None:
    made = await saver.make_playlist()
    uri = made["uri"]
    assert await contains(saver, uri) == [True]
    await ask(saver, "DELETE", uri)
    assert "Jazz" not in await listed(saver)
    assert await contains(saver, uri) == [False]
    assert (await saver.api("GET", f"/playlists/{made['id']}")).status_code == 200
    assert [one["followed"] for one in (await saver.control())["playlists"]] == [False]
    await ask(saver, "PUT", uri)
    assert "Jazz" in await listed(saver)


async def test_playlists_of_others_are_followed_by_name_alone(saver: Visitor, app: ASGIApp) -> None:
    theirs = await (await Visitor(app).sign_in()).make_playlist(name="Theirs")
    await ask(saver, "PUT", theirs["uri"])
    page = (await saver.api("GET", "/me/playlists")).json()
    assert page["items"][0]["name"] == "Theirs"
    assert "items" not in page["items"][0]
    await ask(saver, "DELETE", theirs["uri"], f"spotify:playlist:{page['items'][-2]['id']}")
    assert await listed(saver) == ["To sort some day", "Kitchen radio"]


async def test_artists_and_albums_are_kept_too(saver: Visitor) -> None:
    uris = [f"spotify:artist:{id_of('Artist', 1)}", f"spotify:album:{id_of('Album', 1)}"]
    assert await contains(saver, *uris) == [False, False]
    await ask(saver, "PUT", *uris)
    assert await contains(saver, *uris) == [True, True]
    await ask(saver, "DELETE", uris[0])
    assert await contains(saver, *uris) == [False, True]


@pytest.mark.parametrize(
    ("uris", "message"),
    [
        (None, "Missing required field: uris"),
        ("", "No uris provided"),
        (",".join(song(number) for number in range(41)), "Too many uris, at most 40"),
        ("spotify:mood:1", "Invalid uri: spotify:mood:1"),
        ("x", "Invalid uri: x"),
        ("spotify:track:xyz", "Payload contains a non-existing ID"),
    ],
)
async def test_addresses_that_are_none(saver: Visitor, uris: str | None, message: str) -> None:
    body = {"uris": [song(1)]}
    params = {} if uris is None else {"uris": uris}
    answer = await saver.api("PUT", "/me/library", params=params, json=body)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, message)


@pytest.mark.parametrize("kind", ["track", "artist", "playlist"])
async def test_each_kind_needs_its_scope(app: ASGIApp, kind: str) -> None:
    visitor = await Visitor(app).sign_in(scope="user-top-read")
    uri = f"spotify:{kind}:{'x' * 22}"
    for method, path in (("PUT", ""), ("DELETE", ""), ("GET", "/contains")):
        answer = await ask(visitor, method, uri, path=path)
        assert (answer.status_code, answer.json()["error"]["message"]) == (403, "Insufficient client scope")
