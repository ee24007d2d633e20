"""What people are told of the calls that are left."""

from datetime import timedelta

import pytest

from app.kv.stores.memory import MemoryStore
from app.spotify.capacity_line import CapacityLines
from app.spotify.client import SpotifyClient
from app.upstream.blocks import Rules
from app.upstream.capacity import WINDOW
from app.upstream.gate import Gate, Priority
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.unit.upstream.replica import Replica

pytestmark = pytest.mark.anyio


@pytest.fixture
async def replica(clock: FakeClock) -> Replica:
    one = Replica(MemoryStore(clock), Rules(limit=900, reserve=150, now_playing=150), clock=clock)
    await one.start()
    return one


@pytest.fixture
def gate(replica: Replica, clock: FakeClock) -> Gate:
    return Gate("Spotify", rate_per_second=2, clock=clock, budget=replica.budget)


@pytest.fixture
async def lines(gate: Gate, clock: FakeClock) -> CapacityLines:
    async with build_http(contact="me@example.org") as http:
        return CapacityLines(SpotifyClient(http, gate, api_url="https://x", clock=clock), clock)


async def test_nothing_is_told_while_there_is_enough(lines: CapacityLines, replica: Replica) -> None:
    await replica.calls(Priority.SCAN, 500)
    assert lines.for_library(1000) is lines.for_scan(1000) is lines.for_playlists() is None
    assert lines.for_library(50_000) is None


async def test_under_a_third_it_is_told_in_scans_of_this_size(lines: CapacityLines, replica: Replica) -> None:
    await replica.calls(Priority.SCAN, 530)
    told = lines.for_library(5000)
    assert told
    assert (told.kind, told.more, told.capacity.left) == ("scans", 2, 220)
    low = lines.for_scan(None)
    assert low
    assert low.kind == "low"


async def test_a_scan_over_what_is_left_is_told_with_its_end(
    lines: CapacityLines, replica: Replica, clock: FakeClock
) -> None:
    await replica.calls(Priority.SCAN, 500)
    told = lines.for_scan(20_000)
    assert told
    assert told.kind == "over"
    assert told.finish_at
    assert WINDOW < told.finish_at - clock.now() < WINDOW + timedelta(minutes=10)


async def test_scans_that_have_to_wait_are_told_and_playlists_go_on(
    lines: CapacityLines, replica: Replica, clock: FakeClock
) -> None:
    await replica.calls(Priority.SCAN, 1000)
    told = lines.for_library(1000)
    assert told
    assert (told.kind, told.capacity.blocked_until) == ("full", clock.now() + WINDOW)
    playlists = lines.for_playlists()
    assert playlists
    assert (playlists.kind, playlists.more) == ("playlists", 30)


async def test_spotifys_own_pause_is_told_everywhere(
    lines: CapacityLines, gate: Gate, clock: FakeClock
) -> None:
    until = clock.now() + timedelta(hours=6)
    await gate.block(until)
    for told in (lines.for_library(7), lines.for_scan(7), lines.for_playlists()):
        assert told
        assert (told.kind, told.capacity.blocked_until) == ("blocked", until)


async def test_without_a_limit_there_is_nothing_to_tell(lines: CapacityLines, replica: Replica) -> None:
    replica.extended = True
    assert lines.for_library(50_000) is lines.for_scan(50_000) is lines.for_playlists() is None
