"""Finding genres: each artist asked about once, those on most songs first, nothing concluded from silence."""

from datetime import timedelta

import pytest
import respx

from app.genres.artist_repository import ArtistRepository
from app.genres.library import Library
from app.kv.stores.memory import MemoryStore
from tests.unit.genres.conftest import Boot
from tests.unit.genres.process import Process
from tests.unit.genres.wire import LikedSongs, MusicBrainzWire, artist_id, mbid, track, tracks

pytestmark = pytest.mark.anyio

JAZZ = {"jazz": 3}


@pytest.fixture
def kept(process: Process) -> ArtistRepository:
    return process.artists


@pytest.fixture
def musicbrainz(wire: respx.MockRouter) -> MusicBrainzWire:
    """Two artists in three are linked, and every second of those has a tag."""
    linked = (n for n in range(2000) if n % 3)
    return MusicBrainzWire(wire, {artist_id(n): JAZZ if n % 2 else {} for n in linked})


def asked_once(musicbrainz: MusicBrainzWire) -> list[str]:
    asked = [one for batch in musicbrainz.asked for one in batch]
    assert len(asked) == len(set(asked))
    return asked


async def test_a_hundred_artists_cost_two_questions(
    process: Process, wire: respx.MockRouter, musicbrainz: MusicBrainzWire
) -> None:
    LikedSongs(wire, tracks(2000))
    await process.scan()
    assert len(asked_once(musicbrainz)) == 1000
    assert len(musicbrainz.asked) <= 12
    assert musicbrainz.searches <= 12
    progress = await process.scans.get_progress("me")
    assert (progress.artists_resolved, progress.artists_total) == (1000, 1000)
    assert progress.genres_found == 1


async def test_the_first_question_goes_out_with_the_first_page_and_families_show_within_seconds(
    process: Process, wire: respx.MockRouter, musicbrainz: MusicBrainzWire
) -> None:
    LikedSongs(wire, tracks(2000))
    await process.scans.start("me")
    await process.clock.advance(1.5)
    assert len(musicbrainz.asked[0]) == 25
    run = process.scans.find_run("me")
    assert run
    assert sum(family.count for family in run.families().families) > 0


async def test_artists_with_most_songs_come_first(
    process: Process, wire: respx.MockRouter, musicbrainz: MusicBrainzWire
) -> None:
    rows = [track(n, [n % 3 and 200 + n]) for n in reversed(range(240))]
    LikedSongs(wire, rows)
    await process.scan()
    assert musicbrainz.asked[0][0] == artist_id(0)


async def test_a_second_listener_with_the_same_artists_costs_no_question(
    process: Process, wire: respx.MockRouter, musicbrainz: MusicBrainzWire
) -> None:
    LikedSongs(wire, tracks(600))
    await process.scan("me")
    questions = len(musicbrainz.asked) + musicbrainz.searches
    await process.scan("you")
    assert len(musicbrainz.asked) + musicbrainz.searches == questions
    assert (await process.scans.get_progress("you")).artists_resolved == 300


async def test_two_scans_at_a_time_ask_about_each_artist_once(
    process: Process, wire: respx.MockRouter, musicbrainz: MusicBrainzWire
) -> None:
    LikedSongs(wire, tracks(1200))
    await process.scans.start("me")
    await process.scans.start("you")
    await process.finish("me")
    await process.finish("you")
    assert len(asked_once(musicbrainz)) == 600
    for user_id in ("me", "you"):
        assert (await process.genres.get_library(user_id)).complete


async def test_a_scan_that_is_stopped_leaves_its_artists_to_the_other(
    process: Process, wire: respx.MockRouter, musicbrainz: MusicBrainzWire
) -> None:
    LikedSongs(wire, tracks(100))
    await process.scans.start("me")
    await process.scans.start("you")
    await process.clock.advance(0.6)
    await process.scans.stop("me")
    await process.finish("you")
    assert (await process.genres.get_library("you")).complete


def jazz(library: Library) -> int:
    return sum(one.placement.lead == "jazz" for one in library.songs)


async def test_while_musicbrainz_is_down_artists_wait_and_the_next_visit_fills_them_in(
    process: Process, kept: ArtistRepository, wire: respx.MockRouter, musicbrainz: MusicBrainzWire
) -> None:
    LikedSongs(wire, tracks(400))
    musicbrainz.down = True
    await process.scan()
    progress = await process.scans.get_progress("me")
    assert progress.status == "completed"
    assert progress.problems == ("MusicBrainz does not answer. 200 artists wait; they are filled in later.",)
    assert not await kept.find([artist_id(1)])
    musicbrainz.down = False
    library = await process.genres.get_library("me")
    assert (len(library.origin.waiting), library.complete, jazz(library)) == (200, False, 0)
    await process.clock.advance(60)
    library = await process.genres.get_library("me")
    assert (library.origin.waiting, library.complete) == ((), True)
    assert jazz(library) > 100


async def test_a_musicbrainz_that_comes_back_is_asked_again_within_the_scan(
    process: Process, wire: respx.MockRouter, musicbrainz: MusicBrainzWire
) -> None:
    liked = LikedSongs(wire, tracks(6000))
    musicbrainz.down = True

    def recover(call: int) -> None:
        musicbrainz.down = call < 30

    liked.edit = recover
    await process.scan()
    progress = await process.scans.get_progress("me")
    assert progress.problems == ()
    assert progress.artists_resolved == 3000


async def test_a_link_without_an_answer_about_tags_writes_no_empty_genres(
    process: Process, kept: ArtistRepository, wire: respx.MockRouter, musicbrainz: MusicBrainzWire
) -> None:
    LikedSongs(wire, tracks(40))
    search = wire.get(url__startswith="https://musicbrainz.test/ws/2/artist")
    search.side_effect = None
    search.respond(503, text="busy")
    await process.scan()
    found = await kept.find([artist_id(1), artist_id(3)])
    assert found[artist_id(1)].mbid == mbid(artist_id(1))
    assert not found[artist_id(1)].said
    assert found[artist_id(3)].mbid is None
    assert found[artist_id(3)].mbid_until
    assert set(await process.tools.resolver.recall(found)) == {artist_id(3)}


@pytest.mark.parametrize(
    ("number", "good", "old"),
    [(1, timedelta(days=59), timedelta(days=91)), (2, timedelta(days=6), timedelta(days=8))],
    ids=["found", "empty"],
)
async def test_answers_are_kept_for_months_and_empty_ones_for_a_week_then_served_and_asked_for_again(
    process: Process,
    wire: respx.MockRouter,
    musicbrainz: MusicBrainzWire,
    number: int,
    good: timedelta,
    old: timedelta,
) -> None:
    LikedSongs(wire, [track(1, [number])])
    await process.scan()
    await process.clock.jump(good.total_seconds())
    await process.scans.start("me", refresh=True)
    await process.finish()
    await process.clock.advance(5)
    assert musicbrainz.searches == 1
    await process.clock.jump((old - good).total_seconds())
    musicbrainz.down = True
    await process.scans.start("me", refresh=True)
    await process.finish()
    library = await process.genres.get_library("me")
    assert library.complete
    assert jazz(library) == (number == 1)
    musicbrainz.down = False
    await process.clock.advance(700)
    assert musicbrainz.searches == 2
    assert len(musicbrainz.asked) == 1


async def test_an_artist_known_to_be_unlinked_is_not_asked_about_for_two_weeks(
    boot: Boot, store: MemoryStore, wire: respx.MockRouter, musicbrainz: MusicBrainzWire
) -> None:
    LikedSongs(wire, [track(1, [3])])
    process = await boot(store)
    await process.scan()
    await process.clock.jump(timedelta(days=9).total_seconds())
    await process.scans.start("me", refresh=True)
    await process.finish()
    assert len(musicbrainz.asked) == 1
    assert (await process.genres.get_library("me")).complete


async def test_store_calls_stay_under_a_tenth_of_the_artists(
    process: Process, wire: respx.MockRouter, musicbrainz: MusicBrainzWire
) -> None:
    LikedSongs(wire, tracks(3000, artists_every=1))
    before = process.kv.snapshot().calls
    await process.scan()
    assert process.kv.snapshot().calls - before <= 300
