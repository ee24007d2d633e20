import asyncio

import pytest

from app.accounts.attempts import SignInAttempts
from app.accounts.cookies import Cookie
from app.accounts.errors import ForeignStateError, SignInExpiredError, SignInReplayedError
from app.kv.cached import CachedKV
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio


async def test_the_browser_that_started_redeems_its_attempt(attempts: SignInAttempts, signin: Cookie) -> None:
    attempt, cookie = attempts.begin("/genres")
    assert await attempts.redeem(attempt.state, {signin.name: cookie}) == attempt
    assert 43 <= len(attempt.verifier) <= 128
    assert attempt.verifier not in cookie


async def test_no_two_attempts_are_alike(attempts: SignInAttempts) -> None:
    (first, _), (second, _) = attempts.begin("/"), attempts.begin("/")
    assert first.state != second.state
    assert first.verifier != second.verifier


async def test_a_copied_cookie_does_not_work_a_second_time(attempts: SignInAttempts, signin: Cookie) -> None:
    attempt, cookie = attempts.begin("/")
    await attempts.redeem(attempt.state, {signin.name: cookie})
    with pytest.raises(SignInReplayedError):
        await attempts.redeem(attempt.state, {signin.name: cookie})
    with pytest.raises(SignInReplayedError):
        await attempts.redeem(attempt.state, {})


async def test_of_many_that_arrive_at_once_one_wins(attempts: SignInAttempts, signin: Cookie) -> None:
    attempt, cookie = attempts.begin("/")
    outcomes = await asyncio.gather(
        *(attempts.redeem(attempt.state, {signin.name: cookie}) for _ in range(20)), return_exceptions=True
    )
    assert sum(outcome == attempt for outcome in outcomes) == 1
    assert sum(isinstance(outcome, SignInReplayedError) for outcome in outcomes) == 19


async def test_ten_minutes_to_the_second(attempts: SignInAttempts, signin: Cookie, clock: FakeClock) -> None:
    in_time, late = attempts.begin("/"), attempts.begin("/")
    await clock.advance(599)
    await attempts.redeem(in_time[0].state, {signin.name: in_time[1]})
    await clock.advance(1)
    with pytest.raises(SignInExpiredError):
        await attempts.redeem(late[0].state, {signin.name: late[1]})
    with pytest.raises(SignInExpiredError):  # what a browser sends that has dropped the cookie
        await attempts.redeem(late[0].state, {})


async def test_another_browser_is_foreign(attempts: SignInAttempts, signin: Cookie) -> None:
    mine, _ = attempts.begin("/")
    _, its_cookie = attempts.begin("/")
    for cookies in ({}, {signin.name: its_cookie}, {signin.name: "x"}, {"other": its_cookie}):
        with pytest.raises(ForeignStateError):
            await attempts.redeem(mine.state, cookies)


async def test_a_foreign_visit_does_not_use_the_attempt_up(attempts: SignInAttempts, signin: Cookie) -> None:
    attempt, cookie = attempts.begin("/")
    with pytest.raises(ForeignStateError):
        await attempts.redeem(attempt.state, {})
    assert await attempts.redeem(attempt.state, {signin.name: cookie}) == attempt


async def test_an_invented_state_costs_no_read(
    attempts: SignInAttempts, signin: Cookie, kv: CachedKV
) -> None:
    attempt, cookie = attempts.begin("/")
    before = kv.snapshot().totals
    for state in (None, "", "x", "é", attempt.state[:-1], attempt.state.swapcase()):
        with pytest.raises(ForeignStateError):
            await attempts.redeem(state, {signin.name: cookie})
    assert kv.snapshot().totals == before
