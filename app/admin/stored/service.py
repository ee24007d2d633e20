"""What is stored and in memory, and what operators may do about it; everything they do is logged."""

from typing import Any

import structlog

from app.accounts.crypto import fingerprint
from app.accounts.deletion import DeletionService
from app.accounts.inactivity import InactivityService, UserRecord
from app.accounts.repository import CONNECTION
from app.accounts.sessions import SessionsService
from app.admin.stored.schemas import (
    KEYS_A_PAGE,
    USERS_A_PAGE,
    KeysQuery,
    KVKeysOut,
    KVValueOut,
    StoredKindOut,
    StoredUserOut,
    UsersOut,
)
from app.errors import NotFoundError
from app.events import Events, RebuildAsked
from app.kv.cached import CachedKV
from app.kv.keyspace import Key, Keyspace, Owner
from app.kv.registry import Registry, Space
from app.kv.showing import shown

log = structlog.get_logger(__name__)


class NoSuchKeyError(NotFoundError):
    """Nothing is stored under a key."""

    code = "no-such-key"
    title = "Nothing is stored under this key"


class NoSuchUserError(NotFoundError):
    """Nothing is kept of a user."""

    code = "no-such-user"
    title = "Nothing is kept of this user"


class StoredDataService:
    """Looks into the store for operators, by way of memory and queue, as the app does itself."""

    def __init__(
        self,
        kv: CachedKV,
        everything: Registry,
        *,
        deletion: DeletionService,
        inactivity: InactivityService,
        sessions: SessionsService,
        events: Events,
    ) -> None:
        self._kv = kv
        self._everything = everything
        self._deletion = deletion
        self._inactivity = inactivity
        self._sessions = sessions
        self._events = events

    async def list_users(self, offset: int = 0) -> UsersOut:
        """Return a page of everybody of whom something is kept.

        Raises:
            KVError: the store does not answer.
        """
        kept = await self._everything.by_user(self._kv)
        records = await self._inactivity.find_records([*kept])
        latest = {user_id: record.signed_in_at.timestamp() for user_id, record in records.items()}
        page = sorted(kept, key=lambda user_id: (-latest.get(user_id, 0.0), user_id))[offset:][:USERS_A_PAGE]
        names = await self._sessions.find_names(page)
        log.info("operator.users_listed")
        return UsersOut(
            total=len(kept),
            users=tuple(
                _user(one, kept[one], name=names.get(one, ""), record=records.get(one)) for one in page
            ),
            next_offset=offset + USERS_A_PAGE if offset + USERS_A_PAGE < len(kept) else None,
        )

    async def delete_user(self, user_id: str) -> None:
        """Delete everything kept of a user, as they could themselves.

        Raises:
            NoSuchUserError: there is nothing.
            LeaseHeldError: it is being deleted already.
            DeletionUnfinishedError: the store fails; asking again finishes it.
        """
        if not (self._kv.is_retired(user_id) or await self._everything.keys_of(self._kv, user_id)):
            raise NoSuchUserError
        await self._deletion.delete(user_id)
        log.warning("operator.user_deleted", user=fingerprint(user_id)[:16])

    async def list_keys(self, query: KeysQuery) -> KVKeysOut:
        """Return all kinds with the number of their keys, or a page of one kind's keys.

        Raises:
            NotFoundError: there is no such kind.
            KVError: the store does not answer.
        """
        log.info("operator.keys_listed", kind=query.kind or "all")
        spaces = sorted(self._everything.spaces, key=lambda space: space.prefix)
        if not query.kind:
            counts = await self._everything.count_keys(self._kv)
            return KVKeysOut(kinds=tuple(_kind(space, counts[space.prefix]) for space in spaces))
        space = next((space for space in spaces if space.prefix == query.kind), None)
        if space is None:
            raise NotFoundError("There is no such kind of value.")
        keys = await self._everything.keys_in(self._kv, space)
        found = [key.text for key in keys if query.q in key.text]
        end = query.offset + KEYS_A_PAGE
        return KVKeysOut(
            kinds=(_kind(space, len(keys)),),
            keys=tuple(found[query.offset : end]),
            total=len(found),
            next_offset=end if end < len(found) else None,
        )

    async def get_value(self, text: str) -> KVValueOut:
        """Return what is stored under a key, without secrets.

        Raises:
            NoSuchKeyError: nothing is.
            KVError: the store does not answer, or this release cannot read the value.
        """
        key = self._everything.find_key(text)
        value = await self._kv.get(key) if key else None
        if key is None or value is None:
            raise NoSuchKeyError("It may have ended or been deleted meanwhile.")
        log.info("operator.value_read", kind=key.space.prefix)
        return KVValueOut(key=text, kind=key.space.prefix, value=shown(key, value))

    def clear_cache(self) -> int:
        """Have memory forget every value, so that it is read from the store again; return how many."""
        cleared = self._kv.clear_memory()
        log.warning("operator.cache_cleared", values=cleared)
        return cleared

    async def rebuild_caches(self) -> None:
        """Have everything made anew that is made of stored values: sorted libraries, boards."""
        await self._events.publish(RebuildAsked())
        log.warning("operator.caches_rebuilt")


def _kind(space: Space, keys: int) -> StoredKindOut:
    return StoredKindOut(
        name=space.prefix,
        personal=isinstance(space, Keyspace) and space.owner is not Owner.NONE,
        life_s=space.ttl.total_seconds() if space.ttl else None,
        keys=keys,
    )


def _user(user_id: str, keys: list[Key[Any]], *, name: str, record: UserRecord | None) -> StoredUserOut:
    values: dict[str, int] = {}
    for key in keys:
        values[key.space.prefix] = values.get(key.space.prefix, 0) + 1
    return StoredUserOut(
        id=user_id,
        name=name,
        since=record.since if record else None,
        signed_in_at=record.signed_in_at if record else None,
        connected=CONNECTION.prefix in values,
        values=values,
    )
