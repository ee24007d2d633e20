"""SIGTERM in the middle of things: the process ends in time, and what it has answered is there afterwards."""

import stat
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Self

import httpx
import pytest

from app.cli import GRACEFUL_S
from app.kv.cached import DRAIN_S
from app.kv.spill import SPILL_FILE
from app.middleware import FLUSH_WAIT_S
from tests.e2e.listener import Listener
from tests.e2e.server import Server, until
from tests.processes.conftest import Figure
from tests.processes.load import HEADERS, Writer, Written, clients, number_of
from tests.processes.served_app import AHEAD_S
from tests.processes.servers import FaultyApp
from tests.processes.value_routes import VALUE, Value

GRACE_S = GRACEFUL_S + DRAIN_S
"""What requests and the queue are given; whoever runs the app should wait a little longer before SIGKILL."""
LOAD_S = 1.5
DAYS_BACK_S = 5 * 86_400.0
KEYS = [f"{how}-{number}" for how in ("later", "now") for number in range(5)]
EARLIER = "0 written when the store was well"

NewApp = Callable[..., FaultyApp]


def stopped_under_load(app: FaultyApp) -> tuple[Written, float]:
    """Stop the app while ten clients write; return what they were told, and the seconds until its end."""
    written = Written()
    work = [partial(Writer(app.url, written).write_on, name.partition("-")[0], name) for name in KEYS]
    with clients(work):
        time.sleep(LOAD_S)
        told_at = time.monotonic()
        app.tell_to_stop()
        app.ended()
        took_s = time.monotonic() - told_at
    return written, took_s


def missing(app: FaultyApp, written: Written) -> object:
    return written.missing({name: number_of(value.text) for name, value in app.stored_values().items()})


def test_a_slow_store_and_an_open_stream(
    new_app: NewApp, new_listener: Callable[[Server], Listener], figure: Figure
) -> None:
    app = new_app(SPOTIFY_RATE_PER_SECOND="1")
    listener = new_listener(app)
    listener.start_scan()
    app.tell(disk="slow", delay_s=0.5)
    with Watching(listener) as watching:
        written, took_s = stopped_under_load(app)
    assert watching.ended_well
    figure(f"ended after {took_s:.1f} s; {written.answers[204]} writes answered")
    assert len(written.told) == len(KEYS)
    assert missing(app, written) == {}
    assert took_s < GRACE_S
    assert "timeout graceful shutdown exceeded" not in app.log()


class Watching:
    """Somebody who looks at the progress of a scan until it ends, or the app does."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.began = threading.Event()
        self.ended_well = False
        self.thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self.thread.start()
        until(self.began.is_set, "the first event")
        return self

    def __exit__(self, *_: object) -> None:
        self.thread.join()

    def _watch(self) -> None:
        with self.listener.http.stream("GET", "/api/genres/scan/events") as stream:
            for _ in stream.iter_lines():  # one that is cut off, not ended, raises
                self.began.set()
        self.ended_well = True


def test_what_came_while_a_slow_round_was_on_its_way_is_drained(new_app: NewApp) -> None:
    """The round takes longer than requests wait for it: the second value is left to the process's end."""
    app = new_app()
    app.tell(disk="slow", delay_s=FLUSH_WAIT_S + 1)
    with httpx.Client(base_url=app.url, headers=HEADERS) as http:
        for name in ("first", "second"):
            http.put(f"/test/later/{name}", json={"text": name}).raise_for_status()
    app.tell_to_stop()
    app.ended()
    assert app.stored(VALUE("second"))
    assert not (app.folder / SPILL_FILE).exists()


def test_a_request_whose_client_is_gone_is_waited_for(new_app: NewApp) -> None:
    app = new_app(KV_BATCH_DELAY_S="3600")
    with httpx.Client(base_url=app.url, headers=HEADERS) as http, pytest.raises(httpx.ReadTimeout):
        http.put("/test/work/late", json={"text": "done"}, timeout=0.2)
    app.tell_to_stop()
    app.ended()
    assert app.stored(VALUE("late"))


def test_a_stuck_store_and_a_clock_that_was_set_back(new_app: NewApp, figure: Figure) -> None:
    """What cannot be written is left to the next start, which does not take it for old and writes it once."""
    app = new_app()
    write(app, [*KEYS, "untouched"])
    app.stop()
    app.env[AHEAD_S] = str(-DAYS_BACK_S)
    app.start()
    app.tell(disk="stuck", ahead_s=-DAYS_BACK_S)
    written, took_s = stopped_under_load(app)
    figure(f"ended after {took_s:.1f} s; {written.answers[204]} writes answered")
    assert took_s < GRACE_S
    assert "Traceback" not in app.log()
    assert app.log().count("kv.flush-slow") < 10
    spill = app.folder / SPILL_FILE
    assert stat.S_IMODE(spill.stat().st_mode) == 0o600
    left_behind = spill.read_bytes()

    app.start()
    assert not spill.exists()
    assert written.told
    assert missing(app, written) == {}
    assert app.stored(VALUE("untouched")) == Value(text=EARLIER)

    write(app, written.told)
    app.stop()
    spill.write_bytes(left_behind)
    app.start()
    assert not spill.exists()
    assert {app.stored(VALUE(name)) for name in written.told} == {Value(text=EARLIER)}


def write(app: FaultyApp, names: Iterable[str]) -> None:
    with httpx.Client(base_url=app.url, headers=HEADERS) as http:
        for name in names:
            http.put(f"/test/now/{name}", json={"text": EARLIER}).raise_for_status()
