"""What every store promises; a new adapter is one more line in `open_stores`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from app.kv.store import Delete, Outcome, Put, Store
from app.kv.stores import open_store
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Store]:
    urls = {"memory": "memory://", "sqlite": f"sqlite:///{tmp_path}/data/test.db"}
    opened = await open_store(urls[request.param], clock=clock)
    yield opened
    await opened.close()


def ends(clock: FakeClock, seconds: float) -> float:
    return clock.now().timestamp() + seconds


async def test_what_was_put_can_be_read(store: Store) -> None:
    assert await store.apply([Put("a", b"1", None), Put("b", b"\x00\xff", None)]) == {
        "a": Outcome.DONE,
        "b": Outcome.DONE,
    }

    assert await store.get("a") == b"1"
    assert await store.get("c") is None
    assert dict(await store.get_many(["a", "b", "c"])) == {"a": b"1", "b": b"\x00\xff"}


async def test_a_later_put_replaces_value_and_end(store: Store, clock: FakeClock) -> None:
    await store.apply([Put("a", b"1", ends(clock, 10))])
    await store.apply([Put("a", b"2", None)])
    await clock.advance(11)

    assert await store.get("a") == b"2"


async def test_delete_removes_and_an_absent_key_is_fine(store: Store) -> None:
    await store.apply([Put("a", b"1", None)])

    assert await store.apply([Delete("a"), Delete("b")]) == {"a": Outcome.DONE, "b": Outcome.DONE}
    assert await store.get("a") is None


async def test_a_value_is_gone_at_its_end(store: Store, clock: FakeClock) -> None:
    await store.apply([Put("a", b"1", ends(clock, 10)), Put("b", b"2", ends(clock, 20))])
    await clock.advance(10)

    assert await store.get("a") is None
    assert dict(await store.get_many(["a", "b"])) == {"b": b"2"}
    assert (await store.scan("")).keys == ("b",)


async def one_by_one(store: Store, *keys: str) -> Mapping[str, bytes]:
    found = {key: await store.get(key) for key in keys}
    return {key: data for key, data in found.items() if data is not None}


async def together(store: Store, *keys: str) -> Mapping[str, bytes]:
    return await store.get_many(keys)


@pytest.mark.parametrize("read", [one_by_one, together])
async def test_what_was_seen_to_have_ended_stays_so_though_the_clock_is_set_back(
    read: Callable[..., Awaitable[Mapping[str, bytes]]], store: Store, clock: FakeClock
) -> None:
    await store.apply([Put(key, b"1", ends(clock, 10)) for key in ("a", "b", "unseen")])
    await clock.advance(11)
    assert await read(store, "a", "b", "a") == {}
    clock._now -= timedelta(seconds=5)

    assert await read(store, "a", "b", "unseen") == {"unseen": b"1"}
    await store.apply([Put("a", b"2", ends(clock, 10))])
    assert await read(store, "a") == {"a": b"2"}


async def test_a_put_that_ended_already_hides_an_older_value(store: Store, clock: FakeClock) -> None:
    await store.apply([Put("a", b"1", None)])
    await store.apply([Put("a", b"2", ends(clock, -1))])

    assert await store.get("a") is None


async def test_what_cannot_be_held_is_rejected_without_blocking_the_rest(store: Store) -> None:
    long_key = "k" * (store.limits.key_bytes + 1)
    too_large = bytes(store.limits.value_bytes + 1)
    outcomes = await store.apply(
        [
            Put(long_key, b"1", None),
            Put("\ud800", b"1", None),
            Put("", b"1", None),
            Put("large", too_large, None),
            Put("good", b"1", None),
        ]
    )

    assert outcomes == {
        long_key: Outcome.REJECTED,
        "\ud800": Outcome.REJECTED,
        "": Outcome.REJECTED,
        "large": Outcome.REJECTED,
        "good": Outcome.DONE,
    }
    assert await store.get("good") == b"1"


async def test_a_delete_of_a_key_that_cannot_be_is_rejected(store: Store) -> None:
    assert await store.apply([Delete("\ud800")]) == {"\ud800": Outcome.REJECTED}


async def test_keys_with_any_characters(store: Store) -> None:
    keys = ["a:%:ö", "a:%_", "a:\x00", "A:1", "a'b"]
    await store.apply([Put(key, key.encode(), None) for key in keys])

    assert dict(await store.get_many(keys)) == {key: key.encode() for key in keys}


async def test_many_keys_in_one_call(store: Store) -> None:
    keys = [f"key:{number}" for number in range(1234)]
    await store.apply([Put(key, key.encode(), None) for key in keys])

    assert dict(await store.get_many([*keys, "key:none"])) == {key: key.encode() for key in keys}


async def test_a_scan_goes_page_by_page_in_order(store: Store) -> None:
    keys = [f"b:{number:05}" for number in range(2100)]
    await store.apply([Put(key, b"", None) for key in ["a:1", *keys, "b", "c:1"]])

    pages = [await store.scan("b:")]
    while pages[-1].cursor is not None:
        pages.append(await store.scan("b:", pages[-1].cursor))
    assert [len(page.keys) for page in pages] == [1000, 1000, 100]
    assert [key for page in pages for key in page.keys] == keys


async def test_a_scan_of_nothing(store: Store) -> None:
    assert await store.scan("b:") == ((), None)


async def test_a_closed_store_refuses(store: Store) -> None:
    await store.ping()
    await store.close()

    for call in (store.get("a"), store.get_many(["a"]), store.apply([Delete("a")]), store.ping()):
        with pytest.raises(RuntimeError, match="closed"):
            await call


async def test_it_says_what_it_is(store: Store) -> None:
    assert store.name in ("memory", "sqlite")
    assert store.single_writer
