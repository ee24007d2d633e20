"""What a request has queued is written after its answer is out, and nobody waits for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.in_process import served
from tests.e2e.listener import Listener
from tests.e2e.server import until
from tests.e2e.watched_store import HeldStore, PatientClock, open_watched

SESSIONS_OF_USER = "user-sessions"
"""Signing out ends the session at once and queues the change of its person's list."""


@pytest.fixture
def opened() -> list[HeldStore]:
    return []


@pytest.fixture
def listener(tmp_path: Path, opened: list[HeldStore]) -> Iterator[Listener]:
    """Somebody signed in, on a server whose clock lets no wait for the store end by itself."""
    opener = open_watched(HeldStore, opened)
    with served(tmp_path, opener, PatientClock()) as url, Listener(url) as listener:
        yield listener.sign_in()


def test_the_client_has_its_answer_before_a_slow_flush_ends(
    listener: Listener, opened: list[HeldStore]
) -> None:
    (store,) = opened
    with store.holding(SESSIONS_OF_USER):
        answer = listener.http.post("/auth/logout", follow_redirects=False)
        assert answer.status_code == 303
        until(store.reached.is_set, "the flush of what was queued")
        assert SESSIONS_OF_USER not in store.done

        again = listener.json("/session")  # over the same connection
        assert not again["authenticated"]
        assert SESSIONS_OF_USER not in store.done
    until(lambda: SESSIONS_OF_USER in store.done, "the end of the flush")
