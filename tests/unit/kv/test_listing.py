"""Which keys there are, durable or not."""

import pytest

from app.kv.errors import KVError
from app.kv.keyspace import Key
from app.kv.stores.memory import PAGE
from tests.fakes import settle
from tests.unit.kv.stand_ins import FOREVER, NOTE, Bench, Note, note

pytestmark = pytest.mark.anyio


def texts(keys: list[Key[Note]]) -> list[str]:
    return [key.text for key in keys]


async def test_keys_are_those_of_the_store_and_of_the_queue() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("anna"), note(1))
        await bench.kv.put(NOTE("anna", "old"), note(1))
        await bench.kv.put_later(NOTE("anna", "new"), note(1))
        await bench.kv.delete_later(NOTE("anna", "old"))

        keys = await bench.kv.keys(NOTE, "anna")
        assert keys == [NOTE("anna"), NOTE("anna", "new")]
        assert bench.kv.snapshot().kinds["note"].lists == 1


async def test_what_is_being_removed_is_listed_when_asked_for() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("anna", "old"), note(1))
        await bench.kv.delete_later(NOTE("anna", "old"))
        assert await bench.kv.keys(NOTE, "anna") == []
        assert await bench.kv.keys(NOTE, "anna", removed=True) == [NOTE("anna", "old")]
        await bench.kv.flush()
        assert await bench.kv.keys(NOTE, "anna", removed=True) == []


async def test_others_whose_names_begin_alike_are_left_out() -> None:
    async with Bench() as bench:
        for key in (NOTE("ann"), NOTE("anna"), NOTE("anna:x"), NOTE("anna", "1")):
            await bench.kv.put(key, note(1))
        await bench.kv.put(FOREVER("anna"), note(1))

        assert texts(await bench.kv.keys(NOTE, "anna")) == ["note:anna", "note:anna:1"]
        assert texts(await bench.kv.keys(NOTE, "anna", "1")) == ["note:anna:1"]
        assert len(await bench.kv.keys(NOTE)) == 4


async def test_what_has_ended_is_no_key() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("stored"), note(1))
        bench.store.down = True
        with pytest.raises(KVError):
            await bench.kv.put(NOTE("queued"), note(1))
        bench.store.down = False
        assert len(await bench.kv.keys(NOTE)) == 2
        bench.store.writes_go.clear()
        await bench.clock.advance(3600)

        assert await bench.kv.keys(NOTE) == []


async def test_all_pages_are_listed() -> None:
    async with Bench() as bench:
        for number in range(PAGE + 1):
            await bench.kv.put_later(NOTE(number), note(1))
        await bench.kv.flush()

        assert len(await bench.kv.keys(NOTE)) == PAGE + 1
        assert bench.kv.snapshot().kinds["note"].lists == 2


async def test_what_is_written_while_the_store_lists_is_not_missed() -> None:
    async with Bench() as bench:
        for number in range(PAGE + 1):
            await bench.kv.put_later(NOTE("m", number), note(1))
        await bench.kv.flush()
        await bench.kv.put_later(NOTE("a"), note("behind the page that is listed first"))
        await bench.kv.delete_later(NOTE("m", 0))
        bench.store.scans_go.clear()
        listing = await bench.begun(bench.kv.keys(NOTE))
        bench.store.scans_go.set()
        bench.store.scans_go.clear()  # the first page is read, the second has to wait
        await settle()
        await bench.kv.flush()
        bench.store.scans_go.set()

        found = await listing
        assert NOTE("a") in found
        assert NOTE("m", 0) not in found


async def test_a_store_that_does_not_list_is_told() -> None:
    async with Bench() as bench:
        await bench.kv.put_later(NOTE("a"), note(1))
        bench.store.down = True
        with pytest.raises(KVError):
            await bench.kv.keys(NOTE)
