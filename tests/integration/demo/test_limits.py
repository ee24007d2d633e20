import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from starlette.types import ASGIApp

from app.demo.switches import Switches
from tests.fakes import FakeClock
from tests.integration.demo.conftest import BuildApp
from tests.integration.demo.visitor import Visitor

pytestmark = pytest.mark.anyio


async def statuses(visitor: Visitor, calls: int) -> list[int]:
    return [(await visitor.api("GET", "/me")).status_code for _ in range(calls)]


async def test_so_many_calls_in_thirty_seconds(signed_in: Visitor, clock: FakeClock) -> None:
    await signed_in.switch(window_limit=3)
    assert await statuses(signed_in, 2) == [200, 200]
    await clock.advance(10)
    assert await statuses(signed_in, 2) == [200, 429]
    refused = await signed_in.api("GET", "/me")
    assert refused.headers["Retry-After"] == "20"
    assert "reason" not in refused.json()["error"]
    await clock.advance(20)
    assert await statuses(signed_in, 3) == [200, 200, 429]


async def test_the_window_may_be_told_in_plain_text_without_retry_after(signed_in: Visitor) -> None:
    await signed_in.switch(window_limit=1, rate_limit_plain=True, retry_after_s=None)
    await statuses(signed_in, 1)
    refused = await signed_in.api("GET", "/me")
    assert (refused.status_code, refused.text) == (429, "Too many requests")
    assert "Retry-After" not in refused.headers


async def test_all_people_share_the_quota_of_a_day(build: BuildApp, clock: FakeClock) -> None:
    app = build(
        account_lifetime=timedelta(days=3), switches=Switches(token_lifetime_s=200_000, daily_limit=5)
    )
    one, other = await Visitor(app).sign_in(), await Visitor(app).sign_in()
    assert await statuses(one, 3) == [200] * 3
    await clock.advance(3600)
    assert await statuses(other, 3) == [200, 200, 429]
    refused = await one.api("GET", "/me")
    assert refused.json()["error"]["reason"] == "QUOTA_EXCEEDED"
    assert refused.headers["Retry-After"] == str(23 * 3600)
    assert (await one.control())["calls"]["limited"] == 2
    await clock.advance(23 * 3600)
    assert await statuses(one, 4) == [200, 200, 200, 429]


async def test_signing_in_and_refreshing_are_not_counted(app: ASGIApp) -> None:
    visitor = await Visitor(app).sign_in()
    await visitor.switch(daily_limit=1, window_limit=1)
    assert await statuses(visitor, 2) == [200, 429]
    assert (await visitor.refresh()).status_code == 200


async def test_some_calls_fail_by_chance_and_the_same_ones_in_every_run(
    app: ASGIApp, signed_in: Visitor
) -> None:
    runs = []
    for _ in range(2):
        await signed_in.http.post("/control/reset")
        await signed_in.sign_in()
        await signed_in.switch(fail_share=0.3)
        runs.append(await statuses(signed_in, 60))
    assert runs[0] == runs[1]
    counted = Counter(runs[0])
    assert set(counted) == {200, 500, 502, 503}
    assert 30 < counted[200] < 50


async def test_failures_may_have_no_body(signed_in: Visitor) -> None:
    await signed_in.switch(fail_next=1, fail_body="empty")
    answer = await signed_in.api("GET", "/me")
    assert (answer.status_code, answer.content) == (502, b"")


async def test_some_answers_are_slow(signed_in: Visitor, clock: FakeClock) -> None:
    await signed_in.switch(slow_share=1, slow_ms=9000)
    call = asyncio.create_task(signed_in.api("GET", "/me"))
    await clock.advance(8.9)
    assert not call.done()
    await clock.advance(0.1)
    assert (await call).status_code == 200
