"""One life of the service: from its start until it is closed or killed."""

import asyncio
from collections.abc import Sequence

from app.kv.cached import CachedKV
from app.kv.codec import Sealed, decode, encode, seal, unseal
from app.kv.keyspace import AtBound, Key
from app.kv.store import Put
from tests.unit.kv.machine.held_store import HeldStore, Way
from tests.unit.kv.machine.intake import Intake
from tests.unit.kv.machine.kinds import KEYS
from tests.unit.kv.machine.model import is_note
from tests.unit.kv.machine.quick_clock import rest
from tests.unit.kv.machine.world import World
from tests.unit.kv.stand_ins import Note

OPERATIONS = ("reads", "writes", "deletes", "lists")
FATES = ("failed", "dropped", "retried", "coalesced", "skipped")
DRAIN_S = 8.0
FEW = 3


class Process:
    """A service, its connection to the disk, and the calls that its callers have not heard back from."""

    def __init__(self, world: World) -> None:
        self.world = world
        setup = world.setup
        self.store = HeldStore(
            world.disk, world.promises, limits=setup.limits, single_writer=setup.single_writer
        )
        self.kv = CachedKV(self.store, clock=world.clock, options=setup.options, spill=world.spill)
        world.model.hangs = lambda: self.kv._store._hangs
        self.intake = Intake(world, self.kv)
        self.store.before_all, self.store.ending = self.intake.resolve, self.intake.closed
        self.calls: list[asyncio.Task[None]] = []
        self.gone_away: list[asyncio.Task[None]] = []
        self.lists: list[asyncio.Task[None]] = []
        self.closing: asyncio.Task[None] | None = None
        self._closing_since = 0.0
        self.dead = self.ended = self.log_gave_way = False

    def hold(self, kept: object, words: str) -> None:
        """Hold the service to a promise; a killed process has none to keep."""
        if not self.dead:
            self.world.promises.hold(kept, words)

    def go_away(self, which: int) -> None:
        """A caller does not wait any longer."""
        call = self.calls[which % len(self.calls)]
        self.gone_away.append(call)
        call.cancel()

    def close(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to close."""
        self._closing_since = self.world.clock.monotonic()
        self.closing = loop.create_task(self.kv.close())

    def forgive_the_log(self) -> None:
        """Expect nothing more of records that a full queue gave up."""
        if self.kv._context.metrics.of(self.world.log.prefix).dropped and not self.log_gave_way:
            self.log_gave_way = True
            self.world.records.gave_way()

    def check(self) -> None:
        """Nothing is left to do: look at everything that can be seen from outside, and at the queue."""
        if self.world.promises.broken:
            raise self.world.promises.broken
        for call in [call for call in self.calls if call.done()]:
            self.calls.remove(call)
            self.hold(not call.cancelled() or call in self.gone_away, "who goes away takes nobody along")
            if not call.cancelled():
                call.result()
        self.intake.resolve()
        self._check_queue()

    def _check_queue(self) -> None:
        queue, model = self.kv._queue, self.world.model
        for part, expected in ((queue.dirty, model.queue), (queue.in_flight, model.in_flight)):
            notes = {text: entry.value for text, entry in part.items() if is_note(text)}
            wanted = {text: version.value for text, version in expected.items()}
            self.hold(notes == wanted, f"the queue has what was written and is not durable: {wanted}")
        self.hold(
            queue.bytes == sum(entry.size for entry in queue.entries()), "the queue's bytes are counted"
        )
        self.hold(queue.depth == len(queue.entries()), "the queue's depth is counted")

    def check_nobody_waits(self, waiting: Sequence["asyncio.Task[None]"]) -> None:
        """A long time is over in which the store said nothing: every call has ended, in an error at worst.

        Updates of one key wait for each other; a few are over by then.
        """
        self.hold(len(waiting) > FEW or not set(waiting) & set(self.calls), "nobody waits for ever")

    def check_healed(self) -> None:
        """The store works again, and everything was flushed."""
        world = self.world
        self.hold(not self.calls, "in the end everybody is told")
        self.hold(self.kv._queue.depth == 0, "in the end nothing is queued")
        rows = world.disk.find(list(KEYS))
        for key in KEYS.values():
            held, wanted = rows.get(key.text), world.model.shows(key.text)
            value = decode(key.space, unseal(held).body) if held else None
            self.hold(value == wanted, f"in the end the store has what was written to {key}")
        for events in world.gathered.values():
            events.flushed(frozenset(events.sure))

    def change_elsewhere(self, key: Key[Note]) -> None:
        """Let another process write a key, unless this one has a write of it under way."""
        queued = not (self.dead or self.ended) and self.kv._queue.find(key.text)
        if not (queued or key.text in self.intake.waiting) and key.space.at_bound is not AtBound.DROP_OLDEST:
            value, ends_at = self.intake.fresh(), self.intake.ends_at(key, None)
            version = int(self.world.clock.now().timestamp() * 1_000_000)
            sealed = seal(Sealed(encode(value), version, ends_at))
            self.world.disk.rows[key.text] = Put(key.text, sealed, ends_at)
            self.world.model.changed_elsewhere(key, value, ends_at)

    def check_counts(self) -> None:
        """What is counted is what happened."""
        snapshot, seen = self.kv.snapshot(), self.store.seen
        self.hold(snapshot.calls == self.store.calls, "every call to the store is counted")
        for kind, counts in snapshot.kinds.items():
            for name in OPERATIONS:
                self.hold(getattr(counts, name) == seen[kind, name], f"{name} of {kind} are counted")
            for name in FATES if is_note(kind) else FATES[:1] if kind != "kv-ledger" else ():
                told = self.world.model.told[kind, name]
                counted = getattr(counts, name)
                self.hold(counted == told, f"{told} {name} writes of {kind} are not counted as {counted}")

    def check_not_started(self) -> None:
        """The service did not start: the store failed, and what was left behind is still there."""
        failed = self.store.writes_end is not Way.OK and self.world.left_behind()
        self.hold(failed, "a start fails only when the store fails, and gives up nothing")

    async def check_closed(self) -> None:
        """The service is closed: what it was given is durable, unless the store took too long for that."""
        for call in self.lists:
            call.cancel()
        await rest()
        model, took = self.world.model, self.world.clock.monotonic() - self._closing_since
        lost = [v.key.text for v in (*model.queue.values(), *model.in_flight.values()) if v.accepted]
        if took < DRAIN_S:
            self.hold(not lost, f"closing loses nothing while the store works: {lost}")
        elif self.world.setup.spill:
            self.hold(
                not lost or self.world.left_behind(), f"what is queued is left to the next start: {lost}"
            )
        self.ended = True
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        self.hold(not tasks, f"no task is left after the end: {tasks}")
