"""The page of the boards; putting oneself on them works without JavaScript and answers 303."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.next_path import local_path
from app.community.page_models import CommunityPage, lists_of, playlists_of
from app.community.standings import first, newest
from app.deps import CommunityDep, CurrentUser, FamiliesDep, LimitBoards, MaybeUser
from app.templating import render

router = APIRouter(include_in_schema=False)


@router.get("/community", dependencies=[LimitBoards])
async def community_page(
    request: Request, user: MaybeUser, community: CommunityDep, families: FamiliesDep
) -> Response:
    """Show the boards, and where one stands with them."""
    joined = (await community.show(community.leaderboard)).board
    page = CommunityPage(
        people=len(joined.members),
        lists=lists_of((await community.show(community.scoreboard)).board, user.id if user else None),
        playlists=tuple(playlists_of((await community.show(community.playlists)).board, families)),
        first=first(joined),
        newest=newest(joined),
        on=await community.is_on(user.id) if user else None,
    )
    return render(request, "community/page.html", page)


@router.post("/community")
async def be_seen(
    user: CurrentUser,
    community: CommunityDep,
    *,
    seen: Annotated[bool, Form()] = False,
    here: Annotated[str, Form(max_length=1000)] = "/community",
) -> Response:
    """Put oneself on the boards, or take oneself off; `here` is the page on which that is said."""
    await community.set_preferences(user, {"community": seen})
    return RedirectResponse(local_path(here), HTTPStatus.SEE_OTHER)
