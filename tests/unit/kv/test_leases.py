"""Work that only one caller does at a time."""

import pytest

from app.errors import ConflictError
from app.kv.errors import LeaseHeldError
from tests.unit.kv.stand_ins import MINUTE, Bench

pytestmark = pytest.mark.anyio


async def test_a_second_caller_is_refused_at_once_until_the_first_has_ended() -> None:
    async with Bench() as bench:
        async with bench.kv.lease("scan:anna", MINUTE):
            with pytest.raises(LeaseHeldError):
                await bench.kv.lease("scan:anna", MINUTE).__aenter__()
            async with bench.kv.lease("scan:bert", MINUTE):
                pass
        async with bench.kv.lease("scan:anna", MINUTE):
            pass


async def test_an_error_gives_the_lease_back() -> None:
    async with Bench() as bench:
        with pytest.raises(ZeroDivisionError):
            async with bench.kv.lease("a", MINUTE):
                raise ZeroDivisionError
        async with bench.kv.lease("a", MINUTE):
            pass


async def test_a_lease_is_held_for_as_long_as_the_work_takes() -> None:
    async with Bench() as bench, bench.kv.lease("a", MINUTE):
        await bench.clock.advance(3600)
        with pytest.raises(LeaseHeldError):
            await bench.kv.lease("a", MINUTE).__aenter__()


def test_a_held_lease_is_a_conflict() -> None:
    assert issubclass(LeaseHeldError, ConflictError)
    assert LeaseHeldError.status == 409
