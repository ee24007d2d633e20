"""Reports of browsers: kept, grouped, bounded, summed up."""

import asyncio
import json
from datetime import timedelta
from statistics import fmean

import pytest

from app.kv.cached import CachedKV
from app.kv.errors import KVError
from app.telemetry.csp import read_reports
from app.telemetry.models import ClientError
from app.telemetry.rate import MOST_A_MINUTE, TooManyReportsError, report_rate
from app.telemetry.reports import ReportsService
from app.telemetry.repository import ReportsRepository
from app.telemetry.schemas import ClientErrorIn, TimesIn
from tests.fakes import FakeClock
from tests.unit.kv.stand_ins import Bench
from tests.unit.telemetry.counting import analytics_of

pytestmark = pytest.mark.anyio

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
STACK = (
    "TypeError: x\n    at go (http://a.example/static/js/app.js:12:5)\n    at run (http://a.example/b.js:1:1)"
)


@pytest.fixture
def reports(kv: CachedKV, clock: FakeClock) -> ReportsService:
    return ReportsService(ReportsRepository(kv), analytics_of(kv, clock), clock)


def error(message: str = "x is not a function", **values: str) -> ClientErrorIn:
    return ClientErrorIn.model_validate({"message": message, "stack": STACK, "url": "/genres"} | values)


async def test_errors_of_one_place_that_differ_in_numbers_are_one_group(
    reports: ReportsService, clock: FakeClock
) -> None:
    await reports.take_errors([error("row 7 of 9 is gone")], FIREFOX)
    await clock.advance(60)
    await reports.take_errors([error("row 12 of 90 is gone", url="/playlists/x")], "curl")
    await reports.take_errors([error("another")], FIREFOX)
    await reports.take_errors([error("another", stack="at go (http://a.example/c.js:1:1)")], FIREFOX)
    told = await reports.list_errors()
    assert told.count == 4
    assert [(group.message, group.count) for group in told.groups] == [
        ("another", 1),
        ("another", 1),
        ("row 12 of 90 is gone", 2),
    ]
    rows = told.groups[2]
    assert rows.pages == ("/genres", "/playlists/...")
    assert rows.browsers == ("Firefox 140", "another")
    assert rows.last_seen - rows.first_seen == timedelta(seconds=60)
    assert len({group.fingerprint for group in told.groups}) == 3


async def test_the_newest_500_are_kept_and_no_longer_than_seven_days(
    reports: ReportsService, clock: FakeClock
) -> None:
    await asyncio.gather(*(reports.take_errors([error(str(number))], "") for number in range(620)))
    told = await reports.list_errors()
    assert (told.count, len(told.errors)) == (500, 100)
    assert told.errors[0].message == "619"
    assert told.groups[0].count == 500
    await clock.advance(timedelta(days=7).total_seconds())
    assert (await reports.list_errors()).count == 0


async def test_200_reports_of_each_kind_at_once_are_counted_exactly(kv: CachedKV, clock: FakeClock) -> None:
    analytics = analytics_of(kv, clock)
    reports = ReportsService(ReportsRepository(kv), analytics, clock)
    refusals = read_reports(report())
    await asyncio.gather(
        *(reports.take_errors([error()], "") for _ in range(200)),
        *(reports.take_refusals(refusals, "") for _ in range(200)),
        *(reports.take_times(TimesIn(page_load_time=1)) for _ in range(200)),
    )
    assert dict((await analytics.today()).totals) == {"clientErrors": 200, "cspReports": 200}
    assert (await reports.list_errors()).count == 400
    assert (await reports.get_performance()).total_samples == 200


async def test_what_cannot_be_kept_is_counted_all_the_same() -> None:
    async with Bench() as bench:
        analytics = analytics_of(bench.kv, bench.clock)
        reports = ReportsService(ReportsRepository(bench.kv), analytics, bench.clock)
        bench.store.down = True
        for told in (
            reports.take_errors([error()] * 3, ""),
            reports.take_refusals(read_reports(report()), ""),
        ):
            with pytest.raises(KVError):
                await told
        bench.store.heal()
        assert dict((await analytics.today()).totals) == {"clientErrors": 3, "cspReports": 1}


async def test_nothing_of_a_person_is_kept(reports: ReportsService, kv: CachedKV) -> None:
    canary = "anna.canary@example.org"
    told = error(f"{canary} ?q=canary", code="token=canary", context=canary, url=f"/canary-{canary}?canary=1")
    await reports.take_errors([told.model_copy(update={"timestamp": canary, "user_agent": canary})], canary)
    await reports.take_refusals(read_reports(report(blockedURL=f"https://x.example/{canary}")), canary)
    assert "canary" not in (await reports.list_errors()).model_dump_json()


async def test_how_fast_pages_were(reports: ReportsService) -> None:
    for number in range(1, 101):
        await reports.take_times(TimesIn(page_load_time=number, cumulative_layout_shift=0.1))
    assert await reports.take_times(TimesIn()) == 0
    told = await reports.get_performance()
    assert (told.total_samples, len(told.samples)) == (100, 50)
    assert told.averages == {"pageLoadTime": 50.5, "cumulativeLayoutShift": 0.1}
    load = told.spreads["pageLoadTime"]
    assert (load.count, load.median, load.p75, load.p95) == (100, 51, 76, 96)
    assert told.samples[0].page_load_time == 100


async def test_the_times_of_the_newest_1000_pages_are_kept_and_no_longer_than_thirty_days(
    reports: ReportsService, clock: FakeClock
) -> None:
    await asyncio.gather(*(reports.take_times(TimesIn(page_load_time=number)) for number in range(1120)))
    told = await reports.get_performance()
    assert (told.total_samples, told.samples[0].page_load_time) == (1000, 1119)
    assert told.averages == {"pageLoadTime": fmean(range(120, 1120))}
    await clock.jump(timedelta(days=30).total_seconds())
    assert (await reports.get_performance()).total_samples == 0


async def test_without_reports_nothing_is_made_up(reports: ReportsService) -> None:
    assert await reports.take_errors([], "") == 0
    await reports.take_refusals([], "")
    told = await reports.get_performance()
    assert (told.total_samples, told.averages, told.spreads, told.samples) == (0, {}, {}, ())
    assert (await reports.list_errors()).groups == ()


def report(**body: object) -> bytes:
    known = {
        "blockedURL": "https://evil.example/x.js?y",
        "effectiveDirective": "script-src-elem",
        "documentURL": "http://127.0.0.1:8000/genres/soul",
        "sourceFile": "http://127.0.0.1:8000/static/js/app.js",
        "lineNumber": 7,
    }
    return json.dumps([{"type": "csp-violation", "body": known | body}]).encode()


def test_both_forms_of_csp_reports_say_the_same() -> None:
    old = {
        "blocked-uri": "https://evil.example/x.js?y",
        "violated-directive": "script-src-elem 'self'",
        "document-uri": "http://127.0.0.1:8000/genres/soul",
        "source-file": "http://127.0.0.1:8000/static/js/app.js",
        "line-number": 7,
    }
    (first,) = read_reports(report())
    (second,) = read_reports(json.dumps({"csp-report": old}).encode())
    assert first == second
    assert (first.directive, first.blocked) == ("script-src-elem", "https://evil.example")
    assert first.place == "at http://127.0.0.1:8000/static/js/app.js:7:0"


@pytest.mark.parametrize(
    ("blocked", "told"),
    [
        ("inline", "inline"),
        ("", "another"),
        ("data", "data"),
        ("data:text/html,x", "data"),
        ("http://[", "another"),
        ("https://anna:secret@x.example/a", "https://x.example"),
    ],
)
def test_what_was_refused_is_told_without_its_path(blocked: str, told: str) -> None:
    (refusal,) = read_reports(report(blockedURL=blocked))
    assert refusal.blocked == told


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[" * 100_000,
        b"7",
        b'[7, {}, {"body": 7}]',
        b'{"csp-report": {}}',
        b'{"csp-report": {"effective-directive": " "}}',
        json.dumps([{"type": "deprecation", "body": {"effectiveDirective": "x"}}]).encode(),
        report(sourceFile="chrome-extension://abc/x.js"),
        report(blockedURL="moz-extension://abc"),
    ],
)
def test_what_is_no_report_of_ours_is_left_out(body: bytes) -> None:
    assert read_reports(body) == []


def test_ten_reports_at_once_are_enough() -> None:
    (one,) = json.loads(report())
    assert len(read_reports(json.dumps([one] * 30).encode())) == 10


async def test_reports_are_bounded_by_network_and_minute(clock: FakeClock) -> None:
    rate = report_rate(clock)
    for number in range(MOST_A_MINUTE):
        rate.take(f"2001:db8::{number:x}")
    with pytest.raises(TooManyReportsError) as refused:
        rate.take("2001:db8::ffff")
    assert refused.value.retry_after == 60
    rate.take("192.0.2.7")
    await clock.advance(60)
    rate.take("2001:db8::1")


def test_a_kept_error_of_an_older_version_is_readable() -> None:
    kept = {"at": "2026-11-22T12:00:00Z", "kind": "error", "message": "x", "page": "/", "browser": "another"}
    assert len(ClientError.model_validate(kept).fingerprint) == 12
