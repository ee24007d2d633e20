"""What may be under way for a person at the moment they leave, and what comes before it."""

from collections.abc import Awaitable, Callable

from app.accounts.models import User
from app.kv.store import Put
from app.playlists.models import Selection
from app.playlists.preview import Wanted
from app.services import Services
from tests.integration.accounts.household import USER, Cookies, LastingStore, World

MOST_CALLS = 200
Activity = Callable[[World, Services], Awaitable[object]]


async def scanning(world: World, services: Services) -> None:
    await services.scans.start(USER)
    await services.scans.planner.get_size(USER)


async def making_playlists(world: World, services: Services) -> None:
    wanted = [Wanted(selection=Selection(include=("family:jazz",)), name=name) for name in ("one", "two")]
    plan = await services.on_playlists.previews.make(USER, wanted)
    await services.on_playlists.playlists.apply(USER, plan.id)


async def filling_in_genres(world: World, services: Services) -> None:
    world.musicbrainz.down = False
    await services.genres.find_library(USER)


async def joining_the_boards(world: World, services: Services) -> None:
    anna = User(id=USER, name="Anna", avatar=None)
    await services.community.set_preferences(anna, {"community": True})
    for where in (services.community.scoreboard, services.community.leaderboard):
        await services.community.show(where)


async def prepared(world: World, activity: Activity) -> tuple[dict[str, Put], Cookies]:
    """Sign in and do what has to come before; return what the store holds then."""
    store = LastingStore(world.clock)
    async with world.process(store) as services:
        cookies = await world.sign_in(services)
        if activity is not scanning:
            world.musicbrainz.down = activity is filling_in_genres
            await services.scans.start(USER)
            await world.calm(services)
    return store.rows, cookies
