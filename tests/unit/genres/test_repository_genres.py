"""How long libraries stay, and what is written when."""

from datetime import timedelta

import pytest
import respx

from app.events import ScanFinished
from app.genres.repository import LIBRARY, LIBRARY_USE, SONGS
from tests.unit.genres.process import Process
from tests.unit.genres.wire import LikedSongs, MusicBrainzWire, tracks

pytestmark = pytest.mark.anyio

DAY_S = timedelta(days=1).total_seconds()


@pytest.fixture(autouse=True)
def liked(wire: respx.MockRouter) -> LikedSongs:
    MusicBrainzWire(wire)
    return LikedSongs(wire, tracks(600))


async def keys(process: Process) -> int:
    await process.kv.flush()
    return len((await process.kv._store.scan("library")).keys)


async def test_a_library_nobody_looks_at_is_gone_after_a_month(process: Process) -> None:
    await process.scan()
    await process.clock.jump(31 * DAY_S)
    assert await process.genres.find_library("me") is None
    assert await keys(process) == 0


async def test_a_library_that_is_looked_at_stays(process: Process, liked: LikedSongs) -> None:
    await process.scan()
    for _ in range(5):
        await process.clock.jump(29 * DAY_S)
        assert await process.keys() == liked.keys


async def test_a_visit_is_noted_once_a_day(process: Process) -> None:
    await process.scan()
    writes = process.kv.snapshot().kinds[LIBRARY_USE.prefix].writes
    await process.clock.jump(2 * DAY_S)
    for _ in range(20):
        await process.genres.get_library("me")
        await process.clock.advance(60)
    assert process.kv.snapshot().kinds[LIBRARY_USE.prefix].writes == writes + 1


async def test_a_library_is_read_in_few_store_calls_and_then_from_memory(process: Process) -> None:
    await process.scan()
    before = process.kv.snapshot()
    await process.genres.get_library("me")
    after = process.kv.snapshot()
    assert after.calls - before.calls <= 4
    for _ in range(10):
        await process.genres.get_library("me")
    assert process.kv.snapshot().calls == after.calls


async def test_a_chunk_stays_far_below_what_a_store_takes(process: Process) -> None:
    await process.scan()
    index = await process.kv.get(LIBRARY("me"))
    assert index
    for generation, number in index.chunks:
        chunk = await process.kv.get(SONGS("me", generation, number))
        assert chunk
        assert len(chunk.rows) <= 500
        assert len(chunk.model_dump_json()) < 1_000_000


async def test_a_library_that_was_gone_through_is_not_read_again_for_a_scan_that_changed_nothing(
    process: Process,
) -> None:
    await process.scan()
    await process.clock.advance(60)
    before = process.kv.snapshot().kinds[SONGS.prefix].reads
    await process.events.publish(ScanFinished("me", 600))
    await process.clock.advance(60)
    assert process.kv.snapshot().kinds[SONGS.prefix].reads == before


async def test_a_look_for_new_songs_reads_the_first_chunk_alone(process: Process) -> None:
    await process.scan()
    await process.clock.advance(60)
    before = process.kv.snapshot().kinds[SONGS.prefix].reads
    await process.scan()
    assert process.kv.snapshot().kinds[SONGS.prefix].reads == before + 1


async def test_where_the_first_chunk_is_small_a_look_reads_the_second_as_well(
    process: Process, liked: LikedSongs
) -> None:
    await process.scan()
    liked.rows = [*tracks(603)[:3], *liked.rows]
    await process.scan()
    await process.clock.advance(60)
    before = process.kv.snapshot().kinds[SONGS.prefix].reads
    await process.scan()
    assert process.kv.snapshot().kinds[SONGS.prefix].reads == before + 2
    assert await process.keys() == liked.keys
