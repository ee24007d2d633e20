"""The ledger: what each UTC day cost, kept across restarts."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import structlog
from pydantic import BaseModel, ConfigDict

from app.kv.codec import Sealed, decode, seal, unseal
from app.kv.context import Context
from app.kv.errors import UnreadableValueError
from app.kv.guard import GuardedStore
from app.kv.keyspace import FrozenMapping, Keyspace
from app.kv.metrics import Operations, kind_of, operation_of
from app.kv.store import Outcome, Put, Write

LIFE = timedelta(days=30)
DAYS_LOADED = 9
"""Today, the seven that it is compared with, and one by which the first of those is known to be whole."""
SAVE_EVERY_S = 60.0
KEYS_A_ROUND = 2
"""Today, and yesterday in the first round after midnight."""

log = structlog.get_logger()


class LedgerDay(BaseModel):
    """Store operations of one UTC day by kind."""

    model_config = ConfigDict(frozen=True)

    kinds: FrozenMapping[str, Operations]


LEDGER = Keyspace("kv-ledger", LedgerDay, ttl=LIFE)


class Ledger:
    """Adds the day's counts to every round, those of that very round and of its own write included.

    So a kill never costs it a write; reads between two rounds are saved within a minute, and at the end. Its
    version is the highest of its round, which tells the next process where to go on.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._metrics = context.metrics
        self._saved: dict[date, int] = {}
        self._sent: dict[str, tuple[date, int]] = {}
        self._next_save_at = context.clock.monotonic() + SAVE_EVERY_S

    async def load(self, store: GuardedStore) -> None:
        """Go on counting where the last process ended, with the days that today is compared with.

        Raises:
            KVError: the ledger cannot be read.
        """
        days = await self._kept_days(store)
        for key, data in (await store.get_many(list(days)) if days else {}).items():
            try:
                sealed = unseal(data)
                kinds = decode(LEDGER, sealed.body).kinds
            except UnreadableValueError:
                log.warning("kv.ledger-unreadable", day=str(days[key]))
            else:
                self._context.versions.seen(sealed.version)
                self._saved[days[key]] = self._metrics.restore(days[key], kinds)

    async def _kept_days(self, store: GuardedStore) -> dict[str, date]:
        """Return the days to go on with by their keys, those ahead too.

        Where the clock was set back, earlier processes have counted them, under versions that must be passed.
        """
        first = self._context.clock.now().date() - timedelta(days=DAYS_LOADED - 1)
        page = await store.scan(f"{LEDGER.prefix}:")
        days = {key: _day_of(key) for key in page.keys}
        return {key: day for key, day in days.items() if day and day >= first}

    def unsaved(self) -> set[date]:
        """Return the days of which the store does not know everything."""
        return {day for day, total in self._metrics.day_totals.items() if self._saved.get(day) != total}

    def save_at(self, now: float) -> float:
        """Return when to save without waiting for a round, on the monotonic clock."""
        if now >= self._next_save_at and not self.unsaved():
            self._next_save_at = now + SAVE_EVERY_S
        return self._next_save_at

    def writes(self, others: Sequence[Write]) -> list[Put]:
        """Return the ledger's part of a round that consists of `others` beside it."""
        today = self._context.clock.now().date()
        days = self.unsaved()
        if others:
            days.add(today)
        own = [LEDGER(day).text for day in sorted(days)]
        counted = [(operation_of(write), write.key) for write in others]
        counted += [("writes", key) for key in own]
        self._sent = {}
        self._next_save_at = self._context.clock.monotonic() + SAVE_EVERY_S
        return [self._put(day, counted if day == today else []) for day in sorted(days)]

    def settle(self, outcomes: Mapping[str, Outcome]) -> None:
        """Take note of what the store did with the ledger's part of the round."""
        for key, (day, total) in self._sent.items():
            if outcomes.get(key) is Outcome.DONE:
                self._saved[day] = total

    def _put(self, day: date, extra: Iterable[tuple[str, str]]) -> Put:
        kinds = {kind: dict(counts) for kind, counts in self._metrics.day(day).items()}  # with every round
        for operation, key in extra:
            counts = kinds.setdefault(kind_of(key), {})
            counts[operation] = counts.get(operation, 0) + 1
        key = LEDGER(day).text
        self._sent[key] = (day, sum(sum(counts.values()) for counts in kinds.values()))
        now = self._context.now()
        body = json.dumps({"kinds": kinds}, separators=(",", ":")).encode()
        ends_at = now + LIFE.total_seconds()
        return Put(key, seal(Sealed(body, self._context.versions.next(now), ends_at)), ends_at)


def _day_of(key: str) -> date | None:
    try:
        return date.fromisoformat(key.partition(":")[2])
    except ValueError:
        return None
