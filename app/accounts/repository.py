"""Where sessions, connections and used sign-ins are kept."""

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from app.accounts.errors import SignInReplayedError
from app.accounts.models import (
    ABSOLUTE_END,
    ATTEMPT_LIFE,
    IDLE_END,
    TOKENS_DEAD,
    Connection,
    Session,
    SessionRef,
    StateClaim,
    User,
    UserSessions,
)
from app.kv.cached import CachedKV
from app.kv.keyspace import Key, Keyspace, Owned, Owner

CACHE_TTL = timedelta(seconds=60)
RENEWAL = timedelta(seconds=30)


async def _sessions_of(kv: CachedKV, user_id: str) -> list[Key[Session]]:
    listed = await kv.get(USER_SESSIONS(user_id)) or UserSessions()
    return [SESSION(ref.key) for ref in listed.sessions]


SESSION = Keyspace(
    "session",
    Session,
    owner=Owner.VALUE,
    owned=Owned(user_of=lambda session: session.user.id, keys_of=_sessions_of),
    ttl=IDLE_END,
    cache_ttl=CACHE_TTL,
    stale_if_down=False,
    secret=("user",),  # operators see that there are sessions, not whose
)
USER_SESSIONS = Keyspace(
    "user-sessions",
    UserSessions,
    owner=Owner.KEY,
    ttl=ABSOLUTE_END,
    cache_ttl=CACHE_TTL,
    stale_if_down=False,
    secret=("key",),
)
CONNECTION = Keyspace(
    "connection",
    Connection,
    owner=Owner.KEY,
    ttl=TOKENS_DEAD,
    cache_ttl=CACHE_TTL,
    stale_if_down=False,
    secret=("sealed_access_token", "sealed_refresh_token"),
)
SIGNIN_STATE = Keyspace(
    "signin-state",
    StateClaim,
    owner=Owner.NONE,
    ttl=ATTEMPT_LIFE,
    cache_ttl=None,
    stale_if_down=False,
)


class SessionsRepository:
    """Sessions by the SHA-256 of their id, and the list of each person's sessions."""

    def __init__(self, kv: CachedKV) -> None:
        self._kv = kv

    async def find(self, key: str) -> Session | None:
        """Return the session, also one whose end has come."""
        return await self._kv.get(SESSION(key))

    async def find_many(self, keys: Iterable[str]) -> dict[str, Session]:
        """Return those of the sessions that are there, in one store call at most."""
        found = await self._kv.get_many([SESSION(key) for key in keys])
        return {key.parts[0]: session for key, session in found.items()}

    async def put(self, key: str, session: Session, *, ttl: timedelta) -> None:
        """Keep a new session for `ttl`; it has to be in its person's list before."""
        await self._kv.put(SESSION(key), session, ttl=ttl)

    async def update(
        self, key: str, change: Callable[[Session], Session], *, ttl: timedelta
    ) -> Session | None:
        """Change a session that is still there and give it `ttl` from now."""
        return await self._kv.update(SESSION(key), change, ttl=ttl)

    async def rename(self, user: User, now: datetime) -> None:
        """Give all sessions of a person this name and picture; they go on as long as before."""
        for ref in (await self.find_list(user.id)).sessions:
            await self._kv.update(
                SESSION(ref.key), lambda one: one.named(user), ttl=lambda session: session.ends_at - now
            )

    async def delete(self, key: str) -> None:
        """End a session at once."""
        await self._kv.delete(SESSION(key))

    async def find_list(self, user_id: str) -> UserSessions:
        """Return all sessions of a person that may be alive."""
        return await self._kv.get(USER_SESSIONS(user_id)) or UserSessions()

    async def enlist(self, user_id: str, ref: SessionRef) -> UserSessions:
        """Add a session to its person's list, without those that are over by now; return the list."""

        def add(listed: UserSessions) -> UserSessions:
            alive = (old for old in listed.sessions if old.created_at + ABSOLUTE_END > ref.created_at)
            return UserSessions(sessions=(*alive, ref))

        listed = await self._kv.update(USER_SESSIONS(user_id), add, default=UserSessions())
        return listed or UserSessions()

    async def find_names(self, user_ids: Iterable[str]) -> dict[str, str]:
        """Return what Spotify called people at their last sign-in, of those who are signed in somewhere."""
        lists = await self._kv.get_many(USER_SESSIONS(user_id) for user_id in user_ids)
        # All of them: the newest may have ended, and an older one go on. What comes later counts.
        refs = [ref for listed in lists.values() for ref in listed.sessions]
        sessions = await self._kv.get_many(SESSION(ref.key) for ref in refs)
        return {session.user.id: session.user.name for session in sessions.values() if session.user.name}

    async def strike(self, user_id: str, keys: Collection[str], *, later: bool = False) -> None:
        """Take sessions that have ended off their person's list."""

        def drop(listed: UserSessions) -> UserSessions | None:
            left = tuple(ref for ref in listed.sessions if ref.key not in keys)
            if len(left) == len(listed.sessions):
                return listed
            return UserSessions(sessions=left) if left else None

        await self._kv.update(USER_SESSIONS(user_id), drop, later=later)


class ConnectionsRepository:
    """Connections by person."""

    def __init__(self, kv: CachedKV) -> None:
        self._kv = kv

    async def find(self, user_id: str) -> Connection | None:
        """Return the person's connection, also an ended one; no store is asked about who has disconnected."""
        gone = [self._kv.is_retired(user_id, space) for space in (CONNECTION, SESSION)]
        return None if gone == [True, False] else await self._kv.get(CONNECTION(user_id))

    async def save(self, new: Connection, joined: Callable[[Connection], Connection]) -> None:
        """Keep what `joined` makes of what was kept before, which is `new` where nothing was."""
        await self._kv.update(CONNECTION(new.user_id), joined, default=new)

    async def replace(self, old: Connection, new: Connection) -> Connection | None:
        """Put `new` in the place of `old` and return what is kept now.

        A consent given or taken back in the meantime stays as it is.
        """
        return await self._kv.update(CONNECTION(old.user_id), lambda kept: new if kept == old else kept)

    def lease(self, user_id: str) -> AbstractAsyncContextManager[None]:
        """Return a block in which no other process renews; `LeaseHeldError` while one does."""
        return self._kv.lease(f"renewal:{user_id}", RENEWAL)


class StatesRepository:
    """The sign-ins that were used, by the SHA-256 of their state."""

    def __init__(self, kv: CachedKV) -> None:
        self._kv = kv

    async def is_claimed(self, key: str) -> bool:
        """Return whether the sign-in was used."""
        return await self._kv.get(SIGNIN_STATE(key)) is not None

    async def claim(self, key: str) -> None:
        """Use the sign-in up, for one caller only.

        Raises:
            SignInReplayedError: somebody was first.
        """
        await self._kv.update(SIGNIN_STATE(key), _claimed, default=StateClaim(claimed=False))


def _claimed(state: StateClaim) -> StateClaim:
    if state.claimed:
        raise SignInReplayedError
    return StateClaim(claimed=True)
