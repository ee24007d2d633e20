"""Processes to end, to starve and to mislead, and the figures that they leave."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.listener import Listener
from tests.e2e.server import Server, running
from tests.processes.scale import PROOF, SEED
from tests.processes.servers import FaultyApp, Simulator

Figure = Callable[[str], None]
FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Spotify and MusicBrainz for all tests."""
    with running(Simulator(tmp_path_factory.mktemp("simulator"))) as server:
        yield server


@pytest.fixture
def new_app(tmp_path: Path, simulator: Simulator) -> Iterator[Callable[..., FaultyApp]]:
    """The app on a disk and in a time of the test's, started."""
    apps: list[FaultyApp] = []

    def make(**env: str) -> FaultyApp:
        apps.append(FaultyApp(tmp_path, simulator, **env))
        apps[-1].start()
        return apps[-1]

    yield make
    for app in apps:
        app.kill()


@pytest.fixture
def new_listener() -> Iterator[Callable[[Server], Listener]]:
    """People, signed in."""
    listeners: list[Listener] = []

    def make(server: Server) -> Listener:
        listeners.append(Listener(server.url))
        return listeners[-1].sign_in()

    yield make
    for listener in listeners:
        listener.http.close()


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """Note what was measured; it is shown when all tests are over, whatever came of them."""
    figures = request.config.stash.setdefault(FIGURES, [])
    return lambda text: figures.append(f"{request.node.name}: {text}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if figures := config.stash.get(FIGURES, []):
        terminalreporter.section(f"figures of the {'long' if PROOF else 'short'} forms, seed {SEED}")
        for line in figures:
            terminalreporter.line(line)
