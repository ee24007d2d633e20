"""Auto-sort for programs."""

from fastapi import APIRouter

from app.deps import AutoSortDep, CurrentUser
from app.playlists.autosort.schemas import AutoSortIn, AutoSortOut

router = APIRouter(prefix="/api/auto-sort", tags=["Playlists"])


@router.get("")
async def auto_sort(user: CurrentUser, auto_sort: AutoSortDep) -> AutoSortOut:
    """Return when playlists are refreshed by themselves, and what the last runs did."""
    return AutoSortOut.of(await auto_sort.get_view(user.id))


@router.put("")
async def change_auto_sort(body: AutoSortIn, user: CurrentUser, auto_sort: AutoSortDep) -> AutoSortOut:
    """Give every playlist a schedule, or go on after a pause; one playlist's is changed with the playlist."""
    await auto_sort.change(user.id, schedule=body.schedule, resume=body.resume)
    return AutoSortOut.of(await auto_sort.get_view(user.id))
