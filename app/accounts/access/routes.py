"""Asking for access as JSON; it works signed out."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from app.accounts.access.models import AccessWish
from app.accounts.access.service import ListFullError, TooManyAsksError
from app.deps import AccessDep, address_of
from app.errors import raises

router = APIRouter(tags=["Sign-in"])


@router.post("/api/request-access", status_code=HTTPStatus.ACCEPTED)
@raises(ListFullError, TooManyAsksError)
async def request_access(request: Request, access: AccessDep, wish: AccessWish) -> Response:
    """Ask whoever runs this to let an account in, by its name and email address at Spotify.

    Both are deleted once it is decided, after ninety days at the latest.
    """
    await access.ask(wish, address=address_of(request))
    return Response(status_code=HTTPStatus.ACCEPTED)
