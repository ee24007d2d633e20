"""The standard workload in short: an evening of one listener with few songs, in some seconds."""

import asyncio

from benchmarks.standard_workload import TRUSTED, agreements, bounds
from benchmarks.workload_replay import replay, simulator

SONGS = 300


def test_an_evening_costs_what_the_app_says_and_no_more_than_it_may() -> None:
    with simulator(SONGS) as address:
        found = asyncio.run(replay(address))
    assert not [claim for claim, holds in (*agreements(found), *bounds(TRUSTED, found)) if not holds]
