"""Faults of the end, and of what one process leaves to the next."""

from collections.abc import Iterator, Sequence
from unittest.mock import patch

from app.kv.cached import CachedKV
from app.kv.codec import unseal
from app.kv.flusher import Flusher
from app.kv.guard import GuardedStore
from app.kv.queue import Entry
from app.kv.spill import Spill, Spilled
from app.kv.writing import Writer
from tests.unit.kv.machine.mutant import instead, mutant


@mutant(seed=0)
def closing_does_not_drain() -> Iterator[None]:
    with patch("app.kv.cached.DRAIN_S", 0.0):
        yield


@mutant(seed=1)
def closing_forgets_what_it_takes_last() -> Iterator[None]:
    with instead(Writer, "close", lambda self: None):
        yield


@mutant(seed=0)
def nothing_is_left_behind() -> Iterator[None]:
    async def leave_behind(self: CachedKV) -> None:
        return

    with instead(CachedKV, "_leave_behind", leave_behind):
        yield


@mutant(seed=4)
def removals_are_not_left_behind() -> Iterator[None]:
    original = Spill.save

    async def save(self: Spill, entries: Sequence[Entry]) -> bool:
        return await original(self, [entry for entry in entries if entry.value is not None])

    with instead(Spill, "save", save):
        yield


@mutant(seed=0)
def what_was_left_behind_replaces_anything() -> Iterator[None]:
    with patch("app.kv.spill._is_newer", lambda spilled, held: True):
        yield


@mutant(seed=0)
def what_was_left_behind_is_written_at_every_start() -> Iterator[None]:
    with instead(Spill, "_put_away", lambda self, damaged: None):
        yield


@mutant(seed=0)
def what_was_left_behind_is_written_at_no_start() -> Iterator[None]:
    async def replay(self: Spill, store: GuardedStore, flusher: Flusher) -> None:
        self._path.unlink(missing_ok=True)

    with instead(Spill, "replay", replay):
        yield


@mutant(seed=0)
def what_has_ended_since_is_left_out() -> Iterator[None]:
    def is_newer(spilled: Spilled, held: bytes | None) -> bool:
        return spilled.body is not None and (held is None or unseal(held).version < spilled.version)

    with patch("app.kv.spill._is_newer", is_newer):
        yield
