"""What operators are told of the outside services."""

from datetime import timedelta

import pytest

from app.kv.stores.memory import MemoryStore
from app.upstream.blocks import Rules
from app.upstream.errors import UnavailableError
from app.upstream.gate import Priority
from tests.fakes import FakeClock
from tests.unit.admin.gates import quiet_upstream
from tests.unit.upstream.replica import Replica

pytestmark = pytest.mark.anyio

RULES = Rules(limit=60, reserve=15, now_playing=12)


@pytest.fixture
async def replica(clock: FakeClock) -> Replica:
    one = Replica(MemoryStore(clock), RULES, clock=clock)
    await one.start()
    return one


async def test_the_budget_is_told_in_numbers(replica: Replica, clock: FakeClock) -> None:
    await replica.calls(Priority.SCAN, 20)
    upstream = quiet_upstream(clock, replica.budget)
    reads = dict(replica.store.seen)
    told = upstream.state().model_dump(by_alias=True, mode="json")
    assert dict(replica.store.seen) == reads
    assert told["spotify"] == {
        "limit": 60,
        "used": 20,
        "left": 25,
        "leftForWrites": 40,
        "reserve": 15,
        "nowPlayingLeft": 12,
        "blockedUntil": None,
        "reason": None,
        "waiting": 0,
        "ratePerSecond": 2,
        "calls": 0,
        "callsByClass": {"interactive": 0, "write": 0, "scan": 0, "nowPlaying": 0, "background": 0},
        "mode": "development",
    }
    assert told["sources"].keys() == {"musicbrainz", "wikidata", "lastfm"}
    assert all(source["ratePerSecond"] == 1 for source in told["sources"].values())


async def test_every_source_says_what_it_answered_and_until_when_it_is_left_alone(clock: FakeClock) -> None:
    upstream = quiet_upstream(clock)
    breaker = upstream._breakers["musicbrainz"]
    async with breaker.question():
        pass
    for _ in range(3):
        with pytest.raises(UnavailableError):
            async with breaker.question():
                raise UnavailableError("busy")
    sources = upstream.state().sources
    assert (sources["musicbrainz"].answered, sources["musicbrainz"].failed) == (1, 3)
    assert sources["musicbrainz"].resting_until == clock.now() + timedelta(seconds=30)
    assert [name for name, source in sources.items() if source.chosen] == ["musicbrainz"]
    await clock.advance(30)
    assert upstream.state().sources["musicbrainz"].resting_until is None


async def test_calls_are_counted_by_class(clock: FakeClock) -> None:
    upstream = quiet_upstream(clock)
    for priority in Priority:
        async with upstream._gates.spotify.slot(priority):
            await clock.advance(1)
    assert upstream.state().spotify.calls == 5
    assert upstream.state().spotify.calls_by_class.now_playing == 1


@pytest.mark.parametrize(
    ("made", "word"), [(0, None), (35, None), (37, "scans have 8 left"), (45, "Scans have used their part")]
)
async def test_a_budget_that_runs_out_is_found(
    made: int, word: str | None, replica: Replica, clock: FakeClock
) -> None:
    await replica.calls(Priority.SCAN, made)
    found = [finding.told for finding in quiet_upstream(clock, replica.budget).findings()]
    assert [word in one for one in found if word] == ([True] if word else [])
    assert len(found) == bool(word)


async def test_a_block_is_found(clock: FakeClock) -> None:
    upstream = quiet_upstream(clock)
    await upstream._gates.spotify.block(clock.now() + timedelta(hours=6))
    (found,) = upstream.findings()
    assert found.told_fact == "Spotify takes no calls from this app until 2026-11-22 18:00 UTC."
    assert upstream.state().spotify.limit is None


def value(upstream_metrics: list, name: str, **labels: str) -> float:  # type: ignore[type-arg]
    return next(
        sample.value
        for family in upstream_metrics
        for sample in family.samples
        if sample.name == f"genre_sorter_upstream_{name}" and labels.items() <= sample.labels.items()
    )


async def test_prometheus_gets_the_same_numbers(replica: Replica, clock: FakeClock) -> None:
    await replica.calls(Priority.WRITE, 3)
    upstream = quiet_upstream(clock, replica.budget)
    await upstream._gates.spotify.block(clock.now() + timedelta(hours=1))
    metrics = list(upstream.metrics())
    assert value(metrics, "budget_limit") == 60
    assert value(metrics, "budget_used") == 3
    assert value(metrics, "budget_left", **{"for": "scans"}) == 42
    assert value(metrics, "blocked_seconds", service="spotify") == 3600
    for service in ("musicbrainz", "wikidata", "lastfm"):
        assert value(metrics, "calls_total", service=service, **{"class": "now-playing"}) == 0
