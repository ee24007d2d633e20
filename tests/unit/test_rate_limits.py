"""How often a caller may do something."""

import pytest
from limits import RateLimitItemPerHour, RateLimitItemPerMinute

from app.errors import TooManyRequestsError
from app.rate_limits import CALLERS, RateLimit
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio

MOST = 10


@pytest.fixture
def limit(clock: FakeClock) -> RateLimit:
    return RateLimit(clock, RateLimitItemPerMinute(MOST))


def take(limit: RateLimit, caller: str, times: int = MOST) -> None:
    for _ in range(times):
        limit.take(caller)


async def test_it_frees_itself_when_its_window_ends(limit: RateLimit, clock: FakeClock) -> None:
    take(limit, "192.0.2.1", 4)
    await clock.advance(20)
    take(limit, "192.0.2.1", 6)
    for asked in (limit.take, limit.check):
        with pytest.raises(TooManyRequestsError) as raised:
            asked("192.0.2.1")
        assert (raised.value.status, raised.value.retry_after) == (429, 40)
        assert raised.value.detail == "The next is taken in 40 seconds."
    await clock.advance(39.9)
    with pytest.raises(TooManyRequestsError):
        limit.take("192.0.2.1")
    await clock.advance(0.1)
    take(limit, "192.0.2.1")


async def test_one_second_is_one(limit: RateLimit, clock: FakeClock) -> None:
    take(limit, "192.0.2.1")
    await clock.advance(59.5)
    with pytest.raises(TooManyRequestsError, match=r"in 1 second\."):
        limit.take("192.0.2.1")


async def test_a_long_wait_is_told_in_minutes(clock: FakeClock) -> None:
    limit = RateLimit(clock, RateLimitItemPerHour(1))
    limit.take("somebody")
    await clock.advance(90)
    with pytest.raises(TooManyRequestsError, match=r"in 59 minutes\.") as raised:
        limit.take("somebody")
    assert raised.value.retry_after == 3510


def test_looking_counts_nothing(limit: RateLimit) -> None:
    for _ in range(MOST * 2):
        limit.check("192.0.2.1")
    for _ in range(MOST):
        assert limit.note("192.0.2.1")
    assert not limit.note("192.0.2.1")


def test_others_are_not_kept_out(limit: RateLimit, clock: FakeClock) -> None:
    take(limit, "192.0.2.1")
    take(limit, "192.0.2.2")
    take(RateLimit(clock, RateLimitItemPerMinute(MOST)), "192.0.2.1")


def test_a_household_has_one_address(limit: RateLimit) -> None:
    take(limit, "2001:db8::1")
    with pytest.raises(TooManyRequestsError):
        limit.take("2001:db8::ffff:2")
    limit.take("2001:db8:0:1::1")


def test_it_remembers_no_more_than_a_thousand_callers(limit: RateLimit) -> None:
    for number in range(CALLERS + 1):
        take(limit, f"10.0.{number // 256}.{number % 256}")
    limit.check("10.0.0.0")
    with pytest.raises(TooManyRequestsError):
        limit.check("10.0.0.1")
