"""The store is gone for a while under load: nothing is lost, nothing piles up, everybody is told so."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import httpx
import pytest

from app.middleware import FLUSH_WAIT_S
from tests.e2e.server import PATIENCE_S, until
from tests.processes.conftest import Figure
from tests.processes.load import HEADERS, Writer, Written, clients, number_of, text_of, traffic
from tests.processes.scale import OUTAGE_S
from tests.processes.servers import FaultyApp

KEYS = 5_000
WRITES_A_SECOND = 200
WARM_UP_S = 2.0
UNTIL_NOTICED_S = 5.0
"""How long a call to the store may take: before that a stuck one is only slow."""
MOST_GROWTH_BYTES = 30_000_000
BACK_WITHIN_S = 10.0
MOST_TASKS = 2 * WRITES_A_SECOND * int(FLUSH_WAIT_S) * 4
"""Four tasks for each request that waits for its flush, and as much again for clients that catch up."""

NewApp = Callable[..., FaultyApp]


@dataclass
class Seen:
    """What was seen of the app while its store was gone."""

    memory: list[int] = field(default_factory=list)
    tasks: list[int] = field(default_factory=list)
    waiting_calls: list[int] = field(default_factory=list)
    immediate: list[httpx.Response] = field(default_factory=list)
    health: str = ""
    ready: int = 0


def watch(app: FaultyApp, http: httpx.Client, lasts_s: float) -> Seen:
    """Look at the app for a while, and try to write at once again and again."""
    seen, over = Seen(), threading.Event()
    with clients([partial(write_now, app.url, number, seen, over) for number in range(3)]):
        ends_at = time.monotonic() + lasts_s
        while time.monotonic() < ends_at:
            inside = app.look()
            seen.memory.append(app.memory_bytes())
            seen.tasks.append(inside["tasks"])
            seen.waiting_calls.append(inside["waiting_calls"])
            time.sleep(0.2)
        seen.health, seen.ready = health_of(http)
        over.set()
    return seen


def write_now(url: str, number: int, seen: Seen, over: threading.Event) -> None:
    writer = Writer(url, Written())
    with writer.http:
        while not over.is_set():
            seen.immediate.append(writer.write("now", f"now-{number}"))


def health_of(http: httpx.Client) -> tuple[str, int]:
    return http.get("/health").json()["status"], http.get("/readyz").status_code


@pytest.mark.parametrize(("disk", "lasts_s"), [("refusing", OUTAGE_S), ("stuck", OUTAGE_S + UNTIL_NOTICED_S)])
def test_an_outage_costs_nothing(disk: str, lasts_s: float, new_app: NewApp, figure: Figure) -> None:
    app, written = new_app(), Written()
    names = [str(name) for name in range(KEYS)]
    with httpx.Client(base_url=app.url, headers=HEADERS, timeout=PATIENCE_S) as http:
        http.put(f"/test/all/{KEYS}", json={"text": text_of(0)}).raise_for_status()
        with traffic(app.url, written, names, per_second=WRITES_A_SECOND) as pace:
            time.sleep(WARM_UP_S)
            memory_before = app.memory_bytes()
            app.tell(disk=disk)
            pace.outage.set()
            seen = watch(app, http, lasts_s)
            app.tell(disk="well")
            back_at = time.monotonic()
            until(lambda: health_of(http) == ("ok", 200), "health")
            took_s = time.monotonic() - back_at
        until(lambda: not app.look()["depth"], "an empty queue")
        tasks_after = until(lambda: (tasks := app.look()["tasks"]) < 100 and tasks, "the end of all requests")
    growth = max(seen.memory) - memory_before
    figure(
        f"{written.answers.total() / (WARM_UP_S + lasts_s + took_s):.0f} writes/s, "
        f"memory +{growth / 1e6:.1f} MB, back after {took_s:.1f} s, "
        f"at most {max(seen.tasks)} tasks ({tasks_after} afterwards), {max(seen.waiting_calls)} calls waiting"
    )
    assert set(written.answers) == {204}
    assert written.misread == []
    stored = {name: number_of(value.text) for name, value in app.stored_values().items()}
    assert [name for name in names if stored.get(name) != written.sent[name]] == []
    assert (seen.health, seen.ready) == ("degraded", 503)
    for answer in seen.immediate:
        assert answer.status_code == 503
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) == answer.json()["retryAfter"] > 0
    assert growth < MOST_GROWTH_BYTES
    assert max(seen.tasks) < MOST_TASKS
    assert max(seen.waiting_calls) < 10
    assert took_s < BACK_WITHIN_S
