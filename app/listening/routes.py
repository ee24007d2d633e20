"""What plays, as JSON."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.deps import CurrentUser, LimitBoards, LimitPlaying, ListeningFeedDep, NowPlayingDep
from app.listening.schemas import ListeningOut, NowPlayingOut

router = APIRouter(prefix="/api", tags=["Listening"])


@router.get("/now-playing", dependencies=[LimitPlaying])
async def get_now_playing(
    user: CurrentUser,
    now_playing: NowPlayingDep,
    *,
    back: Annotated[
        bool, Query(description="The listener has come back: an answer over 30 s old is asked for again.")
    ] = False,
) -> NowPlayingOut:
    """Return what the caller listens to, from what is known until a song's expected end.

    Nothing is asked while it is switched off (`nowPlaying` in the preferences).
    """
    return NowPlayingOut.of(await now_playing.get(user, "back" if back else "glance"))


@router.get("/listening", dependencies=[LimitBoards])
async def get_listening(feed: ListeningFeedDep) -> ListeningOut:
    """Return what those listen to who let everybody see it (`listeningFeed` in the preferences)."""
    return ListeningOut.of(await feed.get())
