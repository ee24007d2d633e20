"""SIGKILL in the middle of scans: the calls that Spotify gets never pass the budget."""

import random
import time
from collections.abc import Callable

from tests.e2e.listener import Listener
from tests.e2e.server import Server, until
from tests.processes.conftest import Figure
from tests.processes.scale import KILLS, SEED
from tests.processes.servers import FaultyApp, Simulator

BUDGET, RESERVE = 60, 10
SONGS = 10_000


def calls(simulator: Simulator) -> int:
    """Return how many calls of the Web API the simulator has had."""
    return sum(simulator.control()["calls"]["spotify"].values())


def test_the_budget_holds_however_often_the_process_is_killed(
    new_app: Callable[..., FaultyApp],
    new_listener: Callable[[Server], Listener],
    simulator: Simulator,
    figure: Figure,
) -> None:
    chance = random.Random(SEED)
    with simulator.switched(songs=SONGS, latency_ms=20):
        before = calls(simulator)
        app = new_app(SPOTIFY_DAILY_BUDGET=str(BUDGET), SPOTIFY_WRITE_RESERVE=str(RESERVE))
        listener = new_listener(app)
        listener.http.post("/api/genres/scan", json={"overBudget": True}).raise_for_status()
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.05, 0.3))
            app.kill()
            app.start()
        until(lambda: listener.json("/api/genres/scan")["status"] == "waiting", "the end of the budget")
        told = listener.json("/api/upstream")["spotify"]
        made = calls(simulator) - before
        listener.http.delete("/api/genres/scan").raise_for_status()
    figure(f"{made} calls were made and {told['used']} counted of {BUDGET}, seed {SEED}")
    assert made <= told["used"] <= BUDGET
    assert told["left"] == 0
    assert told["leftForWrites"] == BUDGET - told["used"]
