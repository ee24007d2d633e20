"""A real server with its simulator, and a real browser that must not complain."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.e2e.listener import Listener, new_listener
from tests.e2e.server import Server, running

__all__ = ["new_listener"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation",
  (event) => console.error(`CSP: ${event.violatedDirective} refuses ${event.blockedURI}`));
"""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo with its own library, shared by the tests that leave it in order."""
    with running(Server(tmp_path_factory.mktemp("demo"))) as server:
        yield server


@pytest.fixture(scope="session")
def scanned(demo: Server) -> Iterator[Listener]:
    """Somebody whose library is sorted; shared, so nobody makes playlists of it or signs out."""
    with Listener(demo.url) as listener:
        yield listener.sign_in().scan()


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; for a module only, because its event loop would stand in the way of asynchronous tests."""
    if CHROMIUM is None and "CI" not in os.environ:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


class Complaints(list[str]):
    """What the browser complained about: errors and warnings on its console, reports of the CSP."""

    def expect(self, part: str, page: Page) -> None:
        """Take out a complaint that the test has brought about on purpose, as soon as it comes."""
        for _ in range(100):
            if found := next((complaint for complaint in self if part in complaint), None):
                self.remove(found)
                return
            page.wait_for_timeout(50)
        pytest.fail(f"the browser did not complain about {part}")

    def note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.append(f"{message.text} ({message.location['url']})")


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, complaints: Complaints) -> Iterator[Open]:
    """Open a page in a browser of its own; a complaint that no test expects fails it."""
    contexts: list[BrowserContext] = []

    def open_it(url: str, *, listener: Listener | None = None, **options: object) -> Page:
        given = {
            "viewport": {"width": 1280, "height": 900},
            "base_url": str(httpx.URL(url).join("/")),
            **options,
        }
        context = browser.new_context(**given)  # type: ignore[arg-type]
        contexts.append(context)
        context.add_init_script(TELL_VIOLATIONS)
        context.add_cookies(listener.cookies if listener else [])  # type: ignore[arg-type]
        page = context.new_page()
        page.on("console", complaints.note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []
