"""A person's order in a running process: sorted at once, and there again in the next one."""

from datetime import UTC, datetime

import pytest
import respx

from app.genres import shelves
from app.genres.personal.order import PersonalOrder
from app.genres.personal.rules import Change, FamilyRules, Hide, Move, Rule
from app.kv.stores.memory import MemoryStore
from tests.unit.genres.conftest import Boot
from tests.unit.genres.process import Process
from tests.unit.genres.wire import LikedSongs, MusicBrainzWire, artist_id, track, tracks

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MOVE = Move(genre="bebop", family="rock")
HIDE = Hide(what="genre:bebop")


@pytest.fixture(autouse=True)
def musicbrainz(wire: respx.MockRouter) -> MusicBrainzWire:
    return MusicBrainzWire(wire, {artist_id(n): {"bebop": 8, "deep house": 3} for n in range(5)})


@pytest.fixture(autouse=True)
def liked(wire: respx.MockRouter) -> LikedSongs:
    return LikedSongs(wire, tracks(20))


def rules(*changes: Change) -> FamilyRules:
    return FamilyRules(
        rules=tuple(Rule(id=str(n), made_at=NOW, change=change) for n, change in enumerate(changes))
    )


async def say(process: Process, *changes: Change) -> None:
    await process.tools.personal.change_rules("me", lambda _: rules(*changes))


async def families(process: Process) -> list[str]:
    return [one.family.id for one in (await process.genres.get_library("me")).families]


async def test_a_rule_holds_at_once_and_is_undone_at_once(process: Process) -> None:
    await process.scan()
    assert await families(process) == ["jazz"]
    await say(process, MOVE)
    assert await families(process) == ["rock"]
    await say(process, HIDE)
    assert await families(process) == ["electronic"]
    await say(process)
    assert await families(process) == ["jazz"]


async def test_rules_survive_a_scan_and_a_restart(
    process: Process, boot: Boot, store: MemoryStore, liked: LikedSongs
) -> None:
    await process.scan()
    await say(process, MOVE)
    liked.rows.insert(0, track(99))
    await process.scan()
    assert await families(process) == ["rock"]
    await process.kv.flush()
    assert await families(await boot(store)) == ["rock"]


async def test_a_scan_that_began_before_a_rule_does_not_hide_it(process: Process) -> None:
    await process.scan()
    assert await families(process) == ["jazz"]
    library = process.tools.library
    begun = await library.find_index("me")
    assert begun
    await say(process, MOVE)
    await library.commit("me", begun.model_copy(update={"scanned_at": process.clock.now()}))
    assert await families(process) == ["rock"]


async def test_what_becomes_known_behind_reads_no_song_and_no_rule_again(process: Process) -> None:
    await process.scan()
    assert await families(process) == ["jazz"]
    index = await process.tools.library.find_index("me")
    assert index
    before = process.kv.snapshot()
    await process.tools.library.revise("me", index.generation, waiting=0, learned=True)
    assert await families(process) == ["jazz"]
    after = process.kv.snapshot()
    for kind in ("library-songs", "family-rules", "corrections"):
        assert after.kinds[kind].reads == before.kinds[kind].reads


async def test_who_asks_for_the_rules_alone_reads_them_no_more_often(process: Process) -> None:
    await process.scan()
    await families(process)
    before = process.kv.snapshot().kinds["family-rules"].reads
    await process.clock.advance(60)
    assert (await process.tools.personal.find("me")).rules == rules()
    assert process.kv.snapshot().kinds["family-rules"].reads == before
    await say(process, MOVE)
    assert (await process.tools.personal.find("me")).rules == rules(MOVE)


async def test_another_order_reads_no_song_again(process: Process, store: MemoryStore) -> None:
    await process.scan()
    await families(process)
    before = process.kv.snapshot().kinds["library-songs"].reads
    await say(process, MOVE)
    assert await families(process) == ["rock"]
    assert process.kv.snapshot().kinds["library-songs"].reads == before


async def test_what_was_tried_is_the_library_once_it_is_said(process: Process) -> None:
    await process.scan()
    order = await process.tools.personal.find("me")
    tried = await process.genres.try_order("me", PersonalOrder(rules(MOVE), order.corrections))
    assert tried
    assert tried[0] is await process.genres.get_library("me")
    await say(process, MOVE)
    assert tried[1] is await process.genres.get_library("me")


async def test_a_library_of_many_artists_is_read_again(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "ARTISTS_IN_MEMORY", 1)
    await process.scan()
    assert await families(process) == ["jazz"]
    before = process.kv.snapshot().kinds["library-songs"].reads
    await say(process, MOVE)
    assert await families(process) == ["rock"]
    assert process.kv.snapshot().kinds["library-songs"].reads > before


async def test_without_a_library_nothing_can_be_tried(process: Process) -> None:
    order = await process.tools.personal.find("me")
    assert await process.genres.try_order("me", order) is None
    await say(process, MOVE)
    await process.scan()
    assert await families(process) == ["rock"]


async def test_families_are_a_persons_own_while_a_scan_runs(process: Process) -> None:
    await say(process, MOVE)
    await process.scans.start("me")
    run = process.scans.find_run("me")
    assert run
    await process.finish()
    counts = {family.id: family.count for family in run.families().families if family.count}
    assert list(counts) == ["rock"]
