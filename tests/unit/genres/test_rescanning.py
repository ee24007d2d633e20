"""Scanning again: only what is new is read, what was unliked is found, and the library is the live list."""

import asyncio
from collections.abc import Callable
from math import ceil
from random import Random
from typing import Any

import pytest
import respx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.genres.families import Families
from app.genres.scanning.removals import LivePage, MisfitError, find_removed
from app.genres.songs import RowId
from app.kv.stores.memory import MemoryStore
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.unit.genres.process import Process
from tests.unit.genres.wire import LikedSongs, MusicBrainzWire, track, tracks

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def musicbrainz(wire: respx.MockRouter) -> MusicBrainzWire:
    return MusicBrainzWire(wire)


async def rescanned(process: Process, liked: LikedSongs) -> int:
    """Scan again, and return the calls that took."""
    before = len(liked.offsets)
    await process.scan()
    assert (await process.scans.get_progress("me")).status == "completed"
    return len(liked.offsets) - before


def relike(liked: LikedSongs, place: int, number: int) -> None:
    row = liked.rows.pop(place)
    liked.rows.insert(0, row | {"added_at": track(number)["added_at"]})


@pytest.mark.parametrize("songs", [1, 50, 51, 1203])
async def test_with_nothing_new_one_call_is_enough(
    process: Process, wire: respx.MockRouter, songs: int
) -> None:
    liked = LikedSongs(wire, tracks(songs))
    await process.scan()
    first = await process.genres.get_library("me")
    written = process.kv.snapshot().kinds["library-songs"].writes
    assert await rescanned(process, liked) == 1
    assert await process.genres.get_library("me") is first
    assert process.kv.snapshot().kinds["library-songs"].writes == written


@pytest.mark.parametrize(("new", "calls"), [(1, 1), (49, 1), (50, 3), (120, 4)])
async def test_new_likes_are_read_from_the_top(
    process: Process, wire: respx.MockRouter, new: int, calls: int
) -> None:
    liked = LikedSongs(wire, tracks(1203))
    await process.scan()
    liked.rows[:0] = [track(80_000 + n) for n in reversed(range(new))]
    assert await rescanned(process, liked) == calls
    assert await process.keys() == liked.keys
    report = (await process.scans.get_progress("me")).report
    assert (report.new, report.gone) == (new, 0)


async def test_a_song_liked_once_more_moves_to_the_top(process: Process, wire: respx.MockRouter) -> None:
    liked = LikedSongs(wire, tracks(1203))
    await process.scan()
    relike(liked, 900, 80_000)
    assert await rescanned(process, liked) <= 2
    assert await process.keys() == liked.keys
    assert await rescanned(process, liked) == 1


@pytest.mark.parametrize("places", [[0], [1202], [600], [3, 4, 5, 6], [100, 700, 1100]])
async def test_unliked_songs_are_found_with_few_calls(
    process: Process, wire: respx.MockRouter, places: list[int]
) -> None:
    liked = LikedSongs(wire, tracks(1203))
    await process.scan()
    for place in reversed(places):
        del liked.rows[place]
    assert await rescanned(process, liked) <= 2 + 5 * len(places)
    assert await process.keys() == liked.keys
    assert (await process.scans.get_progress("me")).report.gone == len(places)
    assert await rescanned(process, liked) == 1


async def test_what_cannot_be_found_cheaply_is_found_by_reading_everything(
    process: Process, wire: respx.MockRouter
) -> None:
    liked = LikedSongs(wire, tracks(703))
    await process.scan()
    liked.rows = liked.rows[::2]
    assert await rescanned(process, liked) <= 15 + 7 + 3
    assert await process.keys() == liked.keys


async def test_a_list_with_unreadable_rows_is_followed_all_the_same(
    process: Process, wire: respx.MockRouter
) -> None:
    rows = tracks(203)
    rows[70], rows[130] = None, rows[130] | {"track": None}  # type: ignore[call-overload]
    liked = LikedSongs(wire, rows)
    await process.scan()
    assert await rescanned(process, liked) == 1
    del liked.rows[20]
    liked.rows.insert(0, track(80_000))
    await rescanned(process, liked)
    assert await process.keys() == liked.keys


async def test_a_library_of_many_small_scans_is_not_many_chunks(
    process: Process, wire: respx.MockRouter
) -> None:
    liked = LikedSongs(wire, tracks(30))
    await process.scan()
    for number in range(12):
        liked.rows.insert(0, track(80_000 + number))
        await process.scan()
    await process.kv.flush()
    index = await process.tools.library.find_index("me")
    assert index
    assert len(index.chunks) == 1
    assert len((await process.kv._store.scan("library-songs:")).keys) == 1
    assert await process.keys() == liked.keys


async def test_everything_is_read_when_asked_to(process: Process, wire: respx.MockRouter) -> None:
    liked = LikedSongs(wire, tracks(203))
    await process.scan()
    before = len(liked.offsets)
    await process.scans.start("me", refresh=True)
    await process.finish()
    assert len(liked.offsets) - before == 6


class FakeList:
    """A list that random edits are made to."""

    def __init__(self, random: Random, size: int) -> None:
        self.random = random
        self.rows: list[dict[str, Any]] = tracks(size)
        self.stayed: set[str] = set()
        self._number = 100_000

    def edit(self) -> None:
        for _ in range(self.random.randint(1, 3)):
            kind = self.random.random()
            if kind < 0.4 or not self.rows:
                self._number += 1
                self.rows.insert(0, track(self._number))
            else:
                row = self.rows.pop(self.random.randrange(len(self.rows)))
                self.stayed.discard(row["track"]["id"])
                if kind < 0.6:
                    self._number += 1
                    self.rows.insert(0, row | {"added_at": track(self._number)["added_at"]})


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.integers(0, 320))
def test_after_any_edits_the_next_quiet_scan_has_the_live_list(seed: int, size: int) -> None:
    asyncio.run(_edited(Random(seed), size))


async def _edited(random: Random, size: int) -> None:
    clock = FakeClock()
    with respx.mock(assert_all_called=False) as wire:
        MusicBrainzWire(wire)
        listed = FakeList(random, size)
        liked = LikedSongs(wire, listed.rows)
        async with build_http(contact="me@example.com") as http:
            process = Process(MemoryStore(clock), http, clock=clock, families=FAMILIES)
            await process.open()
            await process.scan()
            for _ in range(3):
                if random.random() < 0.7:
                    listed.edit()
                listed.stayed = {row["track"]["id"] for row in listed.rows}
                liked.edit = _sometimes(listed.edit, random)
                calls = await rescanned(process, liked)
                liked.edit = lambda call: None
                keys = await process.keys() if await process.genres.find_library("me") else []
                assert len(keys) == len(set(keys))
                assert listed.stayed <= set(keys)
                assert calls <= 3 * ceil(len(listed.rows) / 50) + 25
            calls = await rescanned(process, liked)
            assert calls <= 1.5 * ceil(len(listed.rows) / 50) + 6
            assert await process.keys() == liked.keys
            assert await rescanned(process, liked) == 1
            await process.close()


def _sometimes(edit: Callable[[], None], random: Random) -> Callable[[int], None]:
    return lambda call: edit() if random.random() < 0.3 else None


FAMILIES = Families.load()


@given(st.integers(0, 2000), st.sets(st.integers(0, 1999), max_size=6))
async def test_removed_rows_are_found_by_bisection(size: int, places: set[int]) -> None:
    kept: list[RowId] = [(place, str(place)) for place in range(size)]
    removed = {kept[place] for place in places if place < size}
    live = [row for row in kept if row not in removed]
    calls = 0

    async def read(offset: int) -> LivePage:
        nonlocal calls
        calls += 1
        return LivePage(live[offset : offset + 50], len(live))

    try:
        assert await find_removed(kept, len(live), read) == removed
    except MisfitError:
        assert calls == ceil(len(live) / 50) // 2
    assert calls <= min(ceil(len(live) / 50) / 2, len(removed) * 7)


async def test_a_strange_row_is_no_removal() -> None:
    kept: list[RowId] = [(place, str(place)) for place in range(500)]
    live = [*kept[:240], (0, "strange"), *kept[250:]]

    async def read(offset: int) -> LivePage:
        return LivePage(live[offset : offset + 50], len(live))

    with pytest.raises(MisfitError):
        await find_removed(kept, len(live), read)
