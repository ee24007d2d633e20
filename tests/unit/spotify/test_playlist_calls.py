"""Reading playlists whole, and changing them, also when an answer is lost."""

import base64
import json
from collections.abc import Awaitable, Callable

import httpx
import pytest
import respx

from app.errors import InvalidInputError
from app.spotify.client import SpotifyClient
from app.spotify.errors import (
    ChangedMeanwhileError,
    OutcomeUnknownError,
    SpotifyNotFoundError,
    SpotifyRefusedError,
    TooLargeError,
)
from app.spotify.limits import COVER_LIMIT
from app.spotify.models import PlaylistItem
from tests.unit.spotify.answers import HTML, ID, SONG, Tokens, fault

pytestmark = pytest.mark.anyio


def row(number: int) -> dict[str, object]:
    return {"item": {"uri": f"spotify:track:{number:022}", "external_ids": {"isrc": str(number)}}}


def part(rows: list[object], total: int) -> dict[str, object]:
    return {"items": rows, "total": total}


async def whole(spotify: SpotifyClient, tokens: Tokens) -> tuple[PlaylistItem, ...]:
    _, first = await spotify.playlist_with_items(tokens, ID, keep_places=True)
    return await spotify.remaining_items(tokens, ID, first)


async def test_a_whole_playlist_is_its_first_page_and_those_after_it(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    rows: list[object] = [row(number) for number in range(130)]
    rows[3] = rows[107] = None
    rows[4] = {"item": None}
    api.get(f"/playlists/{ID}").respond(json={"id": ID, "snapshot_id": "s", "items": part(rows[:100], 130)})
    route = api.get(f"/playlists/{ID}/items").respond(json=part(rows[100:], 130))
    items = await whole(spotify, tokens)
    assert len(items) == 130
    assert [number for number, item in enumerate(items) if item.track is None] == [3, 4, 107]
    assert items[129].track
    assert items[129].track.isrc == "129"
    assert [call.request.url.params["offset"] for call in route.calls] == ["100"]


@pytest.mark.parametrize("after", [part([row(100)], 102), part([], 101)])
async def test_a_playlist_that_changes_while_it_is_read_is_not_taken_for_read(
    after: dict[str, object], spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    rows: list[object] = [row(number) for number in range(100)]
    api.get(f"/playlists/{ID}").respond(json={"id": ID, "items": part(rows, 101)})
    api.get(f"/playlists/{ID}/items").respond(json=after)
    with pytest.raises(ChangedMeanwhileError):
        await whole(spotify, tokens)


async def test_all_playlists_are_listed_once_in_fifties(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    rows = [{"id": f"{number:022}", "name": "n", "snapshot_id": f"s{number}"} for number in range(51)]
    route = api.get("/me/playlists").mock(
        side_effect=[
            httpx.Response(200, json={"items": rows[:50], "total": 52}),
            httpx.Response(200, json={"items": [rows[0], rows[50]], "total": 52}),
        ]
    )
    found = await spotify.all_my_playlists(tokens)
    assert [one.snapshot_id for one in found] == [f"s{number}" for number in range(51)]
    assert route.call_count == 2


async def test_songs_are_taken_out_by_address(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.delete(f"/playlists/{ID}/items").respond(json={"snapshot_id": "s2"})
    assert await spotify.remove_items(tokens, ID, [SONG]) == "s2"
    assert json.loads(route.calls.last.request.content) == {"items": [{"uri": SONG}]}


@pytest.mark.parametrize("count", [0, 101])
async def test_one_call_takes_out_one_to_a_hundred_songs(
    count: int, spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    with pytest.raises(ValueError, match=str(count)):
        await spotify.remove_items(tokens, ID, [SONG] * count)
    with pytest.raises(InvalidInputError):
        await spotify.remove_items(tokens, ID, [SONG, "spotify:local:a:b:c:1"])
    assert spotify.calls == 0


async def test_a_name_is_changed_on_one_line_and_nothing_else(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.put(f"/playlists/{ID}").respond(200)
    await spotify.change_details(tokens, ID, name="late \n night", description="")
    assert json.loads(route.calls.last.request.content) == {"name": "late night"}
    await spotify.change_details(tokens, ID, name=" ")
    assert route.call_count == 1


async def test_unfollowing_names_the_playlist_in_the_query(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.delete("/me/library").respond(200)
    await spotify.unfollow(tokens, ID)
    request = route.calls.last.request
    assert request.url.params["uris"] == f"spotify:playlist:{ID}"
    assert request.content == b""


JPEG = b"\xff\xd8\xff\xe0picture"


async def test_a_cover_is_sent_in_base64(spotify: SpotifyClient, tokens: Tokens, api: respx.Router) -> None:
    route = api.put(f"/playlists/{ID}/images").respond(202)
    await spotify.upload_cover(tokens, ID, JPEG)
    request = route.calls.last.request
    assert request.headers["content-type"] == "image/jpeg"
    assert base64.b64decode(request.content, validate=True) == JPEG


async def test_a_cover_that_is_too_large_is_not_sent(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.put(f"/playlists/{ID}/images").respond(202)
    await spotify.upload_cover(tokens, ID, bytes(COVER_LIMIT // 4 * 3))
    with pytest.raises(TooLargeError):
        await spotify.upload_cover(tokens, ID, bytes(COVER_LIMIT // 4 * 3 + 1))
    assert route.call_count == 1


WRITES: list[Callable[[SpotifyClient, Tokens], Awaitable[object]]] = [
    lambda spotify, tokens: spotify.remove_items(tokens, ID, [SONG]),
    lambda spotify, tokens: spotify.change_details(tokens, ID, name="x"),
    lambda spotify, tokens: spotify.unfollow(tokens, ID),
    lambda spotify, tokens: spotify.upload_cover(tokens, ID, JPEG),
]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("answer", [HTML, httpx.ReadTimeout("late"), httpx.RemoteProtocolError("cut")])
async def test_a_write_without_an_answer_may_have_happened_and_is_not_made_again(
    write: Callable[[SpotifyClient, Tokens], Awaitable[object]],
    answer: httpx.Response | Exception,
    spotify: SpotifyClient,
    tokens: Tokens,
    api: respx.Router,
) -> None:
    route = api.route().mock(side_effect=[answer])
    with pytest.raises(OutcomeUnknownError):
        await write(spotify, tokens)
    assert route.call_count == 1


@pytest.mark.parametrize("write", WRITES)
async def test_what_is_not_there_or_not_allowed_is_told(
    write: Callable[[SpotifyClient, Tokens], Awaitable[object]],
    spotify: SpotifyClient,
    tokens: Tokens,
    api: respx.Router,
) -> None:
    api.route().mock(side_effect=[fault(404, "Resource not found"), fault(403, "Insufficient client scope")])
    with pytest.raises(SpotifyNotFoundError):
        await write(spotify, tokens)
    with pytest.raises(SpotifyRefusedError) as refused:
        await write(spotify, tokens)
    assert refused.value.reason == "missing_permission"


async def test_unfollowing_says_which_permission_it_lacks(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    api.delete("/me/library").mock(return_value=fault(403, "Insufficient client scope"))
    with pytest.raises(SpotifyRefusedError, match="playlist-modify-public"):
        await spotify.unfollow(tokens, ID)
