"""What an operator should know or do, found in the counts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from app.kv.keyspace import FrozenMapping
from app.kv.last_hour import Recent
from app.kv.limits import OPERATIONS, SETTINGS, DailyLimits, Operation, on_course
from app.kv.metrics import Operations, Snapshot
from app.kv.options import KVOptions

Level = Literal["recommendation", "warning", "critical", "degraded"]
LEVELS: Final[tuple[Level, ...]] = ("recommendation", "warning", "critical", "degraded")

QUEUE_WARNING_S, QUEUE_DEGRADED_S = 15.0, 60.0
LIMIT_WARNING, LIMIT_CRITICAL = 0.8, 0.9
FEWEST_LOOKUPS = 100
GOOD_SESSION_RATIO, GOOD_RATIO = 0.7, 0.5
NEARLY_FULL = 0.8
MOST = 0.5
A_DAY_S = 86_400

SLOW_STORE = (
    "The store is slower than what is written to it: look at its disk, and for store.timeout in the log."
)


class Finding(BaseModel):
    """Something to know and what to do about it.

    Attributes:
        about: what is judged: the store's health, a limit on it, the budget of calls, or what only the
            operator's desk looks at.
        fact: one sentence with `%(name)s` where values stand, as gettext wants it.
        action: another, of what to do.
        values: what stands in the two.
    """

    model_config = ConfigDict(frozen=True)

    level: Level
    about: Literal["store", "limits", "budget", "sources", "browsers", "answers", "jobs", "access", "proxies"]
    fact: str
    action: str
    values: FrozenMapping[str, int | str]

    @property
    def told_fact(self) -> str:
        """The fact in English."""
        return self.fact % self.words("{:,}".format)

    @property
    def told(self) -> str:
        """The fact and the action in English."""
        return f"{self.fact} {self.action}" % self.words("{:,}".format)

    def words(self, number: Callable[[int], str]) -> dict[str, str]:
        """Return the values as a language writes them."""
        return {
            name: value if isinstance(value, str) else number(value) for name, value in self.values.items()
        }


def _finding(level: Level, fact: str, action: str, **values: int | str) -> Finding:
    return Finding(level=level, about="store", fact=fact, action=action, values=values)


@dataclass(frozen=True, slots=True)
class Findings:
    """Looks through one snapshot; every method yields what it finds, nothing when all is well."""

    snapshot: Snapshot
    limits: DailyLimits
    options: KVOptions

    def all(self) -> Iterator[Finding]:
        """Yield everything."""
        yield from self.queue()
        yield from self.dead_letters()
        for operation in OPERATIONS:
            if operation in self.limits.judged:
                yield from self.limit(operation)
        yield from self.session_ratio()
        yield from self.ratio()
        yield from self.full_queue()
        yield from self.dropped()

    def queue(self) -> Iterator[Finding]:
        """How long writes wait for the store; the gravest cause alone."""
        queue = self.snapshot.queue
        if queue.failing:
            fact = "The store refuses or does not answer; writes that wait in memory: %(depth)s."
            action = "Look for store.failed and store.timeout in the log: it says what the store answered."
            if self.snapshot.trouble:
                action = "%(trouble)s"
            yield _finding("degraded", fact, action, depth=queue.depth, trouble=self.snapshot.trouble)
        elif queue.oldest_s > QUEUE_WARNING_S:
            level: Level = "degraded" if queue.oldest_s > QUEUE_DEGRADED_S else "warning"
            fact = "The oldest queued write has waited for %(seconds)s seconds."
            yield _finding(level, fact, SLOW_STORE, seconds=int(queue.oldest_s))
        elif queue.deep_s > QUEUE_WARNING_S:
            fact = "More than ten writes have been waiting for %(seconds)s seconds."
            yield _finding("warning", fact, SLOW_STORE, seconds=int(queue.deep_s))

    def dead_letters(self) -> Iterator[Finding]:
        """Writes that will never be durable."""
        if count := self.snapshot.queue.dead_letters:
            fact = (
                "Some writes were too large or had a key that the store cannot hold; dead letters: %(count)s."
            )
            action = "Their keys are on the operator's page. What they should have saved is lost; report it."
            yield _finding("degraded", fact, action, count=count)

    def full_queue(self) -> Iterator[Finding]:
        """A queue near its bound."""
        queue, options = self.snapshot.queue, self.options
        share = max(queue.depth / options.queue_entries, queue.bytes / options.queue_bytes)
        if share > NEARLY_FULL:
            fact = "The write queue is %(percent)s%% full, most of it %(kind)s."
            action = "What it has no room for waits, then is refused: find out why the store is slow."
            kind = max(queue.kinds, key=lambda name: queue.kinds[name])
            yield _finding("recommendation", fact, action, percent=round(share * 100), kind=kind)

    def dropped(self) -> Iterator[Finding]:
        """Writes of the last hour that were given up."""
        for kind, recent in self.snapshot.last_hour.items():
            if recent.dropped:
                fact = "%(kind)s: %(count)s writes were given up in the last hour."
                action = "The queue was full or the store would not take them: look at the disk and the log."
                yield _finding("recommendation", fact, action, kind=kind, count=recent.dropped)

    def session_ratio(self) -> Iterator[Finding]:
        """Sessions that memory does not know, though nearly every request asks for one."""
        recent = self.snapshot.last_hour.get("session", Recent())
        if recent.lookups >= FEWEST_LOOKUPS and recent.hit_ratio < GOOD_SESSION_RATIO:
            fact = "%(kind)s: %(percent)s%% of %(lookups)s lookups in the last hour were answered by memory."
            yield self._advise("session", fact, lookups=recent.lookups, percent=_percent(recent.hit_ratio))

    def ratio(self) -> Iterator[Finding]:
        """Lookups of all kinds that memory does not answer; the kind with most of them is named."""
        kinds, recent = self.snapshot.last_hour, self.snapshot.recent
        kept = {kind for kind, cache in self.snapshot.cache.kinds.items() if cache.by_design}
        worst = max(kept & kinds.keys(), key=lambda kind: kinds[kind].misses, default=None)
        if worst and recent.lookups >= FEWEST_LOOKUPS and recent.hit_ratio < GOOD_RATIO:
            fact = (
                "%(kind)s: memory answered %(percent)s%% of all lookups in the last hour; "
                "of %(all)s misses this kind has %(misses)s."
            )
            percent, misses = _percent(recent.hit_ratio), kinds[worst].misses
            yield self._advise(worst, fact, percent=percent, all=recent.misses, misses=misses)

    def _advise(self, kind: str, fact: str, **values: int | str) -> Finding:
        """Name the setting that keeps more of a kind in memory, and its value now."""
        cache = self.snapshot.cache.kinds.get(kind)
        if not self.options.memory_cache:
            action, setting = "Turn KV_MEMORY_CACHE on; it is off.", 0
        elif cache and cache.evictions and cache.entries >= cache.most_entries:
            action, setting = "Raise KV_CACHE_ENTRIES, now %(setting)s.", self.options.cache_entries
        elif cache and cache.evictions:
            action, setting = "Raise KV_CACHE_BYTES, now %(setting)s.", self.options.cache_bytes
        else:
            setting = round(cache.lifetime_s) if cache else 0
            action = self._longer(setting)
        return _finding("recommendation", fact, action, kind=kind, setting=setting, **values)

    def _longer(self, lifetime_s: float) -> str:
        if lifetime_s >= A_DAY_S:
            return (
                "KV_CACHE_TTL keeps it for %(setting)s seconds already: "
                "what was missed was asked for the first time since the start, or is not there."
            )
        if not self.options.trust_memory:
            return (
                "Turn KV_TRUST_MEMORY on if nobody else writes the store, "
                "or raise KV_CACHE_TTL of %(kind)s, now %(setting)s seconds."
            )
        return "Raise KV_CACHE_TTL of %(kind)s, now %(setting)s seconds."

    def limit(self, operation: Operation) -> Iterator[Finding]:
        """A limit that is near, or will be passed before midnight."""
        kinds = self.snapshot.today
        used, limit = sum(getattr(kind, operation) for kind in kinds.values()), self.limits.of(operation)
        course = on_course(used, self.snapshot.taken_at) or 0
        if used > limit * LIMIT_WARNING:
            level: Level = "critical" if used > limit * LIMIT_CRITICAL else "warning"
            fact = "Today's %(operation)s: %(used)s of %(limit)s, %(percent)s%%."
        elif course > limit:
            level = "recommendation"
            fact = "Today's %(operation)s: on course for %(course)s by midnight UTC; the limit is %(limit)s."
        else:
            return
        kind, share = _most(kinds, operation)
        values: dict[str, int | str] = {
            "operation": operation,
            "used": used,
            "limit": limit,
            "percent": _percent(used / limit),
            "course": course,
            "kind": kind,
            "share": _percent(share),
            "setting": SETTINGS[operation],
        }
        action = self._fewer(operation, share)
        yield Finding(level=level, about="limits", fact=fact, action=action, values=values)

    def _fewer(self, operation: Operation, share: float) -> str:
        """Say what makes fewer operations, of which one kind has this share."""
        if operation == "writes" and not self.options.write_batching:
            return "Turn KV_WRITE_BATCHING on; it is off."
        if operation == "reads" and not self.options.memory_cache:
            return "Turn KV_MEMORY_CACHE on; it is off."
        if share > MOST:
            return "Most of them, %(share)s%%, are %(kind)s. Raise %(setting)s if that is as it should be."
        return "Raise %(setting)s if that is as it should be; it counts anew from midnight UTC."


def _most(kinds: Mapping[str, Operations], operation: Operation) -> tuple[str, float]:
    """Return the kind that has most of an operation, and its share."""
    counts = {kind: int(getattr(counts, operation)) for kind, counts in kinds.items()}
    kind = max(counts, key=lambda name: counts[name])
    return kind, counts[kind] / sum(counts.values())


def _percent(share: float) -> int:
    return round(share * 100)
