"""A `genre-sorter` process, with the simulator that stands in for Spotify and MusicBrainz."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from benchmarks.main_job import free_port

T = TypeVar("T")

ROOT = Path(__file__).parent.parent.parent
FAST = {"SPOTIFY_RATE_PER_SECOND": "200", "MUSICBRAINZ_RATE_PER_SECOND": "50"}
PATIENCE_S = 60.0
"""After this long something does not happen any more; it is far beyond what anything takes."""


def until(look: Callable[[], T | None], what: str) -> T:
    """Look again and again until there is something to see, and return it."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if seen := look():
            return seen
        time.sleep(0.02)
    pytest.fail(f"waited {PATIENCE_S:.0f} s in vain: {what}")


class Server:
    """A process on a port and in a folder of its own; started again, it finds both as they were."""

    module = "app.cli"
    answers_at = "/healthz"
    wrapper: tuple[str, ...] = ()
    """The command that runs the process, none by default."""

    def __init__(self, folder: Path, *arguments: str, **env: str) -> None:
        self.folder = folder
        self.arguments = arguments or ("serve",)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = FAST | env
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        self.launch()
        until(self._answers, "the server's first answer")
        return self

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting for it to serve."""
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self.wrapper, sys.executable, "-m", self.module, *self.arguments],
                cwd=self.folder,
                env=self.environment(),
                stdout=log,
                stderr=log,
            )
        return self.process

    def environment(self) -> dict[str, str]:
        own = {
            "PORT": str(self.port),
            "KV_URL": f"sqlite:///{self.folder}/genre-sorter.db",
            "LOG_FORMAT": "json",
            "PYTHONPATH": str(ROOT),
        }
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return inherited | own | self.env

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command with the settings of this server."""
        line = [sys.executable, "-m", "app.cli", *arguments]
        return subprocess.run(
            line, cwd=self.folder, env=self.environment(), capture_output=True, text=True, check=False
        )

    def _answers(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            pytest.fail(f"the server has ended:\n{self.log()}")
        try:
            return httpx.get(f"{self.url}{self.answers_at}", timeout=1).is_success
        except httpx.TransportError:
            return False

    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def kill(self) -> None:
        """End it the hard way, as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=30)

    def control(self) -> dict[str, Any]:
        """Return what the simulator counted since it started, and the playlists it holds."""
        return dict(httpx.get(f"{self.url}/simulator/control").raise_for_status().json())

    def pages_read(self) -> int:
        """Return how many calls have asked for Liked Songs."""
        return int(self.control()["calls"]["spotify"].get("GET /v1/me/tracks", 0))

    def switch(self, **switches: object) -> None:
        httpx.post(f"{self.url}/simulator/control/switches", json=switches).raise_for_status()

    @contextmanager
    def switched(self, **switches: object) -> Iterator[None]:
        """Make something go wrong for a while."""
        before = {name: self.control()["switches"][name] for name in switches}
        self.switch(**switches)
        try:
            yield
        finally:
            self.switch(**before)


S = TypeVar("S", bound=Server)


@contextmanager
def running(server: S) -> Iterator[S]:
    server.start()
    try:
        yield server
    finally:
        server.stop()
