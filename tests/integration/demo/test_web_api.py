import pytest
from starlette.types import ASGIApp

from app.demo.calls import REMOVED
from app.demo.models import DemoLibrary
from tests.fakes import FakeClock
from tests.integration.demo.conftest import LIKED_SONGS, id_of
from tests.integration.demo.visitor import BASE_URL, Visitor

pytestmark = pytest.mark.anyio

LOST_FIELDS = {
    "available_markets", "country", "email", "explicit_content", "followers", "label",
    "linked_from", "popularity", "preview_url", "product",
}  # fmt: skip


def keys_in(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(keys_in, value.values()))
    return set().union(*map(keys_in, value)) if isinstance(value, list) else set()


def error(status: int, message: str) -> dict[str, object]:
    return {"error": {"status": status, "message": message}}


async def test_me(signed_in: Visitor) -> None:
    body = (await signed_in.api("GET", "/me")).json()
    assert set(body) == {"account_id", "display_name", "external_urls", "href", "id", "images", "type", "uri"}
    assert body["uri"] == f"spotify:user:{body['id']}"
    assert len(body["account_id"]) == 22
    assert len(body["display_name"].split()) == 2


async def test_liked_songs_come_newest_first_in_pages(signed_in: Visitor, library: DemoLibrary) -> None:
    first = (await signed_in.api("GET", "/me/tracks", params={"limit": 50})).json()
    last = (await signed_in.api("GET", "/me/tracks", params={"limit": 50, "offset": 100})).json()
    href = f"{BASE_URL}/simulator/api/v1/me/tracks"
    assert [item["track"]["name"] for item in first["items"]] == [song.name for song in library.tracks[:50]]
    assert first["items"][0]["added_at"] == "2026-11-22T12:00:00Z"
    assert (first["limit"], first["offset"], first["total"]) == (50, 0, LIKED_SONGS)
    assert first["href"] == f"{href}?offset=0&limit=50"
    assert first["next"] == f"{href}?offset=50&limit=50"
    assert first["previous"] is None
    assert len(last["items"]) == LIKED_SONGS - 100
    assert last["next"] is None
    assert last["previous"] == f"{href}?offset=50&limit=50"


async def test_a_page_has_twenty_songs_unless_told_otherwise_and_may_be_empty(signed_in: Visitor) -> None:
    assert len((await signed_in.api("GET", "/me/tracks")).json()["items"]) == 20
    beyond = (await signed_in.api("GET", "/me/tracks", params={"offset": 5000})).json()
    assert (beyond["items"], beyond["total"], beyond["next"]) == ([], LIKED_SONGS, None)


async def test_a_song_has_what_an_app_in_development_mode_gets(signed_in: Visitor) -> None:
    page = (await signed_in.api("GET", "/me/tracks")).json()
    track = page["items"][1]["track"]
    assert not LOST_FIELDS & keys_in(page)
    assert track["external_ids"] == {"isrc": "SEABC2600001"}
    assert track["is_playable"] is True
    assert track["track_number"] == 2
    assert track["artists"][0]["name"] == "Artist & 1"
    assert track["external_urls"]["spotify"] == f"{BASE_URL}/simulator/open/track/{track['id']}"
    assert (track["album"]["release_date"], track["album"]["release_date_precision"]) == ("1984-05", "month")
    assert track["album"]["total_tracks"] == 5
    assert [image["width"] for image in track["album"]["images"]] == [640, 300, 64]
    assert page["items"][0]["track"]["external_ids"] == {}


async def test_a_song_that_is_gone_is_still_listed(signed_in: Visitor) -> None:
    track = (await signed_in.api("GET", "/me/tracks")).json()["items"][7]["track"]
    assert track["is_playable"] is False
    assert track["restrictions"] == {"reason": "market"}


async def test_a_local_file_lacks_every_id(signed_in: Visitor) -> None:
    page = (await signed_in.api("GET", "/me/tracks", params={"offset": LIKED_SONGS - 1})).json()
    track = page["items"][0]["track"]
    assert track["is_local"] is True
    assert track["id"] is None
    assert track["uri"] == "spotify:local:Artist+%26+0:Tape:Demo%3A+take+1:61"
    assert track["artists"] == [
        {"external_urls": {}, "href": None, "id": None, "name": "Artist & 0", "type": "artist", "uri": None}
    ]
    assert track["album"]["id"] is None
    assert track["album"]["images"] == []


@pytest.mark.parametrize("limit", ["51", "0", "-1", "many", "", "²"])
async def test_a_limit_over_50_or_no_number_is_refused(signed_in: Visitor, limit: str) -> None:
    answer = await signed_in.api("GET", "/me/tracks", params={"limit": limit})
    assert answer.status_code == 400
    assert answer.json() == error(400, "Invalid limit")


async def test_a_negative_offset_is_refused(signed_in: Visitor) -> None:
    answer = await signed_in.api("GET", "/me/tracks", params={"offset": -1})
    assert answer.json() == error(400, "Invalid offset")


async def test_artists_have_no_genres(signed_in: Visitor) -> None:
    body = (await signed_in.api("GET", f"/artists/{id_of('Artist', 1)}")).json()
    assert body["genres"] == []
    assert body["name"] == "Artist & 1"
    unknown = await signed_in.api("GET", f"/artists/{'x' * 22}")
    assert (unknown.status_code, unknown.json()) == (404, error(404, "Resource not found"))
    odd = await signed_in.api("GET", "/artists/x")
    assert (odd.status_code, odd.json()) == (400, error(400, "Invalid base62 id"))


@pytest.mark.parametrize(("route", "removal"), REMOVED.items())
async def test_removed_endpoints(signed_in: Visitor, route: str, removal: tuple[str, int]) -> None:
    methods, status = removal
    message = "Forbidden" if status == 403 else "Resource not found"
    path = route.removeprefix("/v1").replace("{id}", "x" * 22)
    for method in methods.split():
        answer = await signed_in.api(method, path)
        assert (answer.status_code, answer.json()) == (status, error(status, message))
    assert (await signed_in.control())["calls"]["removed"] == len(methods.split())


async def test_batches_are_removed_with_their_query_too(signed_in: Visitor) -> None:
    answer = await signed_in.api("GET", "/artists", params={"ids": id_of("Artist", 1)})
    assert answer.status_code == 403
    assert (await signed_in.control())["calls"]["spotify"]["GET /v1/artists"] == 1


async def test_what_never_was_is_not_found(signed_in: Visitor) -> None:
    answer = await signed_in.api("GET", "/me/horoscope")
    assert (answer.status_code, answer.json()) == (404, error(404, "Service not found"))
    assert (await signed_in.control())["calls"]["removed"] == 0


@pytest.mark.parametrize("path", ["/me", "/me/tracks", "/artists", "/playlists/x", "/me/horoscope"])
async def test_nothing_is_told_without_a_token(visitor: Visitor, path: str) -> None:
    answer = await visitor.http.get(f"/api/v1{path}")
    assert (answer.status_code, answer.json()) == (401, error(401, "No token provided"))
    visitor.tokens = {"access_token": "made-up"}
    answer = await visitor.api("GET", path)
    assert (answer.status_code, answer.json()) == (401, error(401, "Invalid access token"))


async def test_a_token_ends_after_an_hour(signed_in: Visitor, clock: FakeClock) -> None:
    await clock.advance(3599)
    assert (await signed_in.api("GET", "/me")).status_code == 200
    await clock.advance(1)
    answer = await signed_in.api("GET", "/me")
    assert (answer.status_code, answer.json()) == (401, error(401, "The access token expired"))


async def test_scopes_are_checked(visitor: Visitor) -> None:
    await visitor.sign_in(scope="user-top-read")
    assert (await visitor.api("GET", "/me")).status_code == 200
    for method, path in (("GET", "/me/tracks"), ("GET", "/me/playlists"), ("POST", "/me/playlists")):
        answer = await visitor.api(method, path, json={"name": "Jazz"} if method == "POST" else None)
        assert (answer.status_code, answer.json()) == (403, error(403, "Insufficient client scope"))


async def test_the_whole_library_can_be_read(signed_in: Visitor, library: DemoLibrary) -> None:
    uris = []
    for offset in range(0, LIKED_SONGS, 50):
        page = (await signed_in.api("GET", "/me/tracks", params={"limit": 50, "offset": offset})).json()
        uris += [item["track"]["uri"] for item in page["items"]]
    assert len(set(uris)) == LIKED_SONGS
    assert (await signed_in.control())["calls"]["spotify"] == {"GET /v1/me/tracks": 3}


async def test_two_people_share_the_library_but_not_the_account(app: ASGIApp) -> None:
    one, other = await Visitor(app).sign_in(), await Visitor(app).sign_in()
    mine = (await one.api("GET", "/me/tracks")).json()
    theirs = (await other.api("GET", "/me/tracks")).json()
    assert mine == theirs
