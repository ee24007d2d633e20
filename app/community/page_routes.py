"""The page of the boards; putting oneself on them works without JavaScript and answers 303."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.community.page_models import CommunityPage, lists_of, playlists_of
from app.community.standings import first, newest
from app.deps import CommunityDep, CurrentUser, FamiliesDep, MaybeUser
from app.templating import render

router = APIRouter(include_in_schema=False)


@router.get("/community")
async def community_page(
    request: Request, user: MaybeUser, community: CommunityDep, families: FamiliesDep
) -> Response:
    """Show the boards, and where one stands with them."""
    joined = (await community.show(community.leaderboard)).board
    page = CommunityPage(
        people=len(joined.members),
        lists=lists_of((await community.show(community.scoreboard)).board),
        playlists=tuple(playlists_of((await community.show(community.playlists)).board, families)),
        first=first(joined),
        newest=newest(joined),
        on=await community.is_on(user.id) if user else None,
    )
    return render(request, "community/page.html", page)


@router.post("/community")
async def be_seen(
    user: CurrentUser, community: CommunityDep, *, seen: Annotated[bool, Form()] = False
) -> Response:
    """Put oneself on the boards, or take oneself off."""
    await community.set_preferences(user, {"community": seen})
    return RedirectResponse("/community", HTTPStatus.SEE_OTHER)
