"""Callers who add to what only grows."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from app.kv.errors import KVError, QueueFullError
from app.kv.keyspace import Key
from tests.unit.kv.machine.caller import Caller
from tests.unit.kv.machine.gathered import VIEWS
from tests.unit.kv.machine.kinds import COUNTER, SET
from tests.unit.kv.machine.model import Moment
from tests.unit.kv.stand_ins import note


class Adders(Caller):
    """Count, add, append."""

    async def count(self, event: str) -> None:
        """Count one event, under its own name and in the total."""
        await self._gathered(COUNTER, event, self._kv.count(COUNTER, {VIEWS: 1, event: 1}))

    async def add(self, event: str) -> None:
        await self._gathered(SET, event, self._kv.add(SET, event))

    async def _gathered(self, key: Key[Any], event: str, call: Coroutine[Any, Any, None]) -> None:
        called, events = self._model.moment(), self._world.gathered[key.text]
        events.possible.add(event)
        try:
            await call
        except KVError as error:  # it may count all the same, with what comes next
            self._refused(key, error, called)
        else:
            events.sure.add(event)
            if not self._batching:
                events.flushed(frozenset([event]))

    async def fold(self, key: Key[Any]) -> None:
        """Put the parts of several processes together."""
        if self._process.closing:
            return
        called = self._model.moment()
        self._process.lists.append(asyncio.current_task())
        try:
            await self._kv.fold(key)
        except KVError as error:
            self._refused(key, error, called)

    def _refused(self, key: Key[Any], error: KVError, called: Moment) -> None:
        if isinstance(error, QueueFullError):
            self._waited_for_room(key, called)
        elif not self._model.anything_failed(called):
            self._read_failed(called)

    async def append(self) -> None:
        called, record = self._model.moment(), self._world.records.called()
        try:
            await self._kv.append(self._world.log, note(record.number))
        except KVError:
            if not self._model.anything_failed(called):
                self._read_failed(called)
        else:
            self._process.forgive_the_log()
            record.sure = not self._process.log_gave_way
