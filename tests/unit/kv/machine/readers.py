"""Callers who read, and who wait until what is queued is durable."""

import asyncio
from collections.abc import Sequence
from typing import Any

from app.kv.errors import KVError
from app.kv.keyspace import Key, Keyspace
from tests.unit.kv.machine.caller import Caller
from tests.unit.kv.machine.kinds import COUNTER, KEYS
from tests.unit.kv.machine.model import Moment
from tests.unit.kv.stand_ins import Note


class Readers(Caller):
    """Get one value, several, a log; flush."""

    async def get(self, key: Key[Note]) -> None:
        called = self._model.moment()
        try:
            value = await self._kv.get(key)
        except KVError:
            self._read_failed(called)
        else:
            self._judge(key, value, called)

    async def get_many(self, keys: Sequence[Key[Note]]) -> None:
        called = self._model.moment()
        try:
            values = await self._kv.get_many(keys)
        except KVError:
            self._read_failed(called)
        else:
            for key in keys:
                self._judge(key, values.get(key), called)

    def _judge(self, key: Key[Note], value: Note | None, called: Moment) -> None:
        self._intake.resolve()
        right = value in self._model.showed(key, called)
        self._hold(right, f"a read of {key} gives what it held between call and answer, not {value}")

    async def list_keys(self, space: Keyspace[Note]) -> None:
        """A list is the one call that a closing service does not end; it ends with its time limit."""
        if self._process.closing:
            return
        called = self._model.moment()
        self._process.lists.append(asyncio.current_task())
        try:
            listed = await self._kv.keys(space)
        except KVError:
            self._read_failed(called)
        else:
            for key in KEYS.values():
                there = {value is not None for value in self._model.showed(key, called)}
                right = key.space is not space or (key in listed) in there
                self._hold(right, f"{key} is listed when it has a value")

    async def get_gathered(self, key: Key[Any]) -> None:
        """Where several processes write this lists their parts, so it ends as a list of keys does."""
        if self._process.closing:
            return
        called, events = self._model.moment(), self._world.gathered[key.text]
        sure = frozenset(events.sure)
        self._process.lists.append(asyncio.current_task())
        try:
            found = await (self._kv.totals(key) if key is COUNTER else self._kv.members(key))
        except KVError:
            self._read_failed(called)
        else:
            events.read(found, sure)

    async def get_log(self, newest: int) -> None:
        called, sure = self._model.moment(), self._world.records.sure()
        try:
            found = await self._kv.entries(self._world.log, newest)
        except KVError:
            self._read_failed(called)
        else:
            self._process.forgive_the_log()
            sure = [record for record in sure if record.sure]
            self._world.records.read([int(entry.text) for entry in found], wanted=newest, sure=sure)

    async def flush(self, timeout_s: float | None) -> None:
        """What was queued at the call is durable at the return, or has failed and is kept."""
        model, events, records = self._model, self._world.gathered, self._world.records
        self._process.forgive_the_log()
        called, queued = model.moment(), [*model.queue.values(), *model.in_flight.values()]
        sure = {text: frozenset(events[text].sure) for text in events}
        sure_records = records.sure()
        await self._kv.flush(timeout_s)

        took = model.moment().time - called.time
        self._hold(timeout_s is None or took <= timeout_s, "a flush with a limit returns in time")
        if self._process.closing or (timeout_s is not None and took >= timeout_s):
            return
        for version in queued:
            text = version.key.text
            known = model.durable(version) or model.lost(version) or model.write_failed(text, called)
            self._hold(known, f"after a flush {text} is durable, or has failed and is kept")
        for text, known_events in sure.items():
            if not model.write_failed(text, called):
                events[text].flushed(known_events)
        if not model.anything_failed(called) and not self._process.log_gave_way:
            records.flushed(sure_records)
