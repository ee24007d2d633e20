"""The embedded store: one SQLite file, one connection, one thread."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO, TypeVar

import structlog

from app.clock import Clock
from app.kv.errors import StoreOpenError, StoreTroubleError
from app.kv.options import MEGABYTE
from app.kv.store import Delete, Limits, Outcome, Put, ScanPage, Write
from app.kv.stores.database_files import DatabaseFiles
from app.kv.stores.sqlite_copy import nameless_copy, remove_copies
from app.kv.stores.sqlite_file import find_damage, is_large, open_database, scrub
from app.kv.stores.sqlite_trouble import Trouble, TroubleLog, trouble_of
from app.kv.stores.worker import Worker

LIMITS = Limits(key_bytes=1024, value_bytes=16 * MEGABYTE, batch_keys=5000, batch_bytes=32 * MEGABYTE)
CHECKPOINT_OVER = 4 * MEGABYTE
KEYS_A_SELECT = 500
ROWS_A_SWEEP = 200
PAGE = 1000
IDLE_AFTER_S = 1.0
SWEEP_EVERY_S = 60.0
SWEEP_ON_S = 0.05
NO_COPY = "No copy could be made beside the database. Is there room for a second one on its disk?"

LIVE = "(expires_at IS NULL OR expires_at > ?)"
GET = "SELECT key, value, expires_at FROM kv WHERE key IN "
PUT = (
    "INSERT INTO kv (key, value, expires_at) VALUES (?, ?, ?) ON CONFLICT (key) "
    "DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at"
)
DELETE = "DELETE FROM kv WHERE key = ?"
SCAN = f"SELECT key FROM kv WHERE key >= ? AND key > ? AND {LIVE} ORDER BY key LIMIT ?"  # noqa: S608 - a constant
ENDED = "DELETE FROM kv WHERE expires_at <= ?"
SWEEP = "DELETE FROM kv WHERE rowid IN (SELECT rowid FROM kv WHERE expires_at <= ? LIMIT ?)"

T = TypeVar("T")

log = structlog.get_logger()


class SQLiteStore:
    """Values in one table; every batch is one transaction that is on disk when `apply` returns.

    SQLite keeps the write-ahead log small only when nobody reads while it is copied back, and before 3.51.3
    two writers could lose commits (https://sqlite.org/wal.html, read November 2026): so the file is locked
    for this connection alone, and copying happens between rounds, where nobody waits for it.
    """

    name = "sqlite"
    single_writer = True
    limits = LIMITS

    def __init__(self, path: Path, clock: Clock, *, idle_after_s: float = IDLE_AFTER_S) -> None:
        self._files = DatabaseFiles(path)
        self._clock = clock
        self._connection: sqlite3.Connection | None = None
        self._troubles = TroubleLog(self._files.path)
        self._unchecked = False
        self._damaged = False
        self._unclean = False
        self._log_size = 0
        self._worker = Worker("kv-sqlite", between=self._between, idle=self._idle, idle_after_s=idle_after_s)

    async def open(self) -> None:
        """Open the file, or make it.

        Raises:
            StoreOpenError: the file cannot be used; it is left as it is.
        """
        try:
            await self._worker.run(self._open)
        except StoreOpenError:
            await self.close()
            raise

    async def get(self, key: str) -> bytes | None:
        """Return the value, None when absent."""
        return (await self.get_many([key])).get(key)

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Return the values of the keys that are present, all as of one moment."""
        return await self._query(lambda db: self._select(db, keys))

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        """Write the whole batch in one transaction, except what the limits do not allow."""
        accepted = [write for write in writes if self.limits.accept(write)]
        outcomes = {write.key: Outcome.REJECTED for write in writes}
        if accepted:
            await self._query(lambda db: self._commit(db, accepted), what="write")
        return outcomes | {write.key: Outcome.DONE for write in accepted}

    async def scan(self, prefix: str, cursor: str | None = None) -> ScanPage:
        """Return live keys that start with `prefix`, after `cursor`."""
        query = (prefix, cursor or "", self._now(), PAGE + 1)
        rows = await self._query(lambda db: db.execute(SCAN, query).fetchall())
        keys = tuple(takewhile(lambda key: key.startswith(prefix), (row[0] for row in rows)))
        page = keys[:PAGE]
        return ScanPage(page, page[-1] if len(keys) > PAGE else None)

    async def ping(self) -> None:
        """Return when the file can be read and no damage was found."""
        await self._query(lambda db: db.execute("SELECT 1 FROM kv LIMIT 1").fetchone())

    async def sweep(self) -> int:
        """Remove some expired rows, as the store does by itself when idle; return how many."""
        return await self._query(self._sweep)

    async def scrub(self) -> None:
        """Leave nothing in the files of what was removed or has ended; what fails is tried when idle."""
        self._unclean = True
        await self._query(self._scrub, what="scrub")

    async def copy(self) -> BinaryIO:
        """Return a copy of everything at its end, as an open file without a name; reads and writes go on.

        Raises:
            StoreTroubleError: it could not be made.
        """
        given_up = threading.Event()
        try:
            return await self._worker.run(lambda: self._copy(given_up))
        finally:
            given_up.set()

    async def close(self) -> None:
        """Bring everything into the one file and close it."""
        await self._worker.stop(self._close)

    async def _query(self, work: Callable[[sqlite3.Connection], T], *, what: str = "read") -> T:
        return await self._worker.run(lambda: self._do(what, work))

    # From here on everything runs on the store's thread.

    def _database(self, what: str) -> sqlite3.Connection:
        if self._connection is None:
            raise RuntimeError("the database is not open")
        if self._damaged:
            raise self._troubles.met(what, Trouble.DAMAGED)
        return self._connection

    def _do(self, what: str, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do one thing with the database, and tell the operator when it is in trouble."""
        db = self._database(what)
        try:
            return work(db)
        except sqlite3.Error as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            self._damaged = trouble is Trouble.DAMAGED
            raise self._troubles.met(what, trouble, error) from error

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _open(self) -> None:
        self._connection = open_database(self._files)
        self._unchecked = is_large(self._files.path)
        with suppress(OSError):  # whoever wants a copy is told
            remove_copies(self._files.path)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _select(self, db: sqlite3.Connection, keys: Sequence[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        ended: list[Delete] = []
        now = self._now()
        for start in range(0, len(keys), KEYS_A_SELECT):
            chunk = keys[start : start + KEYS_A_SELECT]
            for key, value, expires_at in db.execute(f"{GET}({','.join('?' * len(chunk))})", chunk):
                if expires_at is None or expires_at > now:
                    found[key] = value
                else:
                    ended.append(Delete(key))
        if ended:  # that was told to somebody: setting the clock back must not revive them
            self._chore("forget", lambda db: self._commit(db, ended))
        return found

    def _commit(self, db: sqlite3.Connection, writes: Sequence[Write]) -> None:
        if self._files.replaced():
            raise self._misplaced(db)
        with _transaction(db):
            db.executemany(PUT, [write for write in writes if isinstance(write, Put)])
            db.executemany(DELETE, [write for write in writes if isinstance(write, Delete)])
        self._look_after(db)
        self._troubles.succeeded("write")

    def _copy(self, given_up: threading.Event) -> BinaryIO:
        def between() -> None:
            if given_up.is_set():
                raise InterruptedError("nobody waits for the copy any more")
            self._worker.run_waiting()

        db, path = self._database("copy"), self._files.path
        try:
            return nameless_copy(db, path, between=between)
        except (OSError, RuntimeError, sqlite3.Error) as error:
            log.warning("store.copy-failed", file=str(path), error=repr(error))
            raise StoreTroubleError(f"{path} cannot be copied: {error}", told=NO_COPY) from error

    def _look_after(self, db: sqlite3.Connection) -> None:
        """See that what was committed is in the files of these names, not in ones that somebody took away.

        Raises:
            StoreTroubleError: it is not.
        """
        if not self._files.in_place():
            raise self._misplaced(db)
        size = self._files.log_size()
        if size is None:
            self._files.renew_log(db)
            log.warning("store.log-renewed", file=str(self._files.path))
        self._log_size = size or 0

    def _misplaced(self, db: sqlite3.Connection) -> StoreTroubleError:
        """Return the error; a log is emptied that another file, where ours was, would be taken to own."""
        if self._files.replaced() and self._files.log_size():
            with suppress(sqlite3.Error):
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return self._troubles.met("write", Trouble.MISPLACED)

    def _sweep(self, db: sqlite3.Connection) -> int:
        return db.execute(SWEEP, (self._now(), ROWS_A_SWEEP)).rowcount

    def _between(self) -> None:
        """Copy the write-ahead log back once it is large; the caller of the last job has its answer."""
        if self._log_size > CHECKPOINT_OVER and self._connection is not None:
            self._log_size = 0
            self._chore("checkpoint", lambda db: db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone())

    def _idle(self) -> float:
        """Check a large file once, then remove expired rows; return when to do more."""
        if self._connection is None or self._damaged:
            return SWEEP_EVERY_S
        if self._unchecked:
            self._unchecked = False
            self._chore("check", self._check)
        if self._unclean:
            self._chore("scrub", self._scrub)
        removed = self._chore("sweep", self._sweep_and_look)
        self._between()
        return SWEEP_ON_S if removed == ROWS_A_SWEEP else SWEEP_EVERY_S

    def _sweep_and_look(self, db: sqlite3.Connection) -> int:
        removed = self._sweep(db)
        self._look_after(db)
        return removed

    def _scrub(self, db: sqlite3.Connection) -> None:
        db.execute(ENDED, (self._now(),))
        self._unclean = not scrub(db, self._files.path)
        self._look_after(db)

    def _check(self, db: sqlite3.Connection) -> None:
        if damage := find_damage(db):
            self._damaged = True
            raise self._troubles.met("check", Trouble.DAMAGED, damage)

    def _chore(self, name: str, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do what nobody waits for; that it fails is told, and it is tried again later."""
        try:
            result = self._do(name, work)
        except StoreTroubleError:
            return None  # told already
        except sqlite3.Error as error:
            log.warning("store.chore-failed", chore=name, error=repr(error))
            return None
        self._troubles.succeeded(name)
        self._troubles.succeeded("read")
        return result


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Make the block's changes durable together, or none of them."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except sqlite3.Error:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
