"""What is asked of Spotify, and what its answers become."""

import json
from collections.abc import Awaitable, Callable

import httpx
import pytest
import respx

from app.errors import InvalidInputError
from app.spotify.client import SpotifyClient
from app.spotify.errors import (
    SpotifyError,
)
from app.spotify.models import PlaylistSummary
from app.spotify.paging import Page, pages
from app.upstream.gate import Priority
from tests.unit.spotify.answers import ID, SONG, Tokens, fault

pytestmark = pytest.mark.anyio


async def test_me(spotify: SpotifyClient, tokens: Tokens, api: respx.Router) -> None:
    route = api.get("/me").respond(json={"account_id": "acc", "id": "listener", "display_name": "L"})
    user = await spotify.me(tokens)

    assert (user.id, user.username, user.display_name) == ("acc", "listener", "L")
    assert route.call_count == spotify.calls == 1
    request = route.calls.last.request
    assert request.headers["Authorization"] == "Bearer token-1"
    assert request.headers["User-Agent"].startswith("genre-sorter/")
    assert request.url.query == b""


async def test_a_page_of_liked_songs(spotify: SpotifyClient, tokens: Tokens, api: respx.Router) -> None:
    songs = {"items": [{"added_at": "2024-11-30T02:39:04Z", "track": {"name": "Song"}}, None], "total": 6576}
    route = api.get("/me/tracks", params={"limit": 50, "offset": 100}).respond(json=songs)
    page = await spotify.saved_tracks(tokens, offset=100)

    assert (len(page.items), page.skipped, page.total, page.next_offset) == (1, 1, 6576, 150)
    assert route.call_count == 1


async def test_links_in_answers_are_never_followed(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    rows = [
        {"id": f"{number:022}", "name": "Mine", "href": "https://evil.example/playlist"}
        for number in range(51)
    ]
    first = {"items": rows[:50], "total": 51, "next": "https://evil.example/page"}
    route = api.get("/me/playlists").mock(
        side_effect=[
            httpx.Response(200, json=first),
            httpx.Response(200, json={"items": rows[50:], "total": 51}),
        ]
    )

    async def fetch(offset: int) -> Page[PlaylistSummary]:
        return await spotify.my_playlists(tokens, offset=offset, priority=Priority.SCAN)

    seen = [len(page.items) async for page in pages(fetch)]

    assert seen == [50, 1]
    assert [call.request.url.params["offset"] for call in route.calls] == ["0", "50"]
    assert {call.request.url.host for call in api.calls} == {"api.spotify.example"}


async def test_a_redirect_is_an_error_and_takes_no_token_along(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.get("/me").respond(302, headers={"Location": "https://evil.example/"})
    with pytest.raises(SpotifyError):
        await spotify.me(tokens)
    assert route.call_count == 1


async def test_a_new_playlist_is_not_on_the_profile(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    made = {"id": ID, "name": "Jazz", "snapshot_id": "s", "items": {"total": 0}, "public": False}
    route = api.post("/me/playlists").respond(201, json=made)
    playlist = await spotify.create_playlist(tokens, name="J" * 101, description="one\ntwo")

    assert (playlist.id, playlist.total, playlist.public) == (ID, 0, False)
    assert json.loads(route.calls.last.request.content) == {
        "name": "J" * 99 + "…",
        "description": "one two",
        "public": False,
    }


async def test_a_playlist_and_its_entries(spotify: SpotifyClient, tokens: Tokens, api: respx.Router) -> None:
    api.get(f"/playlists/{ID}").respond(json={"id": ID, "items": {"total": 3}})
    route = api.get(f"/playlists/{ID}/items").respond(json={"items": [{"item": {"uri": SONG}}], "total": 3})
    playlist = await spotify.playlist(tokens, ID)
    page = await spotify.playlist_items(tokens, ID, offset=0)

    assert playlist.total == 3
    assert [entry.track.uri for entry in page.items if entry.track] == [SONG]
    assert dict(route.calls.last.request.url.params) == {
        "limit": "50",
        "offset": "0",
        "additional_types": "track,episode",
    }


async def test_songs_are_added_at_a_position(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.post(f"/playlists/{ID}/items").respond(201, json={"snapshot_id": "s2"})
    assert await spotify.add_items(tokens, ID, [SONG] * 100, position=200) == "s2"
    assert json.loads(route.calls.last.request.content) == {"uris": [SONG] * 100, "position": 200}


async def test_songs_without_a_position_go_behind_all_others(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.post(f"/playlists/{ID}/items").respond(201, json={"snapshot_id": "s2"})
    await spotify.add_items(tokens, ID, [SONG])
    assert json.loads(route.calls.last.request.content) == {"uris": [SONG]}


async def test_an_answer_without_a_body_is_taken_for_done(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    api.post(f"/playlists/{ID}/items").respond(204)
    assert await spotify.add_items(tokens, ID, [SONG], position=0) == ""


@pytest.mark.parametrize("count", [0, 101])
async def test_one_call_adds_one_to_a_hundred_songs(
    count: int, spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    with pytest.raises(ValueError, match=str(count)):
        await spotify.add_items(tokens, ID, [SONG] * count, position=0)
    assert spotify.calls == 0


@pytest.mark.parametrize(
    "uri", ["spotify:local:a:b:c:1", "spotify:artist:4uLU6hMCjMI75M1A2tKUQC", "", SONG + "\n", SONG + "x"]
)
async def test_only_spotifys_own_songs_can_be_added(
    uri: str, spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    with pytest.raises(InvalidInputError):
        await spotify.add_items(tokens, ID, [SONG, uri], position=0)
    assert spotify.calls == 0


@pytest.mark.parametrize("playlist_id", ["", "../me", ID + "/x", ID + "\n", "a" * 21, "ä" * 22])
async def test_odd_ids_never_enter_an_address(
    playlist_id: str, spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: spotify.playlist(tokens, playlist_id),
        lambda: spotify.playlist_items(tokens, playlist_id, offset=0),
        lambda: spotify.add_items(tokens, playlist_id, [SONG], position=0),
        lambda: spotify.remove_items(tokens, playlist_id, [SONG]),
        lambda: spotify.change_details(tokens, playlist_id, name="x"),
        lambda: spotify.unfollow(tokens, playlist_id),
    ]
    for call in calls:
        with pytest.raises(InvalidInputError):
            await call()
    assert spotify.calls == 0


async def test_an_answer_that_names_nobody_is_an_error(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    api.get("/me").respond(json={"display_name": "L"})
    with pytest.raises(SpotifyError):
        await spotify.me(tokens)


async def test_tokens_never_reach_the_log(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router, capsys: pytest.CaptureFixture[str]
) -> None:
    api.get("/me").mock(return_value=fault(400, "x"))
    with pytest.raises(SpotifyError):
        await spotify.me(tokens)
    printed = "".join(capsys.readouterr())
    assert "spotify.refused" in printed
    assert "token-1" not in printed


@pytest.mark.parametrize("name", ["items", "tracks"])
async def test_a_playlist_brings_its_first_entries_along(
    name: str, spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    rows = [{"item": {"uri": SONG}}, None] * 50
    route = api.get(f"/playlists/{ID}").respond(json={"id": ID, name: {"total": 250, "items": rows}})
    playlist, page = await spotify.playlist_with_items(tokens, ID)

    assert (playlist.total, page.total, len(page.items), page.skipped) == (250, 250, 50, 50)
    assert page.next_offset == 100
    assert route.calls.last.request.url.params["additional_types"] == "track,episode"


@pytest.mark.parametrize(
    ("entries", "following"),
    [({}, None), ({"items": {"href": "x", "total": 7}}, 0), ({"items": {"items": [], "total": 0}}, None)],
)
async def test_a_playlist_may_come_without_entries(
    entries: dict[str, object],
    following: int | None,
    spotify: SpotifyClient,
    tokens: Tokens,
    api: respx.Router,
) -> None:
    api.get(f"/playlists/{ID}").respond(json={"id": ID, "name": "Theirs", **entries})
    playlist, page = await spotify.playlist_with_items(tokens, ID)
    assert (playlist.name, page.items, page.next_offset) == ("Theirs", (), following)


async def test_pages_of_entries_may_be_longer(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.get(f"/playlists/{ID}/items").respond(json={"items": [{"item": None}], "total": 300})
    page = await spotify.playlist_items(tokens, ID, offset=100, limit=100)
    assert route.calls.last.request.url.params["limit"] == "100"
    assert page.next_offset == 200


async def test_a_listing_with_nulls_and_repeats(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    rows = [{"id": ID, "name": "Blend"}, None, {"id": ID, "name": "Blend", "images": None}]
    api.get("/me/playlists").respond(json={"items": rows, "total": None})
    page = await spotify.my_playlists(tokens, offset=0)
    assert [playlist.name for playlist in page.items] == ["Blend"]
    assert (page.skipped, page.total, page.next_offset) == (2, 3, None)
