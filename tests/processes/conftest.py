"""Processes to end, to starve and to mislead, and the figures that they leave."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.listener import new_listener
from tests.e2e.server import running
from tests.processes.scale import PROOF, SEED
from tests.processes.servers import FaultyApp, Simulator

__all__ = ["new_listener"]

Figure = Callable[[str], None]
FIGURE = "figure"


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
def figure(request: pytest.FixtureRequest) -> Figure:
    """Note what was measured; it is shown when all tests are over, whatever came of them."""
    told = request.node.user_properties
    return lambda text: told.append((FIGURE, f"{request.node.name}: {text}, seed {SEED}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)]
    lines = [text for report in reports for name, text in report.user_properties if name == FIGURE]
    if lines:
        terminalreporter.section(f"figures of the {'long' if PROOF else 'short'} forms")
        for line in lines:
            terminalreporter.line(line)
