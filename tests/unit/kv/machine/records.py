"""A bounded log, of which every record is followed."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.unit.kv.machine.promises import Promises
from tests.unit.kv.machine.quick_clock import QuickClock


@dataclass(slots=True, eq=False)
class Record:
    """One record: how far it got."""

    number: int
    ends_at: float
    sure: bool = False
    durable: bool = False


class Records:
    """The records of the log, in the order in which they were appended."""

    def __init__(self, clock: QuickClock, promises: Promises, *, newest: int, life_s: float) -> None:
        self._clock = clock
        self._hold = promises.hold
        self._newest, self._life_s = newest, life_s
        self._records: list[Record] = []
        self._head_gave_way = False

    def called(self) -> Record:
        """Somebody appends a record."""
        record = Record(len(self._records), self._clock.now().timestamp() + self._life_s)
        self._records.append(record)
        return record

    def sure(self) -> list[Record]:
        """Return the records that are there for sure."""
        return [record for record in self._records if record.sure]

    def read(self, numbers: Sequence[int], *, wanted: int, sure: Sequence[Record]) -> None:
        """A caller who wanted so many has read these; `sure` were there when it called."""
        now, wanted = self._clock.now().timestamp(), min(wanted, self._newest)
        ordered = list(numbers) == sorted(set(numbers), reverse=True)
        self._hold(ordered or self._head_gave_way, "a log is read newest first")
        self._hold(len(numbers) <= wanted, "a log gives no more than is wanted")
        for record in sure:
            newer = sum(number > record.number for number in numbers)
            there = record.number in numbers or newer >= wanted or record.ends_at <= now
            self._hold(there, "a log never loses one of its newest records")

    def flushed(self, sure: Sequence[Record]) -> None:
        """A flush has returned that was called when these were sure."""
        for record in sure:
            record.durable = True

    def gave_way(self) -> None:
        """The queue was full and gave up a part of the log, its head perhaps, so that it begins anew."""
        self._head_gave_way = True
        self._forget()

    def _forget(self) -> None:
        for record in self._records:
            record.sure = record.durable

    def ended(self) -> None:
        """The process is gone: what was durable is there."""
        self._forget()
