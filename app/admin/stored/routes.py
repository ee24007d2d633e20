"""The operators' routes to what is stored."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from app.accounts.errors import DeletionUnfinishedError
from app.admin.stored.schemas import ClearedOut, KeysQuery, KVKeysOut, KVValueOut, UsersOut
from app.admin.stored.service import NoSuchKeyError, NoSuchUserError
from app.deps import LoggedOperator, OperatorDep, StoredDataDep
from app.errors import NotFoundError, raises
from app.kv.errors import LeaseHeldError

router = APIRouter(prefix="/api/admin", tags=["Operators"], dependencies=[OperatorDep, LoggedOperator])


@router.get("/users")
async def list_users(stored: StoredDataDep, offset: Annotated[int, Query(ge=0)] = 0) -> UsersOut:
    """Return everybody of whom something is kept, the latest to sign in first, in pages of 50."""
    return await stored.list_users(offset)


@router.delete("/user/{user_id}", status_code=HTTPStatus.NO_CONTENT)
@raises(NoSuchUserError, DeletionUnfinishedError, LeaseHeldError)
async def delete_user(user_id: str, stored: StoredDataDep) -> Response:
    """Delete everything kept of a user, at once and for good; playlists at Spotify stay.

    Asking again finishes a deletion that the store cut off (503).
    """
    await stored.delete_user(user_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/kv-keys")
@raises(NotFoundError)
async def list_keys(query: Annotated[KeysQuery, Query()], stored: StoredDataDep) -> KVKeysOut:
    """Return all kinds of values with the number of their keys; with `kind`, its keys in pages of 200."""
    return await stored.list_keys(query)


@router.get("/kv-key/{key:path}")
@raises(NoSuchKeyError)
async def get_value(key: str, stored: StoredDataDep) -> KVValueOut:
    """Return what is stored under a key; tokens, and whose a session is, are hidden."""
    return await stored.get_value(key)


@router.post("/clear-cache")
async def clear_cache(stored: StoredDataDep) -> ClearedOut:
    """Have memory forget every value; what waits to be saved stays."""
    return ClearedOut(cleared=stored.clear_cache())


@router.post("/rebuild-caches", status_code=HTTPStatus.NO_CONTENT)
async def rebuild_caches(stored: StoredDataDep) -> Response:
    """Have sorted libraries and boards made anew from what is stored."""
    await stored.rebuild_caches()
    return Response(status_code=HTTPStatus.NO_CONTENT)
