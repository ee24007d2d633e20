"""All that the service does, on a store that may fail, and a witness of what was promised meanwhile."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from app.kv.cached import CachedKV
from app.kv.errors import KVError, UserGoneError
from app.kv.keyspace import Key, Keyspace, Owner
from tests.fakes import FakeClock
from tests.integration.kv.faulty_store import FaultyStore, passing
from tests.unit.kv.stand_ins import BOARD, COUNTS, FOREVER, LOG, MINUTE, PLAN, SEEN, Note, note

OWNED = Keyspace("owned", Note, owner=Owner.KEY, cache_ttl=MINUTE)
DAY, VISITORS = COUNTS("day"), SEEN("day")
NO_VALUE: tuple[int, Note | None] = (0, None)


class Witness:
    """What every value may be: the last one acknowledged, or one that was asked for after it."""

    def __init__(self) -> None:
        self.values: dict[Key[Note], list[tuple[int, Note | None]]] = {}
        self._last = 0

    def asked(self, key: Key[Note], value: Note | None) -> tuple[Key[Note], int]:
        """A write begins, None being a removal."""
        self._last += 1
        self.values.setdefault(key, [NO_VALUE]).append((self._last, value))
        return key, self._last

    def acknowledged(self, key: Key[Note], number: int) -> None:
        """It has returned: nothing older may be seen again."""
        self.values[key] = [asked for asked in self.values[key] if asked[0] >= number]

    def saw(self, key: Key[Note], value: Note | None) -> None:
        """A read gave this: nothing older may be seen again."""
        possible = [number for number, asked in self.values.get(key, [NO_VALUE]) if asked == value]
        assert possible, f"{key} is {value}, and may be {self.values.get(key)}"
        if key in self.values:
            self.acknowledged(key, possible[0])


class Sweep:
    """A fixed course of calls. An error of the store is taken as an application takes it, and counted."""

    def __init__(self, store: FaultyStore, clock: FakeClock, spill: Path) -> None:
        self.store, self.clock, self.spill = store, clock, spill
        self.witness = Witness()
        self.counted, self.asked_to_count = 0, 0
        self.members: dict[str, bool] = {}
        self.records: dict[str, bool] = {}
        self.gone: dict[str, set[bool]] = {}
        self.errors: list[KVError] = []
        self.written_at_start = 0
        self.kv: CachedKV

    async def run(self) -> None:
        """Live twice, the first time with an end on a store that is stuck."""
        await self.begin()
        await self.write_everything("1")
        await self.all_at_once()
        await self.let_a_user_go()
        await self.end_stuck()
        await self.begin()
        await self.write_everything("2")
        await self.end()

    async def begin(self) -> None:
        """Start as often as it takes, as a supervisor would."""
        while True:
            written = self.store.written
            self.kv = CachedKV(self.store, clock=self.clock, spill=self.spill)
            if await self.done(self.kv.start()):
                return
            await self.end()
            self.written_at_start += self.store.written - written

    async def end(self) -> None:
        await self.passing(self.kv.close())

    async def end_stuck(self) -> None:
        await self.delete(PLAN("left"), later=True)
        await self.write({PLAN("behind"): note("spilled")}, later=True)
        await self.count(1)
        self.store.stuck = True
        await self.end()
        self.store.stuck = False

    async def write_everything(self, life: str) -> None:
        for key in (FOREVER("a"), PLAN("a"), BOARD("a"), PLAN("left")):
            await self.write({key: note(f"{life} now")})
        await self.write({FOREVER("a"): note(f"{life} later")}, later=True)
        await self.write({FOREVER("b"): note(f"{life} later")}, later=True)
        await self.write({PLAN(number): note(f"{life} {number}") for number in range(3)})
        for text in ("back", "and forth", "back"):
            await self.write({FOREVER("swings"): note(text)})
        await self.read()
        for number in range(3):
            await self.count(number + 1)
            await self.add(f"{life} member {number}")
            await self.append(f"{life} record {number}")
        await self.done(self.kv.flush())
        await self.delete(PLAN("a"))
        await self.delete(FOREVER("b"), later=True)
        await self.change(BOARD("a"), f"{life} changed")
        await self.change(PLAN(0), None)
        await self.change(FOREVER("a"), f"{life} changed later", later=True)
        await self.read()
        await self.done(self.kv.fold(DAY))
        await self.done(self.kv.flush())

    async def all_at_once(self) -> None:
        """Everything that shares rounds and loads; the results are looked at later."""
        keys = [PLAN("busy", number) for number in range(12)]
        await asyncio.gather(
            *(self.write({key: note("busy")}) for key in keys),
            *(self.change(key, "busy", later=True) for key in keys[:4]),
            *(self.delete(key) for key in keys[2:6]),
            *(self.count(1) for _ in range(5)),
            *(self.done(self.kv.get_many(self.witness.values)) for _ in range(3)),
            self.done(self.kv.flush(2)),
        )
        await self.read()

    async def let_a_user_go(self) -> None:
        for user in ("leaves", "returns"):
            await self.write({OWNED(user): note("here")}, later=True)
            retired = await self.done(self.kv.retire_user(user))
            self.gone[user] = {True} if retired else {True, False}
            try:
                await self.kv.put(OWNED(user), note("gone"))
            except UserGoneError:
                await self.delete(OWNED(user))
            else:
                raise AssertionError(f"{user} was written for")
        self.gone["returns"] = {False} if await self.done(self.kv.readmit_user("returns")) else {True, False}

    async def write(self, values: Mapping[Key[Note], Note], *, later: bool = False) -> None:
        (key, value), *others = values.items()
        if others:
            await self.ask(values, lambda: self.kv.put_many(values))
        else:
            await self.ask(values, lambda: (self.kv.put_later if later else self.kv.put)(key, value))

    async def delete(self, key: Key[Note], *, later: bool = False) -> None:
        await self.ask({key: None}, lambda: (self.kv.delete_later if later else self.kv.delete)(key))

    async def ask(self, values: Mapping[Key[Note], Note | None], call: Callable[[], Awaitable[None]]) -> None:
        """Make a write that takes effect in its first step, so that it is taken down in that one."""
        asked = []

        async def asking() -> None:
            asked.extend(self.witness.asked(key, value) for key, value in values.items())
            await call()

        self.settle(asked, acknowledged=await self.done(asking()))

    async def change(self, key: Key[Note], text: str | None, *, later: bool = False) -> None:
        """Replace a value, or delete it; only then something is asked for when there is one."""
        asked = []

        def changed(old: Note) -> Note | None:
            self.witness.saw(key, old)
            new = None if text is None else note(f"{text} from {old.text}")
            asked.append(self.witness.asked(key, new))
            return new

        self.settle(asked, acknowledged=await self.done(self.kv.update(key, changed, later=later)))

    def settle(self, asked: list[tuple[Key[Note], int]], *, acknowledged: bool) -> None:
        for key, number in asked if acknowledged else ():
            self.witness.acknowledged(key, number)

    async def count(self, number: int) -> None:
        self.asked_to_count += number
        if await self.done(self.kv.count(DAY, {"views": number})):
            self.counted += number

    async def add(self, member: str) -> None:
        self.members[member] = await self.done(self.kv.add(VISITORS, member))

    async def append(self, text: str) -> None:
        self.records[text] = await self.done(self.kv.append(LOG, note(text)))

    async def read(self) -> None:
        keys = list(self.witness.values)
        results: dict[Key[Note], Note] = {}
        if await self.done(self.kv.get_many(keys), results):
            for key in keys:
                self.witness.saw(key, results.get(key))
        for key in keys[:3]:
            one: dict[Key[Note], Note | None] = {}
            if await self.done(self.named(key), one):
                self.witness.saw(key, one[key])

    async def named(self, key: Key[Note]) -> dict[Key[Note], Note | None]:
        return {key: await self.kv.get(key)}

    async def done(self, call: Awaitable[Any], results: dict[Any, Any] | None = None) -> bool:
        """Return whether a call did what it promises."""
        try:
            result = await self.passing(call)
        except KVError as error:
            self.errors.append(error)
            return False
        if results is not None:
            results.update(result)
        return True

    async def passing(self, call: Awaitable[Any]) -> Any:
        return await passing(call, self.store, self.clock)

    async def check(self) -> None:
        """Hold against the witness what a new process finds."""
        await self.check_end()
        await self.begin()
        self.check_ledger()
        await self.check_values()
        totals = (await self.passing(self.kv.totals(DAY))).totals.get("views", 0)
        assert self.counted <= totals <= self.asked_to_count
        self.check_some(await self.passing(self.kv.members(VISITORS)), self.members)
        texts = [record.text for record in await self.passing(self.kv.entries(LOG, 100))]
        self.check_some(texts, self.records)
        assert texts == [text for text in reversed(self.records) if text in texts]
        for user, possible in self.gone.items():
            assert self.kv.is_retired(user) in possible
        await self.end()

    async def check_end(self) -> None:
        assert self.kv.snapshot().queue.depth == self.kv.snapshot().queue.bytes == 0
        assert self.kv.dead_letters == ()
        assert not self.spill.exists()

    def check_ledger(self) -> None:
        """Hold that every write was counted, but perhaps for those that failed or were a failed start's."""
        days = self.kv.snapshot().days.values()
        counted = sum(
            kind.writes + kind.deletes for day in days for name, kind in day.items() if name != "kv-ledger"
        )
        assert self.store.answered - self.written_at_start <= counted <= self.store.written

    async def check_values(self) -> None:
        keys = list(self.witness.values)
        found = await self.passing(self.kv.get_many(keys))
        for key in keys:
            self.witness.saw(key, found.get(key))
        listed = await self.passing(self.kv.keys(PLAN))
        assert listed == sorted(key for key in found if key.space is PLAN)

    @staticmethod
    def check_some(found: Any, asked: Mapping[str, bool]) -> None:
        """Hold that all acknowledged ones are there, and nothing twice or never asked for."""
        assert {one for one, acknowledged in asked.items() if acknowledged} <= set(found) <= set(asked)
        assert max(Counter(found).values(), default=1) == 1
