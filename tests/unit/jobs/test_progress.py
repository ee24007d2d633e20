import asyncio

import pytest
from pydantic import BaseModel

from app.jobs.progress import Channel, Channels, ProgressEvent
from tests.fakes import FakeClock, settle

pytestmark = pytest.mark.anyio


class Data(BaseModel):
    value: int


def listen(channel: Channel, last_id: int | None = None) -> tuple[list[ProgressEvent], asyncio.Task[None]]:
    heard: list[ProgressEvent] = []

    async def run() -> None:
        async for event in channel.subscribe(last_id):
            heard.append(event)  # noqa: PERF401 - the list is looked at while this runs

    return heard, asyncio.create_task(run())


def told(events: list[ProgressEvent]) -> list[tuple[int, str, int]]:
    return [(event.id, event.event, event.data.value) for event in events if isinstance(event.data, Data)]


async def test_everybody_hears_everything_in_order() -> None:
    channel = Channel()
    first, one = listen(channel)
    second, two = listen(channel)
    await settle()
    for value in (1, 2):
        channel.publish("progress", Data(value=value))
        await settle()
    channel.publish("done", Data(value=3))
    channel.close()
    await asyncio.gather(one, two)

    assert told(first) == told(second) == [(1, "progress", 1), (2, "progress", 2), (3, "done", 3)]


async def test_a_late_listener_gets_the_latest_of_each_kind() -> None:
    channel = Channel()
    for kind, value in [("progress", 1), ("genres", 2), ("progress", 3)]:
        channel.publish(kind, Data(value=value))
    heard, task = listen(channel)
    channel.close()
    await task

    assert told(heard) == [(2, "genres", 2), (3, "progress", 3)]


@pytest.mark.parametrize(
    ("last_id", "ids"), [(None, [2, 3]), (0, [2, 3]), (1, [2, 3]), (2, [3]), (3, []), (99, [2, 3])]
)
async def test_a_listener_that_comes_back_gets_what_it_missed(last_id: int | None, ids: list[int]) -> None:
    channel = Channel()
    for kind in ("progress", "genres", "progress"):
        channel.publish(kind, Data(value=0))
    heard, task = listen(channel, last_id)
    channel.close()
    await task

    assert [event.id for event in heard] == ids


async def test_a_slow_listener_skips_steps_but_not_the_end() -> None:
    channel = Channel()
    channel.publish("progress", Data(value=0))
    events = channel.subscribe()
    first = await anext(events)
    for value in range(1, 10_000):
        channel.publish("progress", Data(value=value))
    channel.publish("done", Data(value=-1))
    channel.close()
    rest = [event async for event in events]

    assert told([first, *rest]) == [(1, "progress", 0), (10_000, "progress", 9_999), (10_001, "done", -1)]


async def test_closing_ends_listeners_that_wait() -> None:
    channel = Channel()
    heard, task = listen(channel)
    await settle()
    assert not task.done()
    channel.close()
    await task

    assert heard == []


async def test_a_listener_may_go_away() -> None:
    channel = Channel()
    heard, task = listen(channel)
    await settle()
    task.cancel()
    await settle()
    channel.publish("progress", Data(value=1))

    assert task.cancelled()
    assert heard == []


async def test_channels_are_found_by_name_until_closed(clock: FakeClock) -> None:
    channels = Channels(clock)
    channel = channels.open("scan:a")
    assert channels.find("scan:a") is channel
    assert channels.find("scan:b") is None

    channels.close("scan:a")
    channels.close("scan:a")

    assert channels.find("scan:a") is None
    assert channel.closed


async def test_listeners_still_hear_the_end_of_a_closed_channel(clock: FakeClock) -> None:
    channels = Channels(clock)
    channel = channels.open("scan:a")
    heard, task = listen(channel)
    await settle()
    channel.publish("done", Data(value=1))
    channels.close("scan:a")
    await task

    assert [event.event for event in heard] == ["done"]


async def test_opening_again_ends_the_older_channel(clock: FakeClock) -> None:
    channels = Channels(clock)
    old = channels.open("scan:a")
    new = channels.open("scan:a")

    assert old.closed
    assert channels.find("scan:a") is new


async def test_ids_grow_across_restarts(clock: FakeClock) -> None:
    before = Channels(clock).open("scan:a").publish("progress", Data(value=1))
    await clock.advance(1)
    after = Channels(clock).open("scan:a").publish("progress", Data(value=1))

    assert after.id > before.id


async def test_all_channels_close_at_shutdown(clock: FakeClock) -> None:
    channels = Channels(clock)
    opened = [channels.open(name) for name in ("scan:a", "scan:b")]
    channels.close_all()

    assert all(channel.closed for channel in opened)
    assert channels.find("scan:a") is None
