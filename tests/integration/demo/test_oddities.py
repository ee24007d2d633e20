from typing import Any

import pytest
from starlette.types import ASGIApp

from app.demo.models import DemoLibrary
from app.demo.odd_songs import odd_library
from app.demo.switches import Switches
from tests.integration.demo.conftest import LIKED_SONGS, BuildApp
from tests.integration.demo.visitor import SCOPES, Visitor

pytestmark = pytest.mark.anyio

ODD_SONGS = len(odd_library().tracks)


@pytest.fixture
def app(build: BuildApp) -> ASGIApp:
    return build(switches=Switches(oddities=True))


@pytest.fixture
async def odd(app: ASGIApp) -> Visitor:
    return await Visitor(app).sign_in(scope=f"{SCOPES} playlist-read-collaborative playlist-modify-public")


async def named(visitor: Visitor) -> list[Any]:
    page = (await visitor.api("GET", "/me/playlists", params={"limit": 50})).json()
    return list(page["items"])


async def one_of(visitor: Visitor, name: str) -> dict[str, Any]:
    return dict(next(one for one in await named(visitor) if one and one["name"] == name))


async def places(visitor: Visitor, name: str, **params: str) -> list[dict[str, Any]]:
    playlist = await one_of(visitor, name)
    query = {"limit": 50, **params}
    answer = await visitor.api("GET", f"/playlists/{playlist['id']}/items", params=query)
    return list(answer.json()["items"])


async def test_the_odd_songs_are_on_top_of_the_library(odd: Visitor, library: DemoLibrary) -> None:
    page = (await odd.api("GET", "/me/tracks", params={"limit": 50})).json()
    tracks = [item["track"] for item in page["items"]]
    assert page["total"] == ODD_SONGS + LIKED_SONGS
    assert tracks[0] is None
    assert tracks[ODD_SONGS]["name"] == library.tracks[0].name
    real = [track for track in tracks[:ODD_SONGS] if track]
    assert [track["id"] for track in real[:2]] == [None, None]
    assert real[1]["artists"] == []
    assert any(one["id"] is None for track in real if not track["is_local"] for one in track["artists"])
    assert any(not track.get("is_playable", True) for track in real)
    assert any(not track["external_ids"] for track in real if not track["is_local"])
    codes = [track["external_ids"]["isrc"] for track in real if "isrc" in track["external_ids"]]
    assert len(codes) == len(set(codes)) + 1
    assert {track["album"]["release_date_precision"] for track in real} == {"day", "month", "year", None}


async def test_the_list_has_nulls_and_a_repeated_entry(odd: Visitor) -> None:
    listed = await named(odd)
    names = [one["name"] for one in listed if one]
    assert listed.count(None) == 2
    assert names.count("The four of us") == 2
    assert next(one for one in listed if one and one["name"] == "To sort some day")["images"] is None
    odd_one = await one_of(odd, 'Everything & "more" <odd>')
    assert odd_one["description"] == "It&#x27;s &lt;odd&gt; &amp; &quot;quoted&quot; &#x2F; slashed"
    assert (await one_of(odd, "Made for you"))["items"]["total"] is None


async def test_a_playlist_with_every_oddity(odd: Visitor) -> None:
    found = await places(odd, 'Everything & "more" <odd>', additional_types="track,episode")
    items = [place["item"] for place in found]
    uris = [item["uri"] for item in items if item]
    assert None in items
    assert "episode" in {item["type"] for item in items if item}
    assert len(uris) > len(set(uris))
    assert any(place["is_local"] for place in found)
    assert {"1970-01-01T00:00:00Z", None} <= {place["added_at"] for place in found}
    assert {"", odd_id(found)} == {place["added_by"]["id"] for place in found}


def odd_id(found: list[dict[str, Any]]) -> str:
    return str(found[0]["added_by"]["id"])


async def test_episodes_are_null_to_apps_that_do_not_know_them(odd: Visitor) -> None:
    name = 'Everything & "more" <odd>'
    without, with_them = await places(odd, name), await places(odd, name, additional_types="episode")
    assert len(without) == len(with_them)
    assert [place["item"] for place in without].count(None) == 2
    assert [place["item"] for place in with_them].count(None) == 1


async def test_a_playlist_of_somebody_else_to_work_on_together(odd: Visitor) -> None:
    me = (await odd.api("GET", "/me")).json()
    playlist = await one_of(odd, "The four of us")
    assert playlist["collaborative"] is True
    assert playlist["owner"]["id"] != me["id"]
    assert playlist["items"]["total"] == 24
    assert (await odd.api("GET", f"/playlists/{playlist['id']}/items")).status_code == 200
    uri = f"spotify:track:{odd_library().tracks[3].id}"
    added = await odd.api("POST", f"/playlists/{playlist['id']}/items", json={"uris": [uri]})
    assert added.status_code == 201


async def test_what_is_worked_on_together_needs_its_scope(app: ASGIApp) -> None:
    visitor = await Visitor(app).sign_in(scope=SCOPES)
    assert not any(one and one["collaborative"] for one in await named(visitor))
    other = await Visitor(app).sign_in(scope=f"{SCOPES} playlist-read-collaborative")
    playlist = await one_of(other, "The four of us")
    assert (await visitor.api("GET", f"/playlists/{playlist['id']}/items")).status_code == 403
    await other.sign_in(scope=SCOPES)
    answer = await other.api("GET", f"/playlists/{playlist['id']}/items")
    assert answer.json()["error"]["message"] == "Insufficient client scope"
