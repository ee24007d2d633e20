from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from app.demo.switches import Switches
from tests.fakes import FakeClock
from tests.integration.demo.conftest import LIKED_SONGS, BuildApp
from tests.integration.demo.visitor import Visitor

pytestmark = pytest.mark.anyio


async def read(visitor: Visitor, offset: int = 0) -> Any:
    return (await visitor.api("GET", "/me/tracks", params={"limit": 50, "offset": offset})).json()


async def all_uris(visitor: Visitor) -> list[str]:
    total, uris = 1, list[str]()
    while len(uris) < total:
        page = await read(visitor, len(uris))
        total = page["total"]
        uris += [item["track"]["uri"] for item in page["items"]]
    return uris


@pytest.fixture
def generated(build: BuildApp) -> ASGIApp:
    return build(switches=Switches(songs=1234))


async def test_a_library_has_the_size_that_was_asked_for(generated: ASGIApp) -> None:
    visitor = await Visitor(generated).sign_in()
    uris = await all_uris(visitor)
    assert len(uris) == len(set(uris)) == 1234
    first = (await read(visitor))["items"][0]["track"]
    artist = (await visitor.api("GET", f"/artists/{first['artists'][0]['id']}")).json()
    assert artist["name"] == first["artists"][0]["name"]


async def test_everybody_s_library_is_another_and_the_same_in_every_run(
    generated: ASGIApp, build: BuildApp
) -> None:
    one, other = await Visitor(generated).sign_in(), await Visitor(generated).sign_in()
    assert not set(await all_uris(one)) & set(await all_uris(other))
    again = await Visitor(build(switches=Switches(songs=1234))).sign_in()
    assert await all_uris(again) == await all_uris(one)


async def test_sizes_may_differ_from_account_to_account(app: ASGIApp) -> None:
    visitors = []
    for size in (0, 70, 50_000):
        visitor = Visitor(app)
        await visitor.switch(songs=size)
        visitors.append(await visitor.sign_in())
    assert [(await read(visitor))["total"] for visitor in visitors] == [LIKED_SONGS, 70, 50_000]
    accounts = (await visitors[0].control())["accounts"]
    assert [account["liked"] for account in accounts] == [LIKED_SONGS, 70, 50_000]


async def test_a_like_every_few_seconds_of_reading(generated: ASGIApp, clock: FakeClock) -> None:
    visitor = await Visitor(generated).sign_in()
    await visitor.switch(like_every_s=3)
    assert (await read(visitor))["total"] == 1234
    await clock.advance(7)
    page = await read(visitor)
    assert page["total"] == 1236
    times = [item["added_at"] for item in page["items"][:2]]
    assert times == ["2026-11-22T12:00:06Z", "2026-11-22T12:00:03Z"]
    await clock.advance(2)
    assert (await read(visitor))["total"] == 1237
    await visitor.switch(like_every_s=0)
    await clock.advance(60)
    uris = await all_uris(visitor)
    assert len(uris) == len(set(uris)) == 1237


async def test_a_like_after_every_other_page(generated: ASGIApp) -> None:
    visitor = await Visitor(generated).sign_in()
    await visitor.switch(like_every_pages=2)
    assert [(await read(visitor))["total"] for _ in range(5)] == [1234, 1234, 1235, 1235, 1236]


async def test_rows_are_unliked_and_new_songs_liked_for_one_person(app: ASGIApp) -> None:
    one, other = await Visitor(app).sign_in(), await Visitor(app).sign_in()
    account = (await one.api("GET", "/me")).json()["account_id"]
    before = await all_uris(one)
    edit = {"unlike_rows": [0, 5], "like_fresh": 2, "after_pages": 1, "account": account}
    await one.switch(library=edit)
    await read(other)
    assert await all_uris(one) == before, "only this person's pages count, and the first is still the old one"
    after = await all_uris(one)
    assert after[2:] == [*before[1:5], *before[6:]]
    assert not set(after[:2]) & set(before)
    assert await all_uris(other) == before


async def test_likes_outlive_the_process(build: BuildApp, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    visitor = await Visitor(build(state_path=path, switches=Switches(songs=60))).sign_in()
    await visitor.switch(library={"unlike_rows": [3], "like_fresh": 1})
    before = await all_uris(visitor)
    again = Visitor(build(state_path=path))
    again.tokens = visitor.tokens
    assert await all_uris(again) == before
    await again.switch(library={"like_fresh": 1})
    assert len(set(await all_uris(again)) - set(before)) == 1


async def test_an_account_may_be_kept_for_longer(build: BuildApp, clock: FakeClock) -> None:
    visitor = await Visitor(build(account_lifetime=timedelta(days=400))).sign_in()
    await clock.advance(100 * 24 * 3600)
    assert (await visitor.refresh()).status_code == 200


async def test_more_playlists(generated: ASGIApp) -> None:
    visitor = Visitor(generated)
    await visitor.switch(playlists=7)
    await visitor.sign_in()
    page = (await visitor.api("GET", "/me/playlists", params={"limit": 50})).json()
    sizes = [one["items"]["total"] for one in page["items"][:7]]
    assert page["total"] == 7 + 4
    assert len(set(sizes)) > 1
    assert all(5 <= size < 400 for size in sizes)
