"""Whatever callers do, the gate keeps its promises."""

import asyncio
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from app.upstream.errors import RateLimitedError
from app.upstream.gate import Gate, Priority
from tests.fakes import FakeClock

EPSILON = 1e-5


@dataclass(frozen=True)
class Visit:
    after_s: float
    takes_s: float
    gives_up_after_s: float | None
    priority: Priority


visits = st.lists(
    st.builds(
        Visit,
        after_s=st.sampled_from([0.0, 0.0, 0.1, 0.7, 3.0]),
        takes_s=st.sampled_from([0.0, 0.2, 1.3, 5.0]),
        gives_up_after_s=st.sampled_from([None, None, None, 0.0, 0.4, 2.0]),
        priority=st.sampled_from(Priority),
    ),
    min_size=1,
    max_size=25,
)


@settings(deadline=None, max_examples=60)
@given(
    visits=visits, rate=st.sampled_from([0.5, 1.0, 2.0, 3.0]), burst=st.integers(1, 4), most=st.integers(1, 3)
)
def test_pace_and_crowd_are_kept_to(visits: list[Visit], rate: float, burst: int, most: int) -> None:
    asyncio.run(check(visits, rate=rate, burst=burst, most=most))


async def check(visits: list[Visit], *, rate: float, burst: int, most: int) -> None:
    clock = FakeClock()
    gate = Gate("Any", rate_per_second=rate, clock=clock, max_in_flight=most, burst=burst)
    starts: list[float] = []
    crowd = 0

    async def visit(one: Visit) -> None:
        nonlocal crowd
        async with gate.slot(one.priority):
            starts.append(clock.monotonic())
            crowd += 1
            assert crowd <= most
            try:
                await clock.sleep(one.takes_s)
            finally:
                crowd -= 1

    async def give_up(task: asyncio.Task[None], after_s: float) -> None:
        await clock.sleep(after_s)
        task.cancel()

    tasks: list[asyncio.Task[None]] = []
    for one in visits:
        await clock.advance(one.after_s)
        tasks.append(asyncio.create_task(visit(one)))
        if one.gives_up_after_s is not None:
            tasks.append(asyncio.create_task(give_up(tasks[-1], one.gives_up_after_s)))
    await clock.advance(len(visits) * (5 + 1 / rate) + 10)
    results = await asyncio.gather(*tasks, return_exceptions=True)

    refused = [result for result in results if isinstance(result, BaseException)]
    assert all(isinstance(error, RateLimitedError | asyncio.CancelledError) for error in refused)
    for index, start in enumerate(starts):
        later = starts[index + burst :]
        assert all(at - start >= (number + 1) / rate - EPSILON for number, at in enumerate(later))
    assert (crowd, gate.waiting, gate._in_flight, clock.sleeping) == (0, 0, 0, 0)
