"""A store that forgets everything with its process: for unit tests."""

from collections.abc import Mapping, Sequence

from app.clock import Clock
from app.kv.store import Limits, Outcome, Put, ScanPage, Write

PAGE = 1000


class MemoryStore:
    """Values in a dictionary."""

    name = "memory"
    single_writer = True

    def __init__(self, clock: Clock, limits: Limits | None = None) -> None:
        self.limits = limits or Limits(1024, 16 * 1024 * 1024, 5000, 32 * 1024 * 1024)
        self._clock = clock
        self._rows: dict[str, Put] = {}
        self._open = True

    async def get(self, key: str) -> bytes | None:
        """Return the value, None when absent."""
        return (await self.get_many([key])).get(key)

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Return the values of the keys that are present."""
        self._check_open()
        rows = [self._rows[key] for key in keys if key in self._rows]
        for row in rows:
            if not self._live(row):
                self._rows.pop(row.key, None)
        return {row.key: row.data for row in rows if row.key in self._rows}

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        """Take the whole batch, except what the limits do not allow."""
        self._check_open()
        return {write.key: self._apply(write) for write in writes}

    def _apply(self, write: Write) -> Outcome:
        if not self.limits.accept(write):
            return Outcome.REJECTED
        if isinstance(write, Put):
            self._rows[write.key] = write
        else:
            self._rows.pop(write.key, None)
        return Outcome.DONE

    async def scan(self, prefix: str, cursor: str | None = None) -> ScanPage:
        """Return live keys that start with `prefix`, after `cursor`."""
        self._check_open()
        after = cursor or ""
        live = (key for key, row in self._rows.items() if self._live(row))
        found = sorted(key for key in live if key.startswith(prefix) and key > after)
        page = tuple(found[:PAGE])
        return ScanPage(page, page[-1] if len(found) > PAGE else None)

    async def ping(self) -> None:
        """Return while the store is open."""
        self._check_open()

    async def close(self) -> None:
        """Forget everything."""
        self._open = False
        self._rows.clear()

    def _check_open(self) -> None:
        if not self._open:
            raise RuntimeError("the memory store is closed")

    def _live(self, row: Put) -> bool:
        return row.expires_at is None or row.expires_at > self._clock.now().timestamp()
