"""Sessions: who is signed in in which browser, and until when."""

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from app.accounts.cookies import Cookie
from app.accounts.crypto import Keyring, fingerprint
from app.accounts.models import Session, SessionRef, User
from app.accounts.repository import SessionsRepository
from app.accounts.settings_models import OpenSession
from app.clock import Clock
from app.kv.errors import UserGoneError

ID_BYTES = 32
TOUCH_INTERVAL = timedelta(days=1)
MOST_SESSIONS = 50


class SessionsService:
    """Starts, finds and ends sessions.

    A cookie holds a signed id of 256 bits; the store knows its SHA-256 alone, so neither a copy of the
    store nor an invented cookie opens anything.
    """

    def __init__(
        self, repository: SessionsRepository, *, keyring: Keyring, clock: Clock, cookie: Cookie
    ) -> None:
        self._repository = repository
        self._cookie = cookie
        self._signer = keyring.signer("session")
        self._clock = clock

    async def start(self, user: User, *, replacing: Mapping[str, str], browser: str = "") -> str:
        """Sign `user` in under a new id, end the session in `replacing`, return the new cookie's value.

        `browser` is what their list of sessions calls this one.

        Raises:
            KVError: the session could not be made durable.
        """
        session_id = secrets.token_urlsafe(ID_BYTES)
        now = self._clock.now()
        session = Session(user=user, created_at=now, seen_at=now, browser=browser)
        ref = SessionRef(key=fingerprint(session_id), created_at=now)
        # Listed first: a session that is in no list would outlive its account.
        listed = await self._repository.enlist(user.id, ref)
        await self._repository.put(ref.key, session, ttl=session.ends_at - now)
        if ref not in (await self._repository.find_list(user.id)).sessions:  # they signed out everywhere
            await self._repository.delete(ref.key)
        await self._end(user.id, {old.key for old in listed.sessions[:-MOST_SESSIONS]})
        await self.end(replacing)
        return self._signer.sign(session_id)

    async def rename(self, user: User) -> None:
        """Have all sessions of a person know what Spotify calls them now."""
        await self._repository.rename(user, self._clock.now())

    async def find_user(self, cookies: Mapping[str, str]) -> User | None:
        """Return who is signed in by these cookies, None when nobody is or the session has ended.

        Raises:
            KVError: the store does not answer; a session is never served stale.
        """
        key = self._key(cookies)
        session = await self._repository.find(key) if key else None
        now = self._clock.now()
        if key is None or session is None or now >= session.ends_at:
            return None
        if now - session.seen_at >= TOUCH_INTERVAL:
            session = await self._touch(key, session, now)
        return session.user if session else None

    async def list_open(self, user_id: str, cookies: Mapping[str, str]) -> tuple[OpenSession, ...]:
        """Return where a person is signed in, the newest first; `cookies` tell which of them asks.

        Raises:
            KVError: the store does not answer.
        """
        listed = await self._repository.find_list(user_id)
        found = await self._repository.find_many(ref.key for ref in listed.sessions)
        here, now = self._key(cookies), self._clock.now()
        alive = {key: session for key, session in found.items() if now < session.ends_at}
        newest = sorted(alive.items(), key=lambda one: one[1].created_at, reverse=True)
        return tuple(OpenSession.of(session, here=key == here) for key, session in newest)

    async def find_name(self, user_id: str) -> str:
        """Return what Spotify called a person at their last sign-in; "" of one who is signed in nowhere."""
        return (await self.find_names([user_id])).get(user_id, "")

    async def find_names(self, user_ids: Iterable[str]) -> dict[str, str]:
        """Return what Spotify called people at their last sign-in, of those who are signed in somewhere."""
        return await self._repository.find_names(user_ids)

    async def end(self, cookies: Mapping[str, str]) -> User | None:
        """End the session in these cookies at once, if there is one; return whose it was."""
        key = self._key(cookies)
        if key is None:
            return None
        session = await self._repository.find(key)
        # Also one that seems to be gone: an earlier try may be queued only, because the store refused it.
        await self._repository.delete(key)
        if session:
            await self._strike(session.user.id, {key}, later=True)
        return session.user if session else None

    async def end_all(self, user_id: str) -> None:
        """End every session of a person at once.

        Raises:
            KVError: some may be alive; the list keeps all of them, so that calling again ends them.
        """
        listed = await self._repository.find_list(user_id)
        await self._end(user_id, {ref.key for ref in listed.sessions})

    async def _end(self, user_id: str, keys: set[str]) -> None:
        if keys:
            await self._delete(keys)
            await self._strike(user_id, keys)
            # A sign-in under way may have put one since: it finds that it is not listed, or this finds it.
            await self._delete(await self._repository.find_many(keys))

    async def _delete(self, keys: Iterable[str]) -> None:
        await asyncio.gather(*(self._repository.delete(key) for key in keys))

    async def _strike(self, user_id: str, keys: set[str], *, later: bool = False) -> None:
        with suppress(UserGoneError):  # the list goes with the account, which is being deleted
            await self._repository.strike(user_id, keys, later=later)

    def _key(self, cookies: Mapping[str, str]) -> str | None:
        session_id = self._signer.verified(cookies.get(self._cookie.name, ""))
        return fingerprint(session_id) if session_id else None

    async def _touch(self, key: str, session: Session, now: datetime) -> Session | None:
        """Move the idle end; a session that was ended in the meantime stays ended."""
        ends_at = session.model_copy(update={"seen_at": now}).ends_at
        try:
            return await self._repository.update(key, lambda kept: kept.seen(now), ttl=ends_at - now)
        except UserGoneError:  # the account is being deleted, and this session with it
            return None
