"""Every call of a run that makes and changes several playlists, in turn, in every kind of trouble."""

import asyncio

import pytest

from app.playlists.models import Run, Selection
from app.playlists.preview import Wanted
from tests.integration.keeping.listener import TROUBLES, USER, Listener, Shelf, Trouble, Wire, doubled, uris

pytestmark = pytest.mark.anyio

CALLS = 17
"""Of the run below when nothing goes wrong; the sweep goes on to the first number that is not reached."""


class Scene:
    """A listener with a mirror, an own playlist and one new selection, and what a run has to make of it."""

    def __init__(self, listener: Listener, shelf: Shelf, wire: Wire) -> None:
        self.listener, self.shelf, self.wire = listener, shelf, wire
        self.began = 0

    async def prepare(self) -> None:
        """Leave a mirror with hand-made changes, and an own playlist with songs of its own."""
        self.shelf.like(range(130), "bebop")
        self.mirror = (await self.listener.make("bebop", mode="mirror")).id
        await self.listener.take_out(self.mirror, 7, 8)
        await self.listener.put_in(self.mirror, 399, position=50)
        self.own = (await self.listener.visitor.make_playlist(name="Morning"))["id"]
        await self.listener.put_in(self.own, 390, 200, 391)
        self.shelf.songs = {n: genres for n, genres in self.shelf.songs.items() if n not in {1, 60, 129}}
        self.shelf.like(range(130, 200), "bebop")
        self.shelf.like(range(200, 310), "techno")
        self.shelf.like(range(310, 313), "house")

    async def start(self) -> Run:
        """Begin one run that changes the two and makes two more; from now on calls are counted."""
        wanted = [
            Wanted(selection=Selection(include=("genre:techno",)), name="new"),
            Wanted(selection=Selection(include=("genre:bebop",)), target=self.mirror),
            Wanted(selection=Selection(include=("genre:techno",)), target=self.own),
            Wanted(selection=Selection(include=("genre:house",)), name="newer"),
        ]
        plan = await self.listener.previews.make(USER, wanted)
        self.began = len(self.wire.calls)
        return await self.listener.service.carry_out(plan)

    async def gets_through(self, run: Run, trouble: Trouble) -> None:
        """Have a run go on until it ends, by the next process if one dies, and assert that it is complete."""
        if trouble.startswith("crash"):
            await self._dies(run)
        run = await self.listener.ended(run)
        if run.status != "completed":
            run = await self.listener.ended(await self.listener.service.resume(USER, run.id))
        assert run.status == "completed", run
        assert {step.problem for step in run.steps} == {None}

    async def _dies(self, run: Run) -> None:
        ended = asyncio.ensure_future(self.listener.ended(run))
        crashed = asyncio.ensure_future(self.wire.crashed.wait())
        await asyncio.wait([ended, crashed], return_when=asyncio.FIRST_COMPLETED)
        await self.listener.jobs.close()
        ended.cancel()
        crashed.cancel()
        self.listener.restart()
        await self.listener.service.resume_all()

    async def is_exactly_right(self) -> None:
        """Assert that every playlist holds what it should, in order, and that there is none twice."""
        held = await self.listener.all_held()
        names = {str(one["name"]): one["uris"] for one in held.values()}
        assert len(held) == len(names) == 4
        techno = list(reversed(range(200, 310)))
        assert names["new"] == uris(techno)
        assert names["newer"] == uris([312, 311, 310])
        assert names["Morning"] == uris([390, *techno, 391])
        assert not any(doubled(one["uris"]) for one in held.values())  # type: ignore[arg-type]
        bebop = [*reversed(range(130, 200)), *(n for n in reversed(range(129)) if n not in {1, 7, 8, 60})]
        mirror = [uri for uri in names["bebop"] if uri != uris([399])[0]]  # type: ignore[attr-defined]
        assert mirror == uris(bebop)
        made = {one.id: one for one in await self.listener.service.list_made(USER)}
        assert set(made) == set(held)
        assert {one.songs for one in made.values()} == {len(one["uris"]) for one in held.values()}  # type: ignore[arg-type]
        assert made[self.mirror].taken_out == 2


@pytest.fixture
async def scene(listener: Listener, shelf: Shelf, wire: Wire) -> Scene:
    scene = Scene(listener, shelf, wire)
    await scene.prepare()
    return scene


async def test_a_run_that_nothing_happens_to(scene: Scene) -> None:
    run = await scene.listener.ended(await scene.start())
    assert run.status == "completed"
    assert len(scene.wire.calls) - scene.began == CALLS
    await scene.is_exactly_right()


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("call", range(1, CALLS + 1))
async def test_whichever_call_is_in_trouble_the_playlists_are_right_and_none_is_double(
    scene: Scene, call: int, trouble: Trouble
) -> None:
    run = await scene.start()
    scene.wire.trouble, scene.wire.bad = trouble, scene.began + call
    await scene.gets_through(run, trouble)
    assert len(scene.wire.calls) - scene.began >= call
    await scene.is_exactly_right()
    await scene.listener.refresh()
    await scene.is_exactly_right()


UNDO_CALLS = 6
"""Of the undo below when nothing goes wrong."""


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("call", range(1, UNDO_CALLS + 1))
async def test_whichever_call_of_an_undo_is_in_trouble_items_and_order_are_as_before(
    scene: Scene, call: int, trouble: Trouble
) -> None:
    before = await scene.listener.held(scene.mirror)
    await scene.listener.refresh()
    assert await scene.listener.held(scene.mirror) != before
    scene.wire.trouble, scene.began = trouble, len(scene.wire.calls)
    scene.wire.bad = scene.began + call
    run = await scene.listener.keeper.undo(USER, scene.mirror)
    await scene.gets_through(run, trouble)
    assert len(scene.wire.calls) - scene.began >= call
    assert await scene.listener.held(scene.mirror) == before
    for _ in range(2):
        await scene.listener.refresh()
        assert await scene.listener.held(scene.mirror) == before
