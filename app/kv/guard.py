"""The one way to a store: every call is counted, limited in time, and fails as a `KVError`."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

import structlog

from app.kv.context import Context
from app.kv.deadline import deadline
from app.kv.errors import KVError, StoreTimeoutError, StoreTroubleError
from app.kv.metrics import EVERY_KIND, operation_of
from app.kv.store import Outcome, ScanPage, ScrubbingStore, Store, Write

CALL_TIMEOUT_S = 5.0
LAST_WAIT_S = 1.0
PING_PAUSE_S = 1.0

log = structlog.get_logger()


class GuardedStore:
    """A store whose calls end within five seconds, in a result or a `KVError`.

    Once a call has timed out the store is asked nothing but a ping at a time until one comes back; in the
    meantime calls fail at once, uncounted: they would only wait in line for the one that hangs.

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
        self._probe: asyncio.Task[None] | None = None
        self._closed = False

    def check(self) -> None:
        """Return when the store may be asked.

        Raises:
            StoreTimeoutError: it hangs.
        """
        if self._hangs:
            raise StoreTimeoutError("Storage has not answered for a while.")

    async def get(self, key: str) -> bytes | None:
        """Return the value, None when absent."""
        async with self._guarded("get", [("reads", key)]):
            return await self._store.get(key)

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Return the values of the keys that are present."""
        async with self._guarded("get_many", (("reads", key) for key in keys)):
            return await self._store.get_many(keys)

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        """Make a batch durable; return the outcome of every key that the store told of."""
        async with self._guarded("apply", ((operation_of(write), write.key) for write in writes)):
            return dict(await self._store.apply(writes))

    async def scan(self, prefix: str, cursor: str | None = None) -> ScanPage:
        """Return live keys that start with `prefix`, after `cursor`."""
        async with self._guarded("scan", [("lists", prefix or EVERY_KIND)]):
            return await self._store.scan(prefix, cursor)

    async def scrub(self) -> None:
        """Have nothing left in the store's files of what was removed."""
        if isinstance(self._store, ScrubbingStore):
            async with self._guarded("scrub", ()):
                await self._store.scrub()

    async def close(self, *, patient: bool) -> None:
        """Let go of the store; one that hangs, and any other to the impatient, has a second for that."""
        self._closed = True
        limit_s = CALL_TIMEOUT_S if patient and not self._hangs else LAST_WAIT_S
        if self._probe:
            self._probe.cancel()
            await asyncio.wait([self._probe])
        async with self._limited("close", limit_s):
            await self._store.close()

    @property
    def _hangs(self) -> bool:
        return self._probe is not None and not self._probe.done()

    @asynccontextmanager
    async def _guarded(self, call: str, operations: Iterable[tuple[str, str]]) -> AsyncIterator[None]:
        self.check()
        self._metrics.store_call(operations)
        try:
            async with self._limited(call, CALL_TIMEOUT_S):
                yield
        except StoreTimeoutError:
            if not (self._hangs or self._closed):
                self._probe = asyncio.create_task(self._notice_return(), name="kv-probe")
            raise

    @asynccontextmanager
    async def _limited(self, call: str, limit_s: float) -> AsyncIterator[None]:
        try:
            async with deadline(self._clock, limit_s):
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

    async def _notice_return(self) -> None:
        """Ping the store until it answers, if only with a refusal."""
        while True:
            if await self._answers():  # pragma: no branch - a resumed frame's other way is not seen on 3.11
                log.info("store.back", store=self.name)
                return
            await self._clock.sleep(PING_PAUSE_S)

    async def _answers(self) -> bool:
        try:
            async with deadline(self._clock, CALL_TIMEOUT_S):
                await self._store.ping()
        except TimeoutError:
            return False
        except Exception:  # noqa: BLE001 - whatever it says, it is back
            return True
        return True
