"""The spill file: what a process could not write before it had to end, for the next one to write.

A line of JSON a write, under a header line. Values are as readable as in the store, so the file is for its
owner's eyes only.
"""

import json
import os
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from app.kv.codec import Sealed, seal, unseal
from app.kv.context import Context
from app.kv.deadline import deadline
from app.kv.errors import KVError, UnreadableValueError
from app.kv.flusher import Flusher
from app.kv.guard import GuardedStore
from app.kv.metrics import kind_of
from app.kv.queue import Entry
from app.kv.store import Delete, Limits, Outcome, Put, Write
from app.kv.stores.worker import Worker

SPILL_FILE = "kv-spill.jsonl"
HEADER = {"format": "genre-sorter spill", "version": 1}
WRITE_WITHIN_S = 2.0
"""A disk that is stuck must not keep the process from ending."""
DAMAGED_KEPT_S = timedelta(days=30).total_seconds()
OWNER_ONLY = 0o600
OWNER_ONLY_FOLDER = 0o700

log = structlog.get_logger()


class Spilled(NamedTuple):
    """A write that was not durable when its process ended; without a body it is a removal."""

    key: str
    version: int
    expires_at: float | None
    body: bytes | None

    def as_of(self, now: float) -> "Spilled":
        """Return the write; one of a value whose end has passed removes the value before it."""
        ended = self.expires_at is not None and self.expires_at <= now
        return self._replace(expires_at=None, body=None) if ended else self

    def write(self) -> Write:
        """Return what the store is to do."""
        if self.body is None:
            return Delete(self.key)
        return Put(self.key, seal(Sealed(self.body, self.version, self.expires_at)), self.expires_at)


class Spill:
    """One file, written once at the end of a process and replayed once at the start of the next."""

    def __init__(self, path: Path, context: Context) -> None:
        self._path = path
        self._context = context

    async def save(self, entries: Sequence[Entry]) -> bool:
        """Keep what is queued; return whether that worked, within two seconds. A failure is logged."""
        spilled = [_spilled(entry) for entry in entries]
        worker = Worker(
            "kv-spill", between=_nothing, idle=lambda: WRITE_WITHIN_S, idle_after_s=WRITE_WITHIN_S
        )
        try:
            async with deadline(self._context.clock, WRITE_WITHIN_S):
                await worker.stop(lambda: self._save(spilled))
        except (OSError, TimeoutError) as error:
            log.error("kv.spill-failed", file=str(self._path), error=repr(error))  # noqa: TRY400 - it says all
            return False
        return True

    async def replay(self, store: GuardedStore, flusher: Flusher) -> None:
        """Write what the last process could not, where the store has nothing newer; then remove the file.

        Lines that cannot be read are told, and the file is kept under another name for thirty days.

        Raises:
            KVError: the store does not do its part; the file stays for the next start.
        """
        self._forget_damaged()
        if not self._path.exists():
            return
        spilled, damaged = _read(self._path)
        for one in spilled:
            self._context.versions.seen(one.version)
        writes = await self._wanted(spilled, store)
        for batch in _batches(writes, flusher.limits):
            _check(batch, await flusher.send(batch))
        log.warning(
            "kv.spill-replayed", written=len(writes), left=len(spilled) - len(writes), damaged=damaged
        )
        self._put_away(damaged)

    def _forget_damaged(self) -> None:
        """Remove damaged files that nobody has repaired for long: they may hold people who have left."""
        for kept in self._path.parent.glob(f"{self._path.stem}-damaged-*.jsonl"):
            since = kept.stem.rpartition("-")[2]
            if since.isdecimal() and self._context.now() - int(since) >= DAMAGED_KEPT_S:
                kept.unlink()

    async def _wanted(self, spilled: Sequence[Spilled], store: GuardedStore) -> list[Write]:
        held = await store.get_many([one.key for one in spilled]) if spilled else {}
        now = self._context.now()
        return [one.as_of(now).write() for one in spilled if _is_newer(one.as_of(now), held.get(one.key))]

    def _save(self, spilled: Iterable[Spilled]) -> None:
        """Write the file as a whole or not at all; what an earlier process left there goes with it."""
        newest = {one.key: one for one in self._left()}
        newest.update((one.key, one) for one in spilled)
        temporary = self._path.with_name(self._path.name + ".new")
        temporary.parent.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY), "w") as file:
            file.writelines(f"{line}\n" for line in _lines(newest.values()))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)
        _sync_folder(self._path.parent)

    def _left(self) -> list[Spilled]:
        if not self._path.exists():
            return []
        spilled, damaged = _read(self._path)
        if damaged:
            self._put_away(damaged)
        return spilled

    def _put_away(self, damaged: int) -> None:
        """Let go of the file for good: one that a power cut brings back would bring back what is deleted."""
        if not damaged:
            self._path.unlink()
            _sync_folder(self._path.parent)
            return
        kept = self._path.with_name(f"{self._path.stem}-damaged-{self._context.now():.0f}.jsonl")
        self._path.replace(kept)
        _sync_folder(self._path.parent)
        log.error("kv.spill-damaged", lines=damaged, kept_as=str(kept))


def kinds_of(entries: Iterable[Entry]) -> dict[str, int]:
    """Return how many of the queued writes are of which kind."""
    return dict(sorted(Counter(entry.key.space.prefix for entry in entries).items()))


def _spilled(entry: Entry) -> Spilled:
    body = None if entry.value is None else entry.body
    return Spilled(entry.key.text, entry.version, entry.expires_at, body)


def _lines(spilled: Iterable[Spilled]) -> Iterable[str]:
    yield json.dumps(HEADER)
    for one in spilled:
        yield json.dumps([*one[:3], None if one.body is None else b64encode(one.body).decode()])


def _read(path: Path) -> tuple[list[Spilled], int]:
    """Return the writes of a file and how many lines of it cannot be read."""
    header, *lines = path.read_bytes().splitlines() or [b""]
    if _parsed(header) != HEADER:
        return [], 1 + len(lines)
    read = [_spilled_of(_parsed(line)) for line in lines]
    spilled = [one for one in read if one is not None]
    return spilled, len(read) - len(spilled)


def _parsed(line: bytes) -> Any:
    with suppress(ValueError):
        return json.loads(line)
    return None


def _spilled_of(parsed: Any) -> Spilled | None:
    match parsed:
        case [str(key), int(version), int() | float() | None as expires_at, str() | None as body]:
            with suppress(ValueError):
                return Spilled(
                    key, version, expires_at, None if body is None else b64decode(body, validate=True)
                )
    return None


def _is_newer(spilled: Spilled, held: bytes | None) -> bool:
    if held is None:
        return spilled.body is not None
    try:
        return unseal(held).version < spilled.version
    except UnreadableValueError:
        return True


def _batches(writes: Sequence[Write], limits: Limits) -> Iterable[list[Write]]:
    batch: list[Write] = []
    size = 0
    for write in writes:
        size += len(write.data) if isinstance(write, Put) else 0
        if batch and (len(batch) == limits.batch_keys or size > limits.batch_bytes):
            yield batch
            batch, size = [], len(write.data) if isinstance(write, Put) else 0
        batch.append(write)
    if batch:
        yield batch


def _check(batch: Sequence[Write], outcomes: Mapping[str, Outcome]) -> None:
    for write in batch:
        outcome = outcomes.get(write.key, Outcome.FAILED)
        if outcome is Outcome.FAILED:
            raise KVError("Storage did not take what an earlier process left; it is kept.")
        if outcome is Outcome.REJECTED:
            log.error("kv.dead-letter", kind=kind_of(write.key), size=len(getattr(write, "data", b"")))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _nothing() -> None:
    """There is nothing else to do."""
