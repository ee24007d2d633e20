"""The operators' pages of what is stored; their forms work without JavaScript and answer 303."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.admin.stored.schemas import KeysQuery
from app.deps import LoggedOperator, OperatorPageDep, SnapshotDep, StoredDataDep
from app.templating import render

router = APIRouter(
    prefix="/operator", include_in_schema=False, dependencies=[OperatorPageDep, LoggedOperator]
)


@router.get("/users")
async def users_page(
    request: Request, stored: StoredDataDep, offset: Annotated[int, Query(ge=0)] = 0
) -> Response:
    """Show everybody of whom something is kept."""
    return render(request, "operator/users.html", await stored.list_users(offset))


@router.post("/users/delete")
async def delete_user(stored: StoredDataDep, user: Annotated[str, Form(max_length=200)]) -> RedirectResponse:
    """Delete everything kept of a user."""
    await stored.delete_user(user)
    return _see("/operator/users?deleted")


@router.get("/keys")
async def keys_page(
    request: Request, stored: StoredDataDep, query: Annotated[KeysQuery, Query()]
) -> Response:
    """Show all kinds of values, or the keys of one."""
    page = await stored.list_keys(query)
    return render(request, f"operator/{'keys' if query.kind else 'kinds'}.html", page)


@router.get("/keys/value")
async def value_page(
    request: Request, stored: StoredDataDep, key: Annotated[str, Query(max_length=1000)]
) -> Response:
    """Show what is stored under a key."""
    return render(request, "operator/value.html", await stored.get_value(key))


@router.get("/caches")
async def caches_page(request: Request, snapshot: SnapshotDep) -> Response:
    """Show what memory holds."""
    return render(request, "operator/caches.html", snapshot.cache)


@router.post("/caches/clear")
async def clear_cache(stored: StoredDataDep) -> RedirectResponse:
    """Have memory forget every value."""
    stored.clear_cache()
    return _see("/operator/caches?cleared")


@router.post("/caches/rebuild")
async def rebuild_caches(stored: StoredDataDep) -> RedirectResponse:
    """Have sorted libraries and boards made anew."""
    await stored.rebuild_caches()
    return _see("/operator/caches?rebuilt")


def _see(path: str) -> RedirectResponse:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)
