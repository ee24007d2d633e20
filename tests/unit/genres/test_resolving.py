"""All sources together: side by side, one after the other, each allowed to conclude what it may."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import respx

from app.genres.artist_models import Tag
from app.genres.artist_repository import ArtistRepository
from app.genres.families import Families
from app.genres.filling import AGAIN_AFTER_S
from app.kv.cached import CachedKV
from app.kv.stores.memory import MemoryStore
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.unit.genres.process import Process
from tests.unit.genres.source_wires import LastFmWire, RecordingsWire, WikidataWire, all_sources
from tests.unit.genres.wire import LikedSongs, MusicBrainzWire, artist_id, mbid, track, tracks

pytestmark = pytest.mark.anyio

JAZZ = {"jazz": 3}


@pytest.fixture
async def process(
    wire: respx.MockRouter, clock: FakeClock, families: Families, store: MemoryStore
) -> AsyncIterator[Process]:
    async with build_http(contact="me@example.com") as http:
        process = Process(store, http, clock=clock, families=families, sources=all_sources)
        await process.open()
        yield process
        await process.close()


@pytest.fixture
def musicbrainz(wire: respx.MockRouter) -> MusicBrainzWire:
    return MusicBrainzWire(wire)


@pytest.fixture
def wikidata(wire: respx.MockRouter) -> WikidataWire:
    return WikidataWire(wire)


@pytest.fixture
def recordings(wire: respx.MockRouter) -> RecordingsWire:
    return RecordingsWire(wire)


@pytest.fixture
def lastfm(wire: respx.MockRouter) -> LastFmWire:
    return LastFmWire(wire)


@pytest.fixture
def everything(
    musicbrainz: MusicBrainzWire, wikidata: WikidataWire, recordings: RecordingsWire, lastfm: LastFmWire
) -> list[Any]:
    return [musicbrainz, wikidata, recordings, lastfm]


def requests(everything: list[Any]) -> int:
    return sum(len(one.asked) for one in everything) + everything[0].searches


async def leads(process: Process, user_id: str = "me") -> dict[str, str | None]:
    library = await process.genres.get_library(user_id)
    return {placed.song.artists[0].id or "": placed.placement.lead for placed in library.songs}


async def test_wikidata_is_asked_in_a_few_large_questions_beside_musicbrainz(
    process: Process,
    wire: respx.MockRouter,
    musicbrainz: MusicBrainzWire,
    wikidata: WikidataWire,
    everything: list[Any],
) -> None:
    LikedSongs(wire, tracks(2000, artists_every=1))
    musicbrainz.tags = {artist_id(n): JAZZ for n in range(0, 2000, 2)}
    wikidata.genres = {artist_id(n): "house music" for n in range(1, 2000, 2)}
    await process.scan()
    assert sum(map(len, wikidata.asked)) == 2000
    assert len(wikidata.asked) <= 8
    assert len(musicbrainz.asked) <= 24
    found = await leads(process)
    assert (found[artist_id(0)], found[artist_id(1)]) == ("jazz", "house")


async def test_an_id_that_only_wikidata_knows_leads_to_musicbrainz_tags(
    process: Process,
    wire: respx.MockRouter,
    musicbrainz: MusicBrainzWire,
    wikidata: WikidataWire,
    everything: list[Any],
) -> None:
    LikedSongs(wire, [track(1, [1])])
    musicbrainz.tags = {artist_id(1): JAZZ}
    musicbrainz.unlinked = {artist_id(1)}
    wikidata.ids = {artist_id(1)}
    await process.scan()
    assert await leads(process) == {artist_id(1): "jazz"}
    assert (await process.artists.find([artist_id(1)]))[artist_id(1)].mbid == mbid(artist_id(1))


async def test_recordings_are_looked_for_behind_the_scan_and_only_of_artists_without_a_link(
    process: Process,
    wire: respx.MockRouter,
    musicbrainz: MusicBrainzWire,
    recordings: RecordingsWire,
    lastfm: LastFmWire,
    everything: list[Any],
) -> None:
    codes = {number: {"isrc": f"GBAYE00000{number:02d}"} for number in (1, 2)}
    LikedSongs(wire, [track(n, [n], external_ids=codes[n]) for n in (2, 1)])
    musicbrainz.tags = {artist_id(1): JAZZ, artist_id(2): JAZZ}
    musicbrainz.unlinked = {artist_id(1)}
    recordings.recordings = {"GBAYE0000001": (artist_id(1), "Artist 1")}
    await process.scan()
    assert await leads(process) == {artist_id(1): None, artist_id(2): "jazz"}
    await process.clock.advance(30)
    assert recordings.asked == [["GBAYE0000001"]]
    assert await leads(process) == {artist_id(1): "jazz", artist_id(2): "jazz"}
    assert lastfm.asked == []


async def test_lastfm_is_asked_last_and_not_about_two_of_one_name(
    process: Process,
    wire: respx.MockRouter,
    musicbrainz: MusicBrainzWire,
    lastfm: LastFmWire,
    everything: list[Any],
) -> None:
    rows = [track(n, [n]) for n in (4, 3, 2, 1)]
    for row in rows[:2]:
        row["track"]["artists"][0]["name"] = "Nirvana"
    LikedSongs(wire, rows)
    musicbrainz.tags = {artist_id(3): JAZZ, artist_id(1): JAZZ}
    lastfm.tags = {"Artist 2": "techno", "Nirvana": "grunge"}
    await process.scan()
    await process.clock.advance(60)
    assert lastfm.asked == ["Artist 2"]
    assert (await leads(process))[artist_id(2)] == "techno"
    assert (await leads(process))[artist_id(4)] is None


async def test_lastfm_is_asked_about_artists_of_whom_others_say_nothing_but_noise(
    process: Process,
    wire: respx.MockRouter,
    musicbrainz: MusicBrainzWire,
    lastfm: LastFmWire,
    everything: list[Any],
) -> None:
    LikedSongs(wire, [track(n, [n]) for n in (3, 2, 1)])
    musicbrainz.tags = {
        artist_id(1): {"seen live": 9, "swedish": 4, "Artist 1": 2},
        artist_id(2): {"american": 2, "jazz": 1},
        artist_id(3): {"zorble": 2},
    }
    lastfm.tags = {"Artist 1": "techno"}
    await process.scan()
    await process.clock.advance(60)
    assert sorted(lastfm.asked) == ["Artist 1", "Artist 3"]
    assert (await leads(process))[artist_id(1)] == "techno"


async def test_a_second_listener_with_the_same_library_costs_no_request(
    process: Process, wire: respx.MockRouter, musicbrainz: MusicBrainzWire, everything: list[Any]
) -> None:
    isrcs = [{"isrc": f"GBAYE{number:07d}"} for number in range(300)]
    LikedSongs(wire, [track(n, [n], external_ids=isrcs[n]) for n in reversed(range(300))])
    musicbrainz.tags = {artist_id(n): JAZZ for n in range(200)}
    await process.scan("me")
    await process.clock.advance(120)
    before = requests(everything)
    assert requests(everything) > 100
    await process.scan("you")
    await process.clock.advance(120)
    assert requests(everything) == before


async def test_with_every_source_down_the_scan_completes_says_so_and_fills_in_by_itself(
    process: Process,
    wire: respx.MockRouter,
    musicbrainz: MusicBrainzWire,
    wikidata: WikidataWire,
    everything: list[Any],
) -> None:
    LikedSongs(wire, tracks(400))
    musicbrainz.tags = {artist_id(n): JAZZ for n in range(200)}
    musicbrainz.down = wikidata.down = True
    await process.scan()
    progress = await process.scans.get_progress("me")
    assert progress.status == "completed"
    assert progress.problems == (
        "MusicBrainz and Wikidata do not answer. 200 artists wait; they are filled in later.",
    )
    musicbrainz.down = wikidata.down = False
    await process.clock.advance(2 * AGAIN_AFTER_S)
    library = await process.genres.get_library("me")
    assert library.complete
    assert set((await leads(process)).values()) == {"jazz"}


async def test_one_source_that_is_down_does_not_stop_the_other_and_nothing_is_concluded_for_it(
    process: Process,
    wire: respx.MockRouter,
    musicbrainz: MusicBrainzWire,
    wikidata: WikidataWire,
    everything: list[Any],
) -> None:
    LikedSongs(wire, [track(1, [1]), track(2, [2])])
    musicbrainz.tags = {artist_id(1): JAZZ}
    wikidata.down = True
    await process.scan()
    found = await process.artists.find([artist_id(1), artist_id(2)])
    assert all(one.of("wikidata") is None for one in found.values())
    known = await process.tools.resolver.recall(found)
    assert {one: genres.tags for one, genres in known.items()} == {
        artist_id(1): (Tag("jazz", 3, "musicbrainz"),)
    }


async def test_a_cold_scan_takes_few_store_calls_and_writes(
    process: Process, wire: respx.MockRouter, musicbrainz: MusicBrainzWire, everything: list[Any]
) -> None:
    LikedSongs(wire, tracks(3123, artists_every=1))
    musicbrainz.tags = {artist_id(n): JAZZ for n in range(0, 3123, 3)}
    before = process.kv.snapshot().calls
    await process.scan()
    await process.kv.flush()
    shards = process.kv.snapshot().kinds["artist-genres"]
    assert process.kv.snapshot().calls - before <= 312
    assert shards.writes <= 200
    assert shards.reads <= 64


async def test_what_a_scan_has_found_outlives_a_crash_right_after_its_end(
    process: Process,
    wire: respx.MockRouter,
    musicbrainz: MusicBrainzWire,
    store: MemoryStore,
    everything: list[Any],
) -> None:
    LikedSongs(wire, tracks(400, artists_every=1))
    musicbrainz.tags = {artist_id(n): JAZZ for n in range(400)}
    await process.scan()
    later = CachedKV(store, clock=process.clock)
    await later.start()
    assert len(await ArtistRepository(later, process.clock).find(musicbrainz.tags)) == 400
    await later.close()


async def test_a_hundred_artists_are_through_within_seconds_also_where_few_are_known(
    process: Process, wire: respx.MockRouter, musicbrainz: MusicBrainzWire, everything: list[Any]
) -> None:
    LikedSongs(wire, tracks(2000, artists_every=1))
    musicbrainz.tags = {artist_id(n): JAZZ for n in range(0, 2000, 3)}
    await process.scans.start("me")
    await process.clock.advance(3.5)
    run = process.scans.find_run("me")
    assert run
    assert run.tally.resolved >= 100


async def test_the_first_genres_show_within_seconds_of_the_first_page(
    process: Process, wire: respx.MockRouter, musicbrainz: MusicBrainzWire, everything: list[Any]
) -> None:
    LikedSongs(wire, tracks(2000, artists_every=1))
    musicbrainz.tags = {artist_id(n): JAZZ for n in range(2000)}
    await process.scans.start("me")
    await process.clock.advance(timedelta(seconds=4).total_seconds())
    run = process.scans.find_run("me")
    assert run
    assert run.tally.resolved >= 100
