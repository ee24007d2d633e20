"""One budget for everybody, through the whole app: scans wait for it and go on, and take turns."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest

from app.upstream.capacity import WINDOW
from tests.fakes import FakeClock, settle
from tests.integration.upstream.conftest import BUDGET, RESERVE, Installation, Town

pytestmark = pytest.mark.anyio

NewTown = Callable[[int], Town]
DAY_S = 86_400.0


async def scan(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/genres/scan", json={"overBudget": True})
    assert response.status_code == 202, response.text


async def progress(client: httpx.AsyncClient) -> dict[str, object]:
    return dict((await client.get("/api/genres/scan")).json())


async def until(client: httpx.AsyncClient, clock: FakeClock, status: str, *, most_s: int = 600) -> None:
    for _ in range(most_s):
        if (await progress(client))["status"] == status:
            return
        await clock.advance(1)
    pytest.fail(f"not {status}: {await progress(client)}")


async def test_a_scan_over_the_budget_waits_goes_on_and_ends_through_a_restart(
    installation: Installation, new_town: NewTown, clock: FakeClock
) -> None:
    town = new_town(8000)
    async with installation.running() as browser:
        client = await installation.person(browser)
        cookies = client.cookies
        await scan(client)
        await until(client, clock, "waiting")
        told = await progress(client)
        resumes_at = datetime.fromisoformat(str(told["resumesAt"]))
        assert WINDOW - timedelta(minutes=2) < resumes_at - clock.now() <= WINDOW
        assert len(town.calls) == BUDGET - RESERVE
        page = (await client.get("/genres")).text
        assert "Scans have used what Spotify allows for now" in page
    await clock.advance(3600)
    async with installation.running() as browser:
        client = browser()
        client.cookies = cookies
        assert (await progress(client))["status"] == "waiting"
        await clock.advance(20 * 3600)
        assert len(town.calls) == BUDGET - RESERVE
        await clock.advance(4 * 3600)
        await until(client, clock, "completed")
        assert (await client.get("/api/genres")).json()["totalTracks"] == 8000
    times = [at for at, _, _ in town.calls]
    assert all(sum(at - DAY_S < one <= at for one in times) <= BUDGET - RESERVE for at in times)
    assert len(times) <= 8000 / 50 + 3 + 1


async def test_ten_people_who_scan_at_once_take_turns_and_all_end(
    installation: Installation, new_town: NewTown, clock: FakeClock
) -> None:
    town = new_town(400)
    async with installation.running() as browser:
        people = [await installation.person(browser) for _ in range(10)]
        for one in people:
            await scan(one)
        for one in people:
            await until(one, clock, "completed")
    turns = [who for _, who, path in town.calls if path == "/v1/me/tracks"]
    made = Counter[str]()
    for who in turns[: 10 * 8]:
        made[who] += 1
        assert max(made.values()) - min(made[f"person-{n}"] for n in range(1, 11)) <= 1
    assert set(Counter(turns).values()) == {400 // 50 + 1}


async def test_a_playlist_is_made_at_once_while_everybody_scans(
    installation: Installation, new_town: NewTown, clock: FakeClock
) -> None:
    town = new_town(200)
    async with installation.running() as browser:
        first = await installation.person(browser)
        await scan(first)
        await until(first, clock, "completed")
        people = [await installation.person(browser) for _ in range(9)]
        for one in people:
            await scan(one)
        await clock.advance(1)
        wanted = {"selections": [{"include": ["bebop"]}]}
        asked = first.post("/api/playlists/preview", json=wanted)  # which names there are is asked for
        preview = (await installation.in_time(asked)).json()["id"]
        before = len(town.calls)
        assert (await first.post("/api/playlists", json={"preview": preview})).status_code == 202
        for _ in range(20):
            if town.playlists.posts:
                break
            await clock.advance(0.1)
            await settle()
        assert town.playlists.posts
        assert len(town.calls) - before <= 1
        for one in people:
            await until(one, clock, "completed")
