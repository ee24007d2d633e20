"""Store adapters, one a file."""

from pathlib import Path
from typing import Protocol

from app.clock import Clock
from app.kv.errors import StoreOpenError
from app.kv.store import Store
from app.kv.stores.memory import MemoryStore
from app.kv.stores.sqlite import SQLiteStore

SQLITE = "sqlite:///"
MEMORY = "memory://"


class StoreOpener(Protocol):
    """Opens the store of a URL."""

    async def __call__(self, kv_url: str, *, clock: Clock) -> Store:
        """Return the open store."""
        ...


def file_of(kv_url: str) -> Path | None:
    """Return the database file of a URL, None when it names another kind of store."""
    if not kv_url.startswith(SQLITE) or kv_url == SQLITE:
        return None
    return Path(kv_url.removeprefix(SQLITE)).absolute()


async def open_store(kv_url: str, *, clock: Clock) -> Store:
    """Open the store of a URL: `sqlite:///relative/path`, `sqlite:////absolute/path` or `memory://`.

    Raises:
        StoreOpenError: the URL names no store, or the store cannot be opened.
    """
    if kv_url == MEMORY:
        return MemoryStore(clock)
    path = file_of(kv_url)
    if path is None:
        raise StoreOpenError(f"KV_URL is {kv_url!r}; it must be {SQLITE}PATH or {MEMORY}.")
    store = SQLiteStore(path, clock)
    await store.open()
    return store
