"""One call to the store fails, whichever it is and however: nothing that was promised is broken."""

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.kv.spill import SPILL_FILE
from app.kv.stores import open_store
from tests.fakes import FakeClock, settle
from tests.integration.kv.faulty_store import IN_PART, Fault, FaultyStore
from tests.integration.kv.sweep import Sweep

pytestmark = pytest.mark.anyio


async def swept(kind: str, folder: Path, fault: Fault | None = None, at: int = 0) -> list[str]:
    """Go through everything on a fresh store, one call of which fails; return the calls."""
    clock = FakeClock()
    url = f"sqlite:///{folder}/{at}.db" if kind == "sqlite" else "memory://"
    store = FaultyStore(await open_store(url, clock=clock), fault, at, single_writer=kind != "shared")
    sweep = Sweep(store, clock, folder / SPILL_FILE)
    before = asyncio.all_tasks()
    try:
        with capture_logs():
            await sweep.run()
            calls = list(store.calls)
            await sweep.check()
        await settle()
        assert asyncio.all_tasks() == before
        assert fault or not sweep.errors
    except BaseException as error:
        error.add_note(f"{kind}: {store.failed}; the callers saw {[repr(one) for one in sweep.errors]}")
        raise
    finally:
        await store.inner.close()
    return calls


@pytest.mark.parametrize("fault", Fault)
async def test_any_one_call_may_fail(fault: Fault, tmp_path: Path) -> None:
    for at, call in enumerate(await swept("memory", tmp_path), start=1):
        if call.startswith("apply") or fault not in IN_PART:
            await swept("memory", tmp_path, fault, at)


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.DONE_AND_HANGS, Fault.PARTIAL])
@pytest.mark.parametrize("kind", ["shared", "sqlite"])
async def test_any_one_batch_may_fail_on_other_stores(kind: str, fault: Fault, tmp_path: Path) -> None:
    for at, call in enumerate(await swept(kind, tmp_path), start=1):
        if call.startswith("apply"):
            await swept(kind, tmp_path, fault, at)
