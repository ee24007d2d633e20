"""What the desk finds beside the store and the budget."""

import pytest

from app.admin import concerns
from app.upstream.breaker import FAILURES, Breaker
from app.upstream.errors import UnavailableError
from tests.fakes import FakeClock
from tests.unit.admin.gates import quiet_upstream

pytestmark = pytest.mark.anyio


async def test_a_source_that_is_left_alone_is_told_of_until_it_may_be_asked_again(clock: FakeClock) -> None:
    breaker = Breaker("MusicBrainz", clock)
    upstream = quiet_upstream(clock, breaker=breaker)
    assert list(concerns.of_sources(upstream.state())) == []
    for _ in range(FAILURES):
        with pytest.raises(UnavailableError):
            async with breaker.question():
                raise UnavailableError("MusicBrainz")
    (finding,) = concerns.of_sources(upstream.state())
    assert (finding.level, finding.about) == ("warning", "sources")
    assert finding.told_fact.startswith("MusicBrainz does not answer and is left alone until ")
    await clock.advance(breaker.left_s)
    assert list(concerns.of_sources(upstream.state())) == []


def test_nobody_who_waits_is_nothing_to_do() -> None:
    assert list(concerns.of_requests(0)) == []
