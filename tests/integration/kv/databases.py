"""Looking at database files from outside."""

import asyncio
import stat
from collections.abc import Callable
from pathlib import Path

from app.clock import SystemClock
from app.kv.store import Store
from app.kv.stores import open_store


async def reopened(path: Path) -> Store:
    return await open_store(f"sqlite:///{path}", clock=SystemClock())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def until(happened: Callable[[], object]) -> None:
    """Wait for something that happens on another thread."""
    while not happened():
        await asyncio.sleep(0.005)
