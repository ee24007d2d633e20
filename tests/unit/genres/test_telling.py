"""What a browser is told of a scan."""

import asyncio

import pytest
import respx

from app.events import Event, ScanFinished
from app.genres.scan_schemas import ScanFamilies, ScanOut, ScanProblem
from app.jobs.progress import ProgressEvent
from tests.unit.genres.process import Process
from tests.unit.genres.wire import LikedSongs, MusicBrainzWire, artist_id, tracks

pytestmark = pytest.mark.anyio


@pytest.fixture
def musicbrainz(wire: respx.MockRouter) -> MusicBrainzWire:
    LikedSongs(wire, tracks(1200))
    return MusicBrainzWire(wire, {artist_id(n): {"jazz": 1} for n in range(1000)})


async def told(process: Process) -> list[ProgressEvent]:
    """Scan, and return every event."""
    await process.scans.start("me")
    events: list[ProgressEvent] = []

    async def listen() -> None:
        events.extend([event async for event in process.scans.watch("me")])

    listener = asyncio.create_task(listen())
    while not listener.done():
        await process.clock.advance(0.1)
    return events


async def test_progress_and_families_are_told_until_the_end(
    process: Process, musicbrainz: MusicBrainzWire
) -> None:
    started = process.clock.monotonic()
    events = await told(process)
    seconds = process.clock.monotonic() - started
    assert {event.event for event in events} == {"progress", "genres", "done"}
    assert [event.id for event in events] == sorted({event.id for event in events})
    assert len(events) <= 4 * seconds + 4
    end, families = events[-1], [event.data for event in events if event.event == "genres"][-1]
    assert (end.event, isinstance(end.data, ScanOut) and end.data.status) == ("done", "completed")
    assert isinstance(families, ScanFamilies)
    assert {one.id: one.count for one in families.families if one.count} == {"jazz": 1200}
    assert families.without_genre == 0


async def test_the_time_left_is_measured_and_comes_true(
    process: Process, musicbrainz: MusicBrainzWire
) -> None:
    await process.scans.start("me")
    await process.clock.advance(6)
    eta_s = (await process.scans.get_progress("me")).eta_seconds
    started = process.clock.monotonic()
    await process.finish()
    assert eta_s
    assert abs(process.clock.monotonic() - started - eta_s) < 5
    assert (await process.scans.get_progress("me")).eta_seconds is None


async def test_a_problem_is_told_in_one_sentence(process: Process, musicbrainz: MusicBrainzWire) -> None:
    musicbrainz.down = True
    events = await told(process)
    problems = [event.data for event in events if event.event == "problem"]
    assert problems[-1] == ScanProblem(
        detail="MusicBrainz does not answer. 600 artists wait; they are filled in later."
    )


async def test_a_finished_scan_is_an_event_and_a_stopped_one_is_none(
    process: Process, musicbrainz: MusicBrainzWire
) -> None:
    seen: list[Event] = []

    async def see(event: Event) -> None:
        seen.append(event)

    process.events.subscribe(see)
    await process.scans.start("me")
    await process.clock.advance(3)
    await process.scans.stop("me")
    assert seen == []
    await process.scan()
    assert seen == [ScanFinished("me", 1200)]


async def test_a_listener_after_the_end_hears_the_end(process: Process, musicbrainz: MusicBrainzWire) -> None:
    assert [event.event for event in await process.told()] == ["done"]
    await process.scan()
    (event,) = await process.told()
    assert isinstance(event.data, ScanOut)
    assert (event.event, event.data.status, event.data.scanned) == ("done", "completed", 1200)
