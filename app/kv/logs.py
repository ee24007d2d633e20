"""Bounded logs: the newest records of a kind, kept in segments of fifty."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, cast

from pydantic import BaseModel, ConfigDict

from app.kv.keyspace import AtBound, Key, Keyspace, R

if TYPE_CHECKING:
    from app.kv.cached import CachedKV

SEGMENT_RECORDS = 50


class LogHead(BaseModel):
    """Numbers of the oldest segment that is kept and of the one being written."""

    model_config = ConfigDict(frozen=True)

    first: int = 0
    last: int = 0


class Logged(BaseModel, Generic[R]):
    """A record and when it was appended."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    record: R


class Segment(BaseModel, Generic[R]):
    """Some records, oldest first."""

    model_config = ConfigDict(frozen=True)

    records: tuple[Logged[R], ...] = ()


class LogSpace(Generic[R]):
    """A log of one kind of record.

    Args:
        prefix: first part of its keys, and its name in the metrics.
        model: the record, a frozen Pydantic model.
        newest: how many records can be read back.
        ttl: life of a record.
        cache_ttl: life in memory.
    """

    def __init__(
        self, prefix: str, model: type[R], *, newest: int, ttl: timedelta, cache_ttl: timedelta | None = None
    ) -> None:
        self.prefix, self.newest, self.ttl = prefix, newest, ttl
        self.segments_kept = -(-newest // SEGMENT_RECORDS) + 1
        segment = cast("type[Segment[R]]", Segment.__class_getitem__(model))
        bound = AtBound.DROP_OLDEST
        self._heads = Keyspace(prefix, LogHead, cache_ttl=cache_ttl, at_bound=bound, stale_if_down=True)
        self._segments = Keyspace(
            prefix, segment, ttl=ttl, cache_ttl=cache_ttl, at_bound=bound, stale_if_down=True
        )

    def head(self) -> Key[LogHead]:
        """Return the key under which the log remembers its segments."""
        return self._heads("head")

    def segment(self, number: int) -> Key[Segment[R]]:
        """Return the key of a segment."""
        return self._segments(number)

    def key_of(self, name: str) -> Key[Any]:
        """Return the key of the head or of a segment, by what follows the prefix."""
        return self.head() if name == "head" else Key(self._segments, f"{self.prefix}:{name}")

    def live(self, segment: Segment[R] | None, now: datetime) -> tuple[Logged[R], ...]:
        """Return the segment's records that are not too old."""
        return tuple(logged for logged in segment.records if logged.at > now - self.ttl) if segment else ()

    def extend(self, records: Iterable[Logged[R]], record: R, now: datetime) -> Segment[R]:
        """Return a segment of these records and one more."""
        logged = Logged[R](at=now, record=record)
        return self._segments.model(records=(*records, logged))


async def append(kv: "CachedKV", log: LogSpace[R], record: R, now: datetime) -> None:
    """Queue one more record; the caller holds the log's lock."""
    head = await kv.get(log.head()) or await _begin(kv, log)
    segment = await kv.get(log.segment(head.last))
    if segment and len(segment.records) >= SEGMENT_RECORDS:
        head = await _advance(kv, log, head)
        segment = await kv.get(log.segment(head.last))  # there when only the head's write was lost
    await kv.put_later(log.segment(head.last), log.extend(log.live(segment, now), record, now))


async def _begin(kv: "CachedKV", log: LogSpace[R]) -> LogHead:
    await kv.put_later(log.head(), LogHead())
    return LogHead()


async def _advance(kv: "CachedKV", log: LogSpace[R], head: LogHead) -> LogHead:
    """Begin the next segment and let go of those that nobody can read any more."""
    last = head.last + 1
    first = max(head.first, last + 1 - log.segments_kept)
    await kv.put_later(log.head(), LogHead(first=first, last=last))
    for number in range(head.first, first):
        await kv.delete_later(log.segment(number))
    return LogHead(first=first, last=last)


async def entries(kv: "CachedKV", log: LogSpace[R], newest: int, now: datetime) -> list[R]:
    """Return up to `newest` records, the newest first."""
    wanted = min(newest, log.newest)
    head = await kv.get(log.head()) or LogHead()
    first = max(head.first, head.last - wanted // SEGMENT_RECORDS - 1)
    keys = [log.segment(number) for number in range(head.last, first - 1, -1)]
    segments = await kv.get_many(keys)
    records = [logged.record for key in keys for logged in reversed(log.live(segments.get(key), now))]
    return records[:wanted]
