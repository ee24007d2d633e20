"""Counting and reports over the whole app: who may tell, who may read, what is refused."""

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.telemetry.rate import MOST_A_MINUTE
from tests.integration.test_whole_app import BASE, BROWSER, running

pytestmark = pytest.mark.anyio

SAME_SITE = {"sec-fetch-site": "same-origin"}
OPERATOR = {"authorization": "Bearer token"}
ERRORS = {
    "errors": [{"message": "x is not a function", "url": f"{BASE}/genres/soul", "stack": "at a.js:1:2"}]
}
TIMES = {"pageLoadTime": 120.5, "largestContentfulPaint": 900}
REFUSAL = {"csp-report": {"effective-directive": "script-src", "blocked-uri": "inline"}}


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with running(tmp_path, operator_token="token", kv_url=f"sqlite:///{tmp_path}/kv.db") as client:
        yield client


async def totals(http: httpx.AsyncClient) -> dict[str, int]:
    today = (await http.get("/api/analytics", headers=OPERATOR)).json()["today"]
    return {name: count for name, count in today.items() if name != "date" and count}


async def test_pages_that_somebody_looks_at_are_counted_and_nothing_else(http: httpx.AsyncClient) -> None:
    for path in ("/", "/about", "/about"):
        assert (await http.get(path, headers=BROWSER)).status_code == 200
    for path, headers in (
        ("/about", BROWSER | {"sec-fetch-mode": "cors"}),
        ("/about", BROWSER | {"sec-purpose": "prefetch"}),
        ("/nothing", BROWSER),
        ("/genres", BROWSER),
        ("/healthz", BROWSER),
        ("/static/css/tokens.css", BROWSER),
        ("/operator/errors", BROWSER | OPERATOR),
        ("/session", {}),
    ):
        await http.get(path, headers=headers)
    await http.head("/about", headers=BROWSER)
    assert await totals(http) == {"pageViews": 3, "uniqueVisitors": 1}


async def test_visitors_behind_a_proxy_are_told_apart(http: httpx.AsyncClient) -> None:
    for told in ("198.51.100.7", "spoofed, 198.51.100.7", "198.51.100.8", "nonsense"):
        await http.get("/about", headers=BROWSER | {"x-forwarded-for": told})
    assert await totals(http) == {"pageViews": 4, "uniqueVisitors": 3}


async def test_the_word_of_a_stranger_on_who_it_is_does_not_count(tmp_path: Path) -> None:
    async with running(tmp_path, client=("8.8.8.8", 1), operator_token="token") as http:
        for told in ("198.51.100.7", "198.51.100.8"):
            await http.get("/about", headers=BROWSER | {"x-forwarded-for": told})
        assert await totals(http) == {"pageViews": 2, "uniqueVisitors": 1}


async def test_counting_sets_no_cookie(http: httpx.AsyncClient) -> None:
    answer = await http.get("/about", headers=BROWSER)
    assert "set-cookie" not in answer.headers


async def test_what_a_browser_tells_reaches_operators(http: httpx.AsyncClient) -> None:
    told = [
        await http.post("/api/log-error", json=ERRORS, headers=SAME_SITE),
        await http.post("/api/log-perf", json=TIMES, headers=SAME_SITE),
    ]
    assert [answer.json() for answer in told] == [{"ok": True, "logged": 1}] * 2
    found = (await http.get("/api/admin/errors", headers=OPERATOR)).json()
    assert (found["count"], found["groups"][0]["pages"]) == (1, ["/genres/..."])
    speed = (await http.get("/api/admin/perf", headers=OPERATOR)).json()
    assert speed["averages"] == {"pageLoadTime": 120.5, "largestContentfulPaint": 900.0}
    assert await totals(http) == {"clientErrors": 1}


async def test_browsers_report_what_the_policy_refused_from_wherever_they_like(
    http: httpx.AsyncClient,
) -> None:
    for kind in ("application/csp-report", "application/json"):
        for headers in ({}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
            answer = await http.post(
                "/api/csp-report", headers=headers | {"content-type": kind}, content=json.dumps(REFUSAL)
            )
            assert (answer.status_code, answer.content) == (204, b"")
    (group,) = (await http.get("/api/admin/errors", headers=OPERATOR)).json()["groups"]
    assert (group["kind"], group["message"], group["count"]) == ("csp", "script-src refuses inline", 6)
    assert await totals(http) == {"cspReports": 6}


async def test_a_beacon_may_call_its_json_what_it_likes(http: httpx.AsyncClient) -> None:
    for kind in ({"content-type": "text/plain;charset=UTF-8"}, {"content-type": "application/json"}, {}):
        told = [
            await http.post("/api/log-error", content=json.dumps(ERRORS), headers=SAME_SITE | kind),
            await http.post("/api/log-perf", content=json.dumps(TIMES), headers=SAME_SITE | kind),
        ]
        assert [answer.status_code for answer in told] == [200, 200]
    assert await totals(http) == {"clientErrors": 3}


async def test_half_a_character_in_a_report_fails_nobody(http: httpx.AsyncClient) -> None:
    half = b'{"csp-report": {"effective-directive": "script-src", "blocked-uri": "\\ud83d"}}'
    assert (await http.post("/api/csp-report", content=half)).status_code == 204
    (group,) = (await http.get("/api/admin/errors", headers=OPERATOR)).json()["groups"]
    assert group["message"] == "script-src refuses ?"


async def test_hostile_words_are_words_and_turn_nothing_around_on_the_desk(http: httpx.AsyncClient) -> None:
    evil = "\u202e<script>alert(1)</script>"
    told = dict.fromkeys(("message", "code", "context", "stack", "url"), evil)
    assert (await http.post("/api/log-error", json={"errors": [told]}, headers=SAME_SITE)).status_code == 200
    desk = (await http.get("/operator/errors", headers=BROWSER | OPERATOR)).text
    assert "<script>alert" not in desk
    wordless = {"errors": [{"message": " ?q=secret"}]}
    assert (await http.post("/api/log-error", json=wordless, headers=SAME_SITE)).status_code == 200
    assert "<h2>An error without words</h2>" in (await http.get("/operator/errors", headers=OPERATOR)).text
    of_their_own = re.findall("<(h2|bdi|pre)[^>]*>\u202e&lt;script", desk)
    assert of_their_own == ["h2", "bdi", "pre"]
    assert desk.count("\u202e") == 3


async def test_a_hundred_reports_at_once_from_one_address_are_all_taken(http: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(http.post("/api/log-error", json=ERRORS, headers=SAME_SITE) for _ in range(100))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert (await http.get("/api/admin/errors", headers=OPERATOR)).json()["groups"][0]["count"] == 100
    assert await totals(http) == {"clientErrors": 100}


async def test_another_site_tells_nothing(http: httpx.AsyncClient) -> None:
    for headers in ({}, {"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        for path in ("/api/log-error", "/api/log-perf"):
            assert (await http.post(path, json={}, headers=headers)).status_code == 403


NOT_KNOWN: list[tuple[str, object]] = [
    ("/api/log-error", {}),
    ("/api/log-error", {"errors": [{"message": "x", "user": "anna"}]}),
    ("/api/log-error", {"errors": [{"message": 7}]}),
    ("/api/log-error", {"errors": [{"message": "x" * 2001}]}),
    ("/api/log-error", {"errors": [{"message": "x"}] * 11}),
    ("/api/log-perf", {"pageLoadTime": "fast"}),
    ("/api/log-perf", {"pageLoadTime": "7"}),
    ("/api/log-perf", {"cumulativeLayoutShift": True}),
    ("/api/log-perf", {"pageLoadTime": -1}),
    ("/api/log-perf", {"pageLoadTime": 1e9}),
    ("/api/log-perf", {"name": "anna"}),
]


async def test_what_is_not_known_is_refused_as_a_whole(http: httpx.AsyncClient) -> None:
    for path, body in NOT_KNOWN:
        answer = await http.post(path, json=body, headers=SAME_SITE)
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:genre-sorter:invalid-input"), body
    assert (await http.get("/api/admin/errors", headers=OPERATOR)).json()["count"] == 0
    assert (await http.get("/api/admin/perf", headers=OPERATOR)).json()["totalSamples"] == 0


async def test_numbers_that_are_none_are_refused(http: httpx.AsyncClient) -> None:
    for body in (b'{"pageLoadTime": NaN}', b'{"pageLoadTime": Infinity}', b"{", b"", b"null", b"[]"):
        headers = SAME_SITE | {"content-type": "application/json"}
        assert (await http.post("/api/log-perf", content=body, headers=headers)).status_code == 422


async def test_more_than_16_kilobytes_are_refused(http: httpx.AsyncClient) -> None:
    errors = {"errors": [{"message": "x", "stack": "y" * 7000}] * 3}
    for path in ("/api/log-error", "/api/log-perf", "/api/csp-report"):
        answer = await http.post(path, json=errors, headers=SAME_SITE)
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:genre-sorter:body-too-large")


async def test_too_many_reports_are_told_when_to_go_on(http: httpx.AsyncClient) -> None:
    path = "/api/log-perf"
    answers = [await http.post(path, json=TIMES, headers=SAME_SITE) for _ in range(MOST_A_MINUTE + 1)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert 1 <= int(refused[0].headers["retry-after"]) <= 60


async def test_only_operators_read_it(http: httpx.AsyncClient) -> None:
    pages = ("/operator/errors", "/operator/speed")
    for path in ("/api/analytics", "/api/admin/errors", "/api/admin/perf", *pages):
        told = [await http.get(path, headers=headers) for headers in ({}, BROWSER, OPERATOR)]
        assert [answer.status_code for answer in told] == [403, 403, 200], path


async def test_thirty_days_can_be_asked_for_and_a_week_is_the_usual(http: httpx.AsyncClient) -> None:
    await http.get("/about", headers=BROWSER)
    for days in (7, 30):
        told = (await http.get(f"/api/analytics?days={days}", headers=OPERATOR)).json()
        assert len(told["days"]) == days
        assert told["today"] == told["days"][0]
        assert told["last7Days"]["pageViews"] == 1
    assert (await http.get("/api/analytics?days=31", headers=OPERATOR)).status_code == 422


async def test_nothing_that_names_a_visitor_is_in_the_file(tmp_path: Path) -> None:
    headers = BROWSER | {"user-agent": "Canary-Browser/9", "x-forwarded-for": "198.51.100.77"}
    async with running(tmp_path) as http:
        await http.get("/about", headers=headers)
        await http.post("/api/log-error", json=ERRORS, headers=headers | SAME_SITE)
    with sqlite3.connect(tmp_path / "kv.db") as database:
        dump = "\n".join(database.iterdump())
    assert "visitors:latest" in dump
    assert "client-errors:0" in dump
    raw = (tmp_path / "kv.db").read_bytes()
    for secret in ("Canary", "198.51.100.77", "soul"):
        assert secret.encode() not in raw
        assert secret not in dump


async def test_a_page_asks_for_reports_of_its_policy(tmp_path: Path) -> None:
    async with running(tmp_path) as http:
        answer = await http.get("/about", headers=BROWSER)
    assert "report-uri /api/csp-report" in answer.headers["content-security-policy"]
    assert "reporting-endpoints" not in answer.headers


async def test_over_https_reports_go_through_the_reporting_api(tmp_path: Path) -> None:
    own = {"base_url": "https://genres.example", "secret_key": "s" * 32}
    async with running(tmp_path, **own) as http:
        answer = await http.get("/about", headers=BROWSER | {"host": "genres.example"})
    assert answer.headers["content-security-policy"].endswith("report-to csp")
    assert answer.headers["reporting-endpoints"] == 'csp="/api/csp-report"'
