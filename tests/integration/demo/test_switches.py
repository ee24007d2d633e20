import asyncio
from typing import Any

import pytest

from tests.fakes import FakeClock
from tests.integration.demo.conftest import LIKED_SONGS, BuildApp, id_of
from tests.integration.demo.visitor import Visitor

pytestmark = pytest.mark.anyio


async def statuses(visitor: Visitor, calls: int) -> list[int]:
    return [(await visitor.api("GET", "/me")).status_code for _ in range(calls)]


async def names(visitor: Visitor, offset: int = 0) -> list[str]:
    page = (await visitor.api("GET", "/me/tracks", params={"limit": 50, "offset": offset})).json()
    return [item["track"]["name"] for item in page["items"]]


async def test_calls_are_counted_by_route_whatever_becomes_of_them(visitor: Visitor) -> None:
    await visitor.http.get("/api/v1/me")
    await visitor.sign_in()
    await visitor.switch(rate_limit_next=1)
    made = (await visitor.api("POST", "/me/playlists", json={"name": "Jazz", "public": False})).status_code
    playlist = await visitor.make_playlist()
    await visitor.api("GET", f"/playlists/{playlist['id']}/items", params={"limit": 1})
    calls = (await visitor.control())["calls"]
    assert made == 429
    assert calls == {
        "spotify": {"GET /v1/me": 1, "POST /v1/me/playlists": 2, "GET /v1/playlists/{id}/items": 1},
        "musicbrainz": {},
        "wikidata": {},
        "lastfm": {},
        "accounts": {"GET /authorize": 1, "POST /authorize": 1, "POST /api/token": 1},
        "total": 4,
        "removed": 0,
        "limited": 1,
    }


async def test_odd_paths_cannot_pile_up(visitor: Visitor) -> None:
    for n in range(250):
        await visitor.http.get(f"/api/v1/odd/{n}")
    calls = (await visitor.control())["calls"]
    assert len(calls["spotify"]) <= 201
    assert calls["total"] == 250


async def test_the_rate_limit_answers_so_many_calls(signed_in: Visitor) -> None:
    await signed_in.switch(rate_limit_next=2, retry_after_s=7)
    answer = await signed_in.api("GET", "/me")
    assert answer.headers["Retry-After"] == "7"
    assert answer.json() == {"error": {"status": 429, "message": "API rate limit exceeded"}}
    assert await statuses(signed_in, 2) == [429, 200]


async def test_the_rate_limit_may_be_plain_text_without_retry_after(signed_in: Visitor) -> None:
    await signed_in.switch(rate_limit_next=1, retry_after_s=None, rate_limit_plain=True)
    answer = await signed_in.api("GET", "/me")
    assert (answer.status_code, answer.text) == (429, "Too many requests")
    assert "Retry-After" not in answer.headers


async def test_the_quota_is_over_for_a_while(signed_in: Visitor, clock: FakeClock) -> None:
    await signed_in.switch(quota_exceeded_for_s=1800)
    await clock.advance(60)
    answer = await signed_in.api("GET", "/me")
    assert answer.headers["Retry-After"] == "1740"
    assert answer.json() == {
        "error": {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}
    }
    await clock.advance(1740)
    assert await statuses(signed_in, 1) == [200]
    await signed_in.switch(quota_exceeded_for_s=1800)
    await signed_in.switch(quota_exceeded_for_s=0)
    assert await statuses(signed_in, 1) == [200]


@pytest.mark.parametrize(
    ("switch", "length", "words"),
    [("not_registered", 46, "User not registered"), ("owner_without_premium", 159, "Active premium")],
)
async def test_refusals_of_the_whole_app_are_plain_text(
    signed_in: Visitor, switch: str, length: int, words: str
) -> None:
    await signed_in.switch(**{switch: True})
    answer = await signed_in.api("GET", "/me")
    assert answer.status_code == 403
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.text.startswith(words)
    assert len(answer.text) == length
    await signed_in.switch(**{switch: False})
    assert await statuses(signed_in, 1) == [200]


async def test_failures_have_a_body_of_html(signed_in: Visitor) -> None:
    await signed_in.switch(fail_next=1, fail_status=500)
    answer = await signed_in.api("GET", "/me")
    assert answer.status_code == 500
    assert answer.text.startswith("<html>")
    assert await statuses(signed_in, 1) == [200]


async def test_latency_holds_every_answer_back(signed_in: Visitor, clock: FakeClock) -> None:
    await signed_in.switch(latency_ms=200)
    call = asyncio.create_task(signed_in.api("GET", "/me"))
    await clock.advance(0.19)
    assert not call.done()
    await clock.advance(0.01)
    assert (await call).status_code == 200


async def test_strict_musicbrainz_takes_no_second_call_in_flight(visitor: Visitor, clock: FakeClock) -> None:
    await visitor.switch(latency_ms=200, musicbrainz_strict=True)
    first = asyncio.create_task(visitor.musicbrainz("url", {"resource": "https://a.example"}))
    await clock.advance(0.1)
    second = await visitor.musicbrainz("url", {"resource": "https://a.example"})
    await clock.advance(0.1)
    assert (second.status_code, (await first).status_code) == (503, 404)
    assert "exceeding the allowable rate" in second.json()["error"]


async def test_tokens_live_as_long_as_told(visitor: Visitor, clock: FakeClock) -> None:
    await visitor.switch(token_lifetime_s=10)
    await visitor.sign_in()
    assert visitor.tokens["expires_in"] == 10
    await clock.advance(10)
    assert await statuses(visitor, 1) == [401]


async def test_a_write_may_happen_although_its_answer_is_lost(signed_in: Visitor) -> None:
    await signed_in.switch(drop_after_write_next=1)
    refused = await signed_in.api("POST", "/me/playlists", json={})
    assert refused.status_code == 400, "a refusal has written nothing and is told"
    lost = await signed_in.api("POST", "/me/playlists", json={"name": "Jazz", "public": False})
    assert lost.status_code == 502
    assert lost.text.startswith("<html>")
    assert [one["name"] for one in (await signed_in.control())["playlists"]] == ["Jazz"]
    await signed_in.make_playlist()


async def test_songs_are_unliked_and_liked_between_pages(signed_in: Visitor) -> None:
    edit = {"unlike": [id_of("Track", 0), id_of("Track", 1)], "like": [id_of("Track", 60)], "after_pages": 1}
    await signed_in.switch(library=edit)
    before = await names(signed_in)
    after = await names(signed_in)
    assert before[:3] == ["Song 0", "Song 1", "Song 2"]
    assert after[:3] == ["Song 60", "Song 2", "Song 3"]
    control = await signed_in.control()
    assert control["liked"] == LIKED_SONGS - 2
    await signed_in.switch(library={"like": [id_of("Track", 1)]})
    assert (await names(signed_in))[:2] == ["Song 1", "Song 60"]


async def test_liking_again_changes_the_date(signed_in: Visitor, clock: FakeClock) -> None:
    await clock.advance(60)
    await signed_in.switch(library={"like": [id_of("Track", 5)]})
    page = (await signed_in.api("GET", "/me/tracks")).json()
    assert page["items"][0]["added_at"] == "2026-11-22T12:01:00Z"


@pytest.mark.parametrize(
    "switches",
    [
        {"latency": 1},
        {"latency_ms": -1},
        {"musicbrainz_busy_share": 2},
        {"drop_how": "shrug"},
        {"library": {"like": ["unknown"]}},
        {"library": {"unlike": "x"}},
    ],
)
async def test_switches_that_are_not(visitor: Visitor, switches: dict[str, Any]) -> None:
    before = await visitor.control()
    assert (await visitor.switch(**switches)).status_code == 422
    assert await visitor.control() == before


async def test_reset_begins_anew(signed_in: Visitor) -> None:
    before = await signed_in.control()
    await signed_in.make_playlist()
    await signed_in.switch(
        not_registered=True, quota_exceeded_for_s=60, library={"unlike": [id_of("Track", 1)]}
    )
    after = (await signed_in.http.post("/control/reset")).json()
    assert after["calls"]["total"] == 0
    assert after["calls"]["accounts"] == {}
    assert after["playlists"] == []
    assert after["liked"] == LIKED_SONGS
    assert after["switches"] == before["switches"]
    assert await statuses(signed_in, 1) == [401]


async def test_the_control_lists_the_songs_of_playlists_in_order(signed_in: Visitor) -> None:
    me = (await signed_in.api("GET", "/me")).json()
    made = await signed_in.make_playlist(description="Late & slow")
    uris = [f"spotify:track:{id_of('Track', n)}" for n in (3, 1, 2)]
    await signed_in.api("POST", f"/playlists/{made['id']}/items", json={"uris": uris})
    assert (await signed_in.control())["playlists"] == [
        {
            "owner": me["account_id"],
            "id": made["id"],
            "name": "Jazz",
            "description": "Late & slow",
            "public": False,
            "followed": True,
            "uris": uris,
        }
    ]


async def test_there_is_no_control_where_others_can_reach_it(build: BuildApp) -> None:
    visitor = Visitor(build(base_url="https://music.example"))
    for method, path in (("GET", ""), ("POST", "/switches"), ("POST", "/reset")):
        assert (await visitor.http.request(method, f"/control{path}")).status_code == 404


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_pages_of_other_sites_control_nothing(signed_in: Visitor, site: str) -> None:
    headers = {"Sec-Fetch-Site": site}
    for method, path in (("GET", ""), ("POST", "/switches"), ("POST", "/reset")):
        assert (await signed_in.http.request(method, f"/control{path}", headers=headers)).status_code == 403
    assert (await signed_in.api("GET", "/me")).status_code == 200


async def test_switches_need_json_so_that_no_foreign_page_can_set_them(visitor: Visitor) -> None:
    answer = await visitor.http.post(
        "/control/switches", content=b'{"latency_ms": 9}', headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 422
    assert (await visitor.control())["switches"]["latency_ms"] == 0
