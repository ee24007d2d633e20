"""A real server with its simulator, and a real browser that must not complain."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
ARTIFACTS = ROOT / "test-artifacts"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
READY_S = 30.0
FAST = {"SPOTIFY_RATE_PER_SECOND": "50", "MUSICBRAINZ_RATE_PER_SECOND": "20"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A `genre-sorter` process on a port and folder of its own."""

    def __init__(self, folder: Path, *arguments: str, **env: str) -> None:
        self.folder = folder
        self.arguments = arguments or ("serve",)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = FAST | env
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        own = {
            "PORT": str(self.port),
            "KV_URL": f"sqlite:///{self.folder}/genre-sorter.db",
            "LOG_FORMAT": "json",
            "PYTHONPATH": str(ROOT),
        }
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", *self.arguments],
                cwd=self.folder,
                env=inherited | own | self.env,
                stderr=log,
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/healthz", timeout=1).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        pytest.fail(f"no answer within {READY_S} s:\n{self.log()}")

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
            self.process.wait(timeout=15)

    def control(self) -> dict:  # type: ignore[type-arg]
        """What the simulator counted."""
        return httpx.get(f"{self.url}/simulator/control").json()

    def switch(self, **switches: object) -> None:
        httpx.post(f"{self.url}/simulator/control/switches", json=switches).raise_for_status()


@contextmanager
def running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo with its own library, shared by the tests that leave it in order."""
    with running(Server(tmp_path_factory.mktemp("demo"))) as server:
        yield server


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Servers of a test's own."""
    servers: list[Server] = []

    def make(*arguments: str, **env: str) -> Server:
        folder = tmp_path / str(len(servers))
        folder.mkdir()
        servers.append(Server(folder, *arguments, **env))
        return servers[-1]

    yield make
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


Open = Callable[..., Page]


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about; empty at the end of a test, unless the test took it out."""
    return []


@pytest.fixture
def open_page(browser: Browser, complaints: list[str]) -> Iterator[Open]:
    """Open a page in a browser of its own; console errors and CSP reports fail the test."""
    contexts: list[BrowserContext] = []

    def open_it(url: str, **options: object) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: message.type in {"error", "warning"} and complaints.append(message.text),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []
