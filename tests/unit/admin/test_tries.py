"""At most ten wrong tokens a minute from one address."""

import pytest

from app.accounts.address_limit import ADDRESSES
from app.admin.tries import TooManyTriesError, Tries
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio


def fail(tries: Tries, address: str, times: int) -> None:
    for _ in range(times):
        tries.check(address)
        tries.wrong(address)


async def test_after_ten_it_is_enough_for_a_minute(clock: FakeClock) -> None:
    tries = Tries(clock)
    fail(tries, "192.0.2.1", 4)
    await clock.advance(20)
    fail(tries, "192.0.2.1", 6)
    with pytest.raises(TooManyTriesError) as raised:
        tries.check("192.0.2.1")
    assert (raised.value.status, raised.value.retry_after) == (429, 40)
    await clock.advance(39.9)
    with pytest.raises(TooManyTriesError):
        tries.check("192.0.2.1")
    await clock.advance(0.1)
    fail(tries, "192.0.2.1", 4)
    with pytest.raises(TooManyTriesError):
        tries.check("192.0.2.1")


def test_others_are_not_kept_out(clock: FakeClock) -> None:
    tries = Tries(clock)
    fail(tries, "192.0.2.1", 10)
    tries.check("192.0.2.2")
    tries.check("")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("not an address", "not an address", True),
    ],
)
def test_a_household_has_one_address(clock: FakeClock, one: str, other: str, *, same: bool) -> None:
    tries = Tries(clock)
    fail(tries, one, 10)
    if same:
        with pytest.raises(TooManyTriesError):
            tries.check(other)
    else:
        tries.check(other)


def test_it_remembers_no_more_than_a_thousand_addresses(clock: FakeClock) -> None:
    tries = Tries(clock)
    for number in range(ADDRESSES + 1):
        fail(tries, f"10.0.{number // 256}.{number % 256}", 10)
    tries.check("10.0.0.0")
    with pytest.raises(TooManyTriesError):
        tries.check("10.0.0.1")
