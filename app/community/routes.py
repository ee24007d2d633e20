"""The boards as JSON, for everybody: they are of people who want to be seen, and of nobody else."""

from fastapi import APIRouter, Response

from app.community.schemas import LeaderboardOut, RecentPlaylistsOut, ScoreboardOut, StatsOut
from app.community.service import CommunityService
from app.community.standings import Showcase, Shown
from app.deps import CommunityDep, FamiliesDep, LimitBoards

MOST_CACHED_S = 60
"""For how long a browser or a proxy may keep an answer: nobody can take back what they have."""

router = APIRouter(tags=["Community"], dependencies=[LimitBoards])


@router.get("/api/scoreboard")
async def get_scoreboard(community: CommunityDep, response: Response) -> ScoreboardOut:
    """Return who has most genres, artists, songs, playlists and songs in playlists; read anew every hour."""
    return ScoreboardOut.of(await _show(community, community.scoreboard, response))


@router.get("/api/leaderboard")
async def get_leaderboard(community: CommunityDep, response: Response) -> LeaderboardOut:
    """Return who joined the boards first and who is new; read anew every fifteen minutes."""
    return LeaderboardOut.of(await _show(community, community.leaderboard, response))


@router.get("/api/recent-playlists")
async def get_recent_playlists(
    community: CommunityDep, families: FamiliesDep, response: Response
) -> RecentPlaylistsOut:
    """Return the playlists made last; read anew every minute."""
    return RecentPlaylistsOut.of(await _show(community, community.playlists, response), families)


@router.get("/stats")
async def get_stats(community: CommunityDep, response: Response) -> StatsOut:
    """Return how many people are on the boards, and who was first; read anew every fifteen minutes."""
    return StatsOut.of(await _show(community, community.leaderboard, response))


async def _show(community: CommunityService, where: Showcase, response: Response) -> Shown:
    shown = await community.show(where)
    kept_s = min(MOST_CACHED_S, int(shown.left.total_seconds()))
    response.headers["Cache-Control"] = f"public, max-age={kept_s}"
    return shown
