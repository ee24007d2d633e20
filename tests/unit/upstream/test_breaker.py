"""When a service is left alone, and when it is tried again."""

import asyncio

import pytest

from app.upstream.breaker import Breaker
from app.upstream.errors import UnavailableError
from tests.fakes import FakeClock, settle

pytestmark = pytest.mark.anyio


async def fail(breaker: Breaker, error: type[Exception] = UnavailableError) -> bool:
    """Ask a service that fails; whether it was asked at all."""
    asked = []

    async def ask() -> None:
        async with breaker.question():
            asked.append(True)
            raise error("no answer")

    with pytest.raises(error):
        await ask()
    return bool(asked)


async def succeed(breaker: Breaker) -> None:
    async with breaker.question():
        pass


@pytest.fixture
def breaker(clock: FakeClock) -> Breaker:
    return Breaker("Source", clock, failures=3, rest_s=30)


async def test_three_failures_in_a_row_open_it(breaker: Breaker) -> None:
    assert [await fail(breaker) for _ in range(5)] == [True, True, True, False, False]


async def test_an_answer_in_between_starts_the_count_again(breaker: Breaker) -> None:
    for _ in range(3):
        assert [await fail(breaker), await fail(breaker)] == [True, True]
        await succeed(breaker)


async def test_it_says_how_long_it_stays_open(breaker: Breaker, clock: FakeClock) -> None:
    for _ in range(3):
        await fail(breaker)
    await clock.advance(10)
    with pytest.raises(UnavailableError, match="Source") as refused:
        await succeed(breaker)
    assert refused.value.retry_after == 20


async def test_after_the_rest_an_answer_closes_it(breaker: Breaker, clock: FakeClock) -> None:
    for _ in range(3):
        await fail(breaker)
    await clock.advance(30)
    await succeed(breaker)
    assert [await fail(breaker) for _ in range(4)] == [True, True, True, False]
    await clock.advance(30)
    assert not breaker.is_open, "it has closed, so it opens for the short time again"


async def test_a_trial_that_fails_opens_it_for_twice_as_long(breaker: Breaker, clock: FakeClock) -> None:
    for _ in range(3):
        await fail(breaker)
    for rest_s in (30, 60, 120, 240, 480, 900, 900):
        await clock.advance(rest_s - 0.1)
        assert breaker.is_open
        await clock.advance(0.1)
        assert await fail(breaker)


async def test_one_trial_at_a_time(breaker: Breaker, clock: FakeClock) -> None:
    for _ in range(3):
        await fail(breaker)
    await clock.advance(30)
    answer = asyncio.Event()

    async def trial() -> None:
        async with breaker.question():
            await answer.wait()

    task = asyncio.create_task(trial())
    await settle()
    assert not await fail(breaker)
    answer.set()
    await task
    assert await fail(breaker), "it is closed, so the next one is asked"


async def test_a_trial_that_is_given_up_lets_the_next_one_try(breaker: Breaker, clock: FakeClock) -> None:
    for _ in range(3):
        await fail(breaker)
    await clock.advance(30)

    async def trial() -> None:
        async with breaker.question():
            await asyncio.Event().wait()

    task = asyncio.create_task(trial())
    await settle()
    task.cancel()
    await settle()
    assert not breaker.is_open
    assert await fail(breaker)


async def test_questions_under_way_together_open_it_once(breaker: Breaker, clock: FakeClock) -> None:
    gate = asyncio.Event()

    async def ask() -> None:
        async with breaker.question():
            await gate.wait()
            raise UnavailableError("no answer")

    tasks = [asyncio.create_task(ask()) for _ in range(9)]
    await settle()
    gate.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    await clock.advance(30)
    assert not breaker.is_open


async def test_a_defect_of_ours_says_nothing_about_the_service(breaker: Breaker) -> None:
    assert [await fail(breaker, KeyError) for _ in range(5)] == [True] * 5
