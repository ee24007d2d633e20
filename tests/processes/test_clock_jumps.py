"""The wall clock is set by hours and days, back and forth, while the app runs and between its lives."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.e2e.listener import Listener
from tests.e2e.server import Server, until
from tests.processes.load import HEADERS, Written, number_of, traffic
from tests.processes.scale import SEED
from tests.processes.served_app import AHEAD_S
from tests.processes.servers import FaultyApp
from tests.processes.value_routes import VALUE

HOUR, DAY = 3600.0, 86_400.0
NewApp = Callable[..., FaultyApp]
NewListener = Callable[[Server], Listener]


@pytest.fixture
def app(new_app: NewApp) -> FaultyApp:
    return new_app()


def is_signed_in(listener: Listener) -> bool:
    return bool(listener.json("/session")["authenticated"])


def restart(app: FaultyApp, *, ahead_s: float = 0.0) -> None:
    app.stop()
    app.env[AHEAD_S] = str(ahead_s)
    app.start()


@pytest.mark.parametrize("days", [8, 400])
def test_a_session_that_was_seen_to_have_ended_stays_so(
    days: int, app: FaultyApp, new_listener: NewListener
) -> None:
    listener = new_listener(app)
    app.tell(ahead_s=days * DAY)
    assert not is_signed_in(listener)
    app.tell(ahead_s=0)
    assert not is_signed_in(listener)
    restart(app)
    assert not is_signed_in(listener)


def test_a_clock_that_is_behind_signs_nobody_out_and_nobody_in(
    app: FaultyApp, new_listener: NewListener
) -> None:
    stays, leaves = new_listener(app), new_listener(app)
    for ahead_s in (-3 * HOUR, -60 * DAY):
        app.tell(ahead_s=ahead_s)
        assert is_signed_in(stays)
        assert is_signed_in(new_listener(app))
    cookies = {cookie["name"]: cookie["value"] for cookie in leaves.cookies}
    leaves.http.post("/auth/logout")
    with Listener(app.url, cookies) as left:
        for ahead_s in (-DAY, 0, DAY):
            app.tell(ahead_s=ahead_s)
            assert is_signed_in(stays)
            assert not is_signed_in(left)
        restart(app, ahead_s=-30 * DAY)
        assert is_signed_in(stays)
        assert not is_signed_in(left)


def test_no_write_is_lost_whatever_time_it_is(app: FaultyApp) -> None:
    """Values are written over at other times, in other lives, and after a crash."""
    chance, written = random.Random(SEED), Written()
    names = [str(number) for number in range(100)]
    for _ in range(3):
        with traffic(app.url, written, names, per_second=100) as pace:
            pace.outage.set()  # every value may be read back at once
            for _ in range(4):
                app.tell(ahead_s=chance.choice((-1, 1)) * chance.uniform(HOUR, 40 * DAY))
                time.sleep(0.3)
        app.kill()
        app.env[AHEAD_S] = str(chance.uniform(-40 * DAY, 40 * DAY))
        app.start()
        assert written.misread == []
        stored = {name: number_of(value.text) for name, value in app.stored_values().items()}
        assert written.missing(stored) == {}


@pytest.mark.parametrize("days", [-3, 3])
def test_a_batch_is_written_when_it_is_old_though_the_clock_says_otherwise(
    days: int, new_app: NewApp
) -> None:
    app = new_app(KV_BATCH_DELAY_S="1")
    app.queue("aged")
    app.tell(ahead_s=days * DAY)
    until(lambda: app.stored(VALUE("aged")), "the write of what only grew old")


def test_the_ledger_counts_each_day_by_itself(app: FaultyApp) -> None:
    before = usage_of(app)
    spent = {}
    for days in (1, -1, 2):
        app.tell(ahead_s=days * DAY)
        with httpx.Client(base_url=app.url, headers=HEADERS) as http:
            for number in range(50):
                http.put(f"/test/now/{number}", json={"text": f"{days} {number}"}).raise_for_status()
        spent[days] = usage_of(app, days)
        assert 50 <= spent[days]["operations"]["writes"] <= 2 * 50 + 10
    app.tell(ahead_s=0)
    assert usage_of(app)["operations"]["writes"] <= before["operations"]["writes"] + 5
    for days, usage in spent.items():
        restart(app, ahead_s=days * DAY)
        assert usage_of(app, days)["operations"]["writes"] >= usage["operations"]["writes"]


def usage_of(app: FaultyApp, days: int = 0) -> dict[str, Any]:
    usage = dict(httpx.get(f"{app.url}/api/kv-usage").raise_for_status().json())
    assert usage["date"] == (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    return usage
