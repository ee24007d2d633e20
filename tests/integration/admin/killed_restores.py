"""Restores that are cut off, each a step further on: `python -m ... <kill or fault> <folder>`.

Takes `template` in the folder, copies it to `0`, `1`, ... and restores `backup.db` there in a process of its
own, which is killed, or has its disk fail, at its n-th change of a file; the last one was left alone.
"""

import errno
import os
import shutil
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from app.admin.restore_command import restore
from app.admin.restored_rows import Outdated
from app.admin.upkeep import UpkeepError
from app.settings import Settings

CHANGES = {
    "open",
    "os.link",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.mkdir",
    "os.chown",
    "fcntl.lockf",
    "sqlite3.connect",
}
UNFORESEEN = 9


def restore_until(steps: int, how: str, folder: Path) -> int:
    """Restore; return 0 when nothing came in between."""
    left = steps

    def watch(event: str, _: object) -> None:
        nonlocal left
        if event in CHANGES:
            left -= 1
            if left == -1 and how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            elif left == -1:
                raise OSError(errno.EIO, "the disk failed")

    settings = Settings(_env_file=None, kv_url=f"sqlite:///{folder}/data/kv.db")
    sys.addaudithook(watch)
    with suppress(UpkeepError):
        restore(settings, folder / "backup.db", outdated=Outdated((), ()), now=datetime.now(UTC))
    return left < 0


def cut_off(steps: int, how: str, folder: Path) -> bool:
    child = os.fork()
    if not child:
        status = UNFORESEEN
        try:
            status = restore_until(steps, how, folder)
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == UNFORESEEN:
        raise SystemExit(f"step {steps}: not an UpkeepError")
    return status != 0


def main(how: str, root: Path) -> None:
    for steps in count():
        folder = root / str(steps)
        shutil.copytree(root / "template", folder)
        if not cut_off(steps, how, folder):
            return


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
