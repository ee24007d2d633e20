"""Restores that are killed, each a step further on: `python -m ... <folder>`.

Takes `template` in the folder, copies it to `0`, `1`, ... and restores `backup.db` there in a process of its
own, which kills itself before its n-th change of a file; the last one was not killed.
"""

import os
import shutil
import signal
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from app.admin.restore_command import restore
from app.admin.restored_rows import Outdated
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


def restore_until(steps: int, folder: Path) -> None:
    left = steps

    def watch(event: str, _: object) -> None:
        nonlocal left
        if event in CHANGES:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    settings = Settings(_env_file=None, kv_url=f"sqlite:///{folder}/data/kv.db")
    sys.addaudithook(watch)
    restore(settings, folder / "backup.db", outdated=Outdated((), ()), now=datetime.now(UTC))


def killed(steps: int, folder: Path) -> bool:
    child = os.fork()
    if not child:
        restore_until(steps, folder)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
        raise SystemExit(f"the restore failed at step {steps}")
    return os.WIFSIGNALED(status)


def main(root: Path) -> None:
    for steps in count():
        folder = root / str(steps)
        shutil.copytree(root / "template", folder)
        if not killed(steps, folder):
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
