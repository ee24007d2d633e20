"""Everything that belongs to a user."""

import asyncio

import pytest
from pydantic import BaseModel, ConfigDict

from app.kv.cached import CachedKV
from app.kv.errors import KVError, WriteRejectedError
from app.kv.keyspace import Key, Keyspace, Owned, Owner, Shared
from app.kv.registry import Registry
from app.kv.store import Limits
from tests.unit.kv.stand_ins import LOG, MINUTE, NOTE, Bench, Note, note

pytestmark = pytest.mark.anyio


class Door(BaseModel):
    model_config = ConfigDict(frozen=True)

    user: str


async def doors_of(kv: CachedKV, user_id: str) -> list[Key[Door]]:
    listed = await kv.get(KEYS(user_id))
    return [DOOR(name) for name in listed.text.split()] if listed else []


class Pinboard(BaseModel):
    model_config = ConfigDict(frozen=True)

    users: tuple[str, ...] = ()

    def without(self, user_id: str) -> "Pinboard":
        left = tuple(one for one in self.users if one != user_id)
        return self if left == self.users else Pinboard(users=left)


PINBOARD = Keyspace(
    "pinboard",
    Pinboard,
    owner=Owner.SHARED,
    shared=Shared(
        without=Pinboard.without,
        only=lambda _, user_id: Pinboard(users=(user_id,)),
        users=lambda board: board.users,
    ),
    cache_ttl=MINUTE,
)
DOOR = Keyspace("door", Door, owner=Owner.VALUE, owned=Owned(lambda door: door.user, doors_of))
KEYS = Keyspace("keys", Note, owner=Owner.KEY, cache_ttl=MINUTE)
SONGS = Keyspace("songs", Note, owner=Owner.KEY)
ALL = Registry((SONGS, NOTE, LOG), last=(DOOR, KEYS))
WITH_SHARED = Registry((SONGS, PINBOARD))


async def fill(kv: CachedKV) -> None:
    for user in ("anna", "annabel"):
        await kv.put(KEYS(user), note(f"{user}-1 {user}-2"))
        for number in (1, 2):
            await kv.put(DOOR(f"{user}-{number}"), Door(user=user))
        await kv.put(SONGS(user), note(1))
        await kv.put_later(SONGS(user, "later"), note(1))
    await kv.put(NOTE("anna"), note("of nobody"))
    await kv.append(LOG, note("of nobody"))


async def test_all_keys_of_a_user_are_found_wherever_the_user_is_named() -> None:
    async with Bench() as bench:
        await fill(bench.kv)
        found = [key.text for key in await ALL.keys_of(bench.kv, "anna")]
        assert found == ["songs:anna", "songs:anna:later", "door:anna-1", "door:anna-2", "keys:anna"]


async def test_a_purge_leaves_nothing_of_the_user_and_all_of_others() -> None:
    async with Bench() as bench:
        await fill(bench.kv)
        assert await ALL.purge(bench.kv, "anna") == 5
        await bench.kv.flush()

        assert await ALL.keys_of(bench.kv, "anna") == []
        assert len(await ALL.keys_of(bench.kv, "annabel")) == 5
        assert await bench.store.holds(SONGS("anna", "later")) is None
        assert await bench.kv.get(NOTE("anna")) == note("of nobody")
        assert await bench.kv.entries(LOG, 9) == [note("of nobody")]
        assert await ALL.purge(bench.kv, "anna") == 0


@pytest.mark.parametrize("stubborn", ["songs:anna", "songs:anna:later", "door:anna-2", "keys:anna"])
async def test_a_purge_that_was_cut_off_is_finished_by_the_next(stubborn: str) -> None:
    async with Bench() as bench:
        await fill(bench.kv)
        await bench.kv.flush()
        bench.store.fails.add(stubborn)
        with pytest.raises(KVError):
            await ALL.purge(bench.kv, "anna")
        if stubborn.startswith("songs"):
            assert await bench.kv.get(DOOR("anna-1")) == Door(user="anna")
            assert await bench.store.holds(KEYS("anna")) is not None
        bench.store.heal()
        await bench.let_pass(asyncio.ensure_future(ALL.purge(bench.kv, "anna")))
        await bench.let_pass(bench.kv.flush())

        assert await ALL.keys_of(bench.kv, "anna") == []
        left = (await bench.store.inner.scan("")).keys
        assert not [key for key in left if "anna" in key.replace("annabel", "") and key != "note:anna"]


async def test_a_purge_waits_for_the_removals_that_an_earlier_one_left_queued() -> None:
    async with Bench() as bench:
        await fill(bench.kv)
        await bench.kv.flush()
        for _ in range(2):
            bench.store.fails.add("songs:anna")
            with pytest.raises(KVError):
                await bench.let_pass(asyncio.ensure_future(ALL.purge(bench.kv, "anna")))
        assert await bench.store.holds(SONGS("anna")) is not None
        bench.store.heal()
        await bench.let_pass(asyncio.ensure_future(ALL.purge(bench.kv, "anna")))
        assert await bench.store.holds(SONGS("anna")) is None


async def test_a_purge_takes_the_users_dead_letters_along() -> None:
    async with Bench(limits=Limits(1024, 100, 10, 10_000)) as bench:
        for key in (SONGS("anna"), SONGS("bert"), NOTE("a")):
            with pytest.raises(WriteRejectedError):
                await bench.kv.put(key, note("x" * 200))
        assert len(bench.kv.dead_letters) == 3
        await ALL.purge(bench.kv, "anna")
        assert [letter.key for letter in bench.kv.dead_letters] == ["songs:bert", "note:a"]


async def test_a_store_that_does_not_list_leaves_everything_as_it_is() -> None:
    async with Bench() as bench:
        await fill(bench.kv)
        await bench.kv.flush()
        before = (await bench.store.inner.scan("")).keys
        bench.store.down = True
        with pytest.raises(KVError):
            await ALL.purge(bench.kv, "anna")
        bench.store.heal()
        await bench.kv.flush()
        assert (await bench.store.inner.scan("")).keys == before


async def test_a_value_that_others_share_stays_without_the_user() -> None:
    async with Bench() as bench:
        await bench.kv.put(PINBOARD("all"), Pinboard(users=("anna", "annabel")))
        await bench.kv.put(PINBOARD("other"), Pinboard(users=("annabel",)))
        assert await WITH_SHARED.keys_of(bench.kv, "anna") == [PINBOARD("all")]

        assert await WITH_SHARED.purge(bench.kv, "anna") == 1
        assert await bench.kv.get(PINBOARD("all")) == Pinboard(users=("annabel",))
        assert await WITH_SHARED.keys_of(bench.kv, "anna") == []
        assert await WITH_SHARED.purge(bench.kv, "anna") == 0


async def test_a_user_who_is_on_a_shared_value_only_in_the_queue_is_taken_off_it() -> None:
    async with Bench() as bench:
        await bench.kv.put(PINBOARD("all"), Pinboard(users=("annabel",)))
        await bench.kv.put_later(PINBOARD("all"), Pinboard(users=("annabel", "anna")))
        assert await WITH_SHARED.purge(bench.kv, "anna") == 1
        await bench.kv.flush()
        assert await bench.store.holds(PINBOARD("all")) == Pinboard(users=("annabel",)).model_dump_json()


async def test_a_purge_of_a_shared_value_is_not_done_before_the_store_says_so() -> None:
    async with Bench() as bench:
        await bench.kv.put(PINBOARD("all"), Pinboard(users=("anna", "annabel")))
        for _ in range(2):
            bench.store.fails.add("pinboard:all")
            with pytest.raises(KVError):
                await bench.let_pass(asyncio.ensure_future(WITH_SHARED.purge(bench.kv, "anna")))
        assert (
            await bench.store.holds(PINBOARD("all")) == Pinboard(users=("anna", "annabel")).model_dump_json()
        )
        bench.store.heal()
        await bench.let_pass(asyncio.ensure_future(WITH_SHARED.purge(bench.kv, "anna")))
        assert await bench.store.holds(PINBOARD("all")) == Pinboard(users=("annabel",)).model_dump_json()


async def test_keys_are_told_apart_by_user_and_by_kind() -> None:
    async with Bench() as bench:
        await fill(bench.kv)
        by_user = await ALL.by_user(bench.kv)
        assert {user: [key.text for key in keys] for user, keys in by_user.items()} == {
            user: [f"keys:{user}", f"songs:{user}", f"songs:{user}:later"] for user in ("anna", "annabel")
        }
        doors = [key.text for key in await ALL.keys_in(bench.kv, DOOR)]
        assert doors == ["door:anna-1", "door:anna-2", "door:annabel-1", "door:annabel-2"]


async def test_all_kinds_and_all_users_are_one_list_of_the_store_each() -> None:
    async with Bench() as bench:
        await fill(bench.kv)
        kinds = {space.prefix: len(await ALL.keys_in(bench.kv, space)) for space in ALL.spaces}
        counts = await ALL.count_keys(bench.kv)
        assert {name: counts[name] for name in kinds} == kinds
        await ALL.by_user(bench.kv)
        assert bench.kv.snapshot().kinds["all"].lists == 2


async def test_a_key_is_found_by_what_is_written_and_reads_its_value() -> None:
    async with Bench() as bench:
        await fill(bench.kv)
        for space in ALL.spaces:
            for key in await ALL.keys_in(bench.kv, space):
                assert ALL.find_key(key.text) == key
                assert await bench.kv.get(key) is not None
        assert ALL.find_key("stranger:anna") is ALL.find_key("songs") is ALL.find_key("songs:") is None


async def test_memory_forgets_what_was_read_and_not_what_is_queued() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("stored"), note("old"))
        await bench.kv.put_later(NOTE("queued"), note("new"))
        reads = bench.kv.snapshot().totals.reads
        assert await bench.kv.get(NOTE("stored")) == note("old")
        assert bench.kv.snapshot().totals.reads == reads
        assert bench.kv.clear_memory() == 1
        assert await bench.kv.get(NOTE("queued")) == note("new")
        assert await bench.kv.get(NOTE("stored")) == note("old")
        assert bench.kv.snapshot().totals.reads == reads + 1
