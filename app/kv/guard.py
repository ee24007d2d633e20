"""The one way to a store: every call is counted, limited in time, and fails as a `KVError`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import structlog

from app.kv.context import Context
from app.kv.deadline import deadline
from app.kv.errors import KVError, StoreTimeoutError, StoreTroubleError
from app.kv.metrics import operation_of
from app.kv.store import Outcome, ScanPage, Store, Write

CALL_TIMEOUT_S = 5.0

log = structlog.get_logger()


class GuardedStore:
    """A store whose calls end within five seconds, in a result or a `KVError`.

    Attributes:
        failing: the last call did not get an answer.
        trouble: what the store then told the operator, if it did.
    """

    def __init__(self, store: Store, context: Context) -> None:
        self.name = store.name
        self.limits = store.limits
        self.single_writer = store.single_writer
        self._store = store
        self._clock = context.clock
        self._metrics = context.metrics
        self.failing = False
        self.trouble = ""

    async def get(self, key: str) -> bytes | None:
        """Return the value, None when absent."""
        self._metrics.store_call([("reads", key)])
        async with self._guarded("get"):
            return await self._store.get(key)

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Return the values of the keys that are present."""
        self._metrics.store_call(("reads", key) for key in keys)
        async with self._guarded("get_many"):
            return await self._store.get_many(keys)

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        """Make a batch durable; return the outcome of every key that the store told of."""
        self._metrics.store_call((operation_of(write), write.key) for write in writes)
        async with self._guarded("apply"):
            return dict(await self._store.apply(writes))

    async def scan(self, prefix: str, cursor: str | None = None) -> ScanPage:
        """Return live keys that start with `prefix`, after `cursor`."""
        self._metrics.store_call([("lists", prefix)])
        async with self._guarded("scan"):
            return await self._store.scan(prefix, cursor)

    async def ping(self) -> None:
        """Return when the store can be used."""
        async with self._guarded("ping"):
            await self._store.ping()

    async def close(self) -> None:
        """Let go of the store."""
        async with self._guarded("close"):
            await self._store.close()

    @asynccontextmanager
    async def _guarded(self, call: str) -> AsyncIterator[None]:
        try:
            async with deadline(self._clock, CALL_TIMEOUT_S):
                yield
            self.failing, self.trouble = False, ""
        except TimeoutError as error:
            self.failing, self.trouble = True, ""
            log.warning("store.timeout", store=self.name, call=call)
            raise StoreTimeoutError("Storage did not answer in time.") from error
        except StoreTroubleError as error:  # the store has told the operator, once
            self.failing, self.trouble = True, str(error)
            raise KVError(error.told) from error
        except Exception as error:
            self.failing, self.trouble = True, ""
            log.warning("store.failed", store=self.name, call=call, error=repr(error))
            raise KVError("Storage refused.") from error
