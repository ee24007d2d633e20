"""What the commands for backups share."""

import os
from pathlib import Path

from app.kv.spill import SPILL_FILE
from app.kv.stores import file_of
from app.settings import Settings


class UpkeepError(Exception):
    """A command could not do its work; the message says why and what to do."""


def database_of(settings: Settings) -> Path:
    """Return the database file that the settings name.

    Raises:
        UpkeepError: they name another store.
    """
    path = file_of(settings.kv_url)
    if path is None:
        raise UpkeepError(f"KV_URL is {settings.kv_url}: there is no database file to back up or restore.")
    return path


def spill_of(settings: Settings, database: Path) -> Path:
    """Return where a server that could not write everything before it ended leaves the rest."""
    return (Path(settings.kv_spill_dir) if settings.kv_spill_dir else database.parent) / SPILL_FILE


def on_disk(path: Path) -> None:
    """Return when a file's content, or a folder's list of files, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
