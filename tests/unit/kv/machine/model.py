"""What every key must look like: the queue as the rules describe it, and what each key showed when."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from app.kv.codec import encode, unseal
from app.kv.counting import PART
from app.kv.keyspace import Key
from app.kv.store import Delete, Outcome, Write
from tests.unit.kv.machine.kinds import KEYS, NOTES
from tests.unit.kv.machine.promises import Promises
from tests.unit.kv.machine.quick_clock import QuickClock
from tests.unit.kv.stand_ins import Note

ASKED_S = 5.0
"""A read tells what the store held when it was asked, which may be this long ago."""
STALE_S = 3600.0


@dataclass(slots=True, eq=False)
class Version:
    """One write that has taken effect, None being a delete; numbers tell which of two is newer."""

    key: Key[Note]
    value: Note | None
    ends_at: float | None
    number: int
    sent: bool = False
    accepted: bool = False

    def is_sent_as(self, write: Write, *, left_behind: bool) -> bool:
        """Whether the store is told to do this; what has ended since it was left behind is removed."""
        if isinstance(write, Delete) or self.value is None:
            return isinstance(write, Delete) and (self.value is None or left_behind)
        sealed = unseal(write.data)
        return sealed.body == encode(self.value) and sealed.expires_at == write.expires_at == self.ends_at


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in the order of events, and the time on the clock."""

    tick: int
    time: float


@dataclass(frozen=True, slots=True)
class Shown:
    """What a key shows from a moment on; `foreign` when another process changed it."""

    version: Version
    since: Moment
    foreign: bool = False


class Model:
    """The notes: what is queued, what is being written, what the store holds, what each key showed.

    A key shows its newest write that is not durable, else what the store holds.
    """

    def __init__(self, clock: QuickClock, promises: Promises) -> None:
        self._clock = clock
        self._hold = promises.hold
        self._numbers, self._ticks = count(1), count(1)
        self.queue: dict[str, Version] = {}
        self.in_flight: dict[str, Version] = {}
        self.stored = {text: Version(key, None, None, 0) for text, key in KEYS.items()}
        self.history = {text: [Shown(version, self.moment())] for text, version in self.stored.items()}
        self.told: Counter[tuple[str, str]] = Counter()
        self._same: dict[str, int] = {}
        self._lost: dict[str, int] = {}
        self._failed: dict[str, int] = {}
        self._refused = self._read_failed = 0
        self._replayed = False
        self.hangs: Callable[[], bool] = bool
        """Whether the store is known to hang: then nothing is asked of it, and everything fails at once."""

    def moment(self) -> Moment:
        """Return now."""
        return Moment(next(self._ticks), self._clock.now().timestamp())

    # Writes.

    def written(self, key: Key[Note], value: Note | None, ends_at: float | None) -> Version:
        """A write takes effect: it is queued in the place of an older one."""
        version = Version(key, value, ends_at, next(self._numbers))
        self.told[key.space.prefix, "coalesced"] += key.text in self.queue
        self.queue[key.text] = version
        self._show(key.text)
        return version

    def skipped(self, key: Key[Note], value: Note, ends_at: float | None) -> Version:
        """A write is left out: the store must hold the same, for more than half of the life."""
        held, now = self.stored[key.text], self.moment().time
        same = held.value == value and key.text not in self.in_flight
        if held.ends_at is None or ends_at is None:
            lives = held.ends_at == ends_at
        else:
            lives = now + (ends_at - now) / 2 < held.ends_at <= ends_at
        self._hold(same and lives, f"a write of {key} is only skipped when the store holds the same")
        self.told[key.space.prefix, "skipped"] += 1
        self.queue.pop(key.text, None)
        self._show(key.text)
        self._same[key.text] = next(self._numbers)
        return Version(key, value, ends_at, self._same[key.text])

    def durable(self, version: Version) -> bool:
        """Whether the store holds this write, or a newer one of the key."""
        text = version.key.text
        return max(self.stored[text].number, self._same.get(text, 0)) >= version.number

    def oldest(self, kind: str) -> Version | None:
        """Return the value of a kind that is the first to give way; a delete never does."""
        puts = (version for version in self.queue.values() if version.value is not None)
        return next((version for version in puts if version.key.space.prefix == kind), None)

    def drop(self, version: Version) -> None:
        """A value gives way to another one, because the queue is full."""
        del self.queue[version.key.text]
        self.told[version.key.space.prefix, "dropped"] += 1
        self._lose(version)

    def lost(self, version: Version) -> bool:
        """Whether this write, or one that took its place, was dropped or can never be stored."""
        return self._lost.get(version.key.text, 0) >= version.number

    # What the store is told and does.

    def sent(self, writes: Sequence[Write]) -> None:
        """A batch goes to the store: of every key what is queued, and nothing that is being written."""
        for write in writes:
            if write.key not in self.stored:
                continue
            version = self.queue.pop(write.key, None)
            self._hold(version, f"{write.key} is sent only when it is queued")
            newest = version.is_sent_as(write, left_behind=self._replayed)
            self._hold(newest, f"what is sent of {write.key} is its newest write")
            held = self.stored[write.key]
            older = held.number < version.number or not self._lives(held)
            self._hold(older or not self._replayed, f"what was left behind of {write.key} is written once")
            self._hold(write.key not in self.in_flight, f"{write.key} is in one batch at a time")
            self.told[version.key.space.prefix, "retried"] += version.sent
            version.sent = True
            self.in_flight[write.key] = version

    def landed(self, text: str) -> None:
        """The store holds what was sent of a key: never something older than what it held."""
        if text in self.stored:
            version, held = self.in_flight[text], self.stored[text]
            self._hold(version.number >= held.number, f"an older write of {text} never replaces a newer one")
            self.stored[text] = version
            self._show(text)

    def answered(self, outcomes: Mapping[str, Outcome], *, failed_last: bool = True) -> None:
        """The store has told what became of each key of the batch; keys that fail alone go last in line."""
        failed = {}
        for text, outcome in outcomes.items():
            kind = text.partition(":")[0]
            self.told[kind, "failed"] += outcome is Outcome.FAILED
            self.told[kind, "dropped"] += outcome is Outcome.REJECTED
            if outcome is Outcome.FAILED:
                self._failed[base_of(text)] = self.moment().tick
            version = self.in_flight.pop(text, None)
            if version and outcome is Outcome.REJECTED:
                self._lose(version)
            elif version and outcome is Outcome.FAILED and text not in self.queue:
                failed[text] = version
        self.queue = {**self.queue, **failed} if failed_last else {**failed, **self.queue}

    def refused(self, writes: Sequence[Write]) -> None:
        """Nothing is known of the batch: it is kept, and all who wait are told."""
        self.answered({write.key: Outcome.FAILED for write in writes}, failed_last=False)
        self._refused = self.moment().tick

    def stopped(self) -> None:
        """The service ended while a batch was under way: it is queued again."""
        self.queue = {**self.in_flight, **self.queue}
        self.in_flight = {}

    def read_failed(self) -> None:
        """The store did not answer a read."""
        self._read_failed = self.moment().tick

    def came_back(self) -> None:
        """The store has answered after it hung; until now everything failed."""
        self._refused = self._read_failed = self.moment().tick

    def changed_elsewhere(self, key: Key[Note], value: Note, ends_at: float | None) -> None:
        """Another process writes a key of which nothing is queued here."""
        self.stored[key.text] = Version(key, value, ends_at, next(self._numbers))
        self.history[key.text].append(Shown(self.stored[key.text], self.moment(), foreign=True))

    def left_behind(self, queue: Mapping[str, Version]) -> None:
        """The process has ended, and left what was queued to the next one."""
        self.queue, self.in_flight = dict(queue), {}
        self.told.clear()
        self._replayed = True

    def taken_up(self) -> None:
        """The process has started, and written what the last one left; the store had the rest."""
        for version in self.queue.values():
            held = self.stored[version.key.text]
            known = self.durable(version) or self.lost(version)
            known = known or not (self._lives(held) or self._lives(version))
            self._hold(known, f"what was left behind of {version.key} is in the store")
        self._replayed = False
        self.ended()

    def ended(self) -> None:
        """The process is gone, and with it everything that only its memory held."""
        self.queue.clear()
        self.in_flight.clear()
        self.told.clear()
        for text in self.stored:
            self._show(text)

    # What callers may be told.

    def write_failed(self, text: str, called: Moment) -> bool:
        """Whether the store has failed for a key, or for all of them, since then."""
        return self.hangs() or max(self._failed.get(text, 0), self._refused) > called.tick

    def anything_failed(self, called: Moment) -> bool:
        """Whether the store has failed for any key since then."""
        return self.hangs() or max([self._refused, *self._failed.values()]) > called.tick

    def a_read_failed(self, called: Moment) -> bool:
        """Whether the store has failed to answer a read since then."""
        return self.hangs() or self._read_failed > called.tick

    def showed(self, key: Key[Note], called: Moment) -> Iterator[Note | None]:
        """Return every value that a key showed at some time between a call and now."""
        now = self.moment().time
        for version in self._versions(key, called):
            ends_at = version.ends_at
            if version.value is None or ends_at is None or ends_at > called.time:
                yield version.value
            if ends_at is not None and ends_at <= now:
                yield None

    def shows(self, text: str) -> Note | None:
        """Return the value that a key has now."""
        version = self.history[text][-1].version
        return version.value if self._lives(version) else None

    def _lives(self, version: Version) -> bool:
        alive = version.ends_at is None or version.ends_at > self.moment().time
        return version.value is not None and alive

    def _versions(self, key: Key[Note], called: Moment) -> Iterator[Version]:
        """Return what a key showed since the call, and before it what others changed too late to be seen."""
        memory = key.space.cache_ttl.total_seconds() if key.space.cache_ttl else 0.0
        unseen_for = ASKED_S + memory + (STALE_S if key.space.stale_if_down else 0.0)
        for shown in reversed(self.history[key.text]):
            yield shown.version
            unseen = shown.foreign and shown.since.time > called.time - unseen_for
            if shown.since.tick <= called.tick and not unseen:
                return

    def _show(self, text: str) -> None:
        version = self.queue.get(text) or self.in_flight.get(text) or self.stored[text]
        if self.history[text][-1].version is not version:
            self.history[text].append(Shown(version, self.moment()))

    def _lose(self, version: Version) -> None:
        self._lost[version.key.text] = max(version.number, self._lost.get(version.key.text, 0))
        self._show(version.key.text)


def base_of(text: str) -> str:
    """Return the key that a part of it belongs to, where several processes write."""
    return text.partition(PART)[0]


def is_note(text: str) -> bool:
    """Whether a key is one whose every value is followed."""
    return text.partition(":")[0] in NOTES
