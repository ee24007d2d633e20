"""Accounts that nobody has used for a year are deleted by themselves."""

from collections.abc import Awaitable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from pydantic import BaseModel, ConfigDict

from app.accounts.deletion import DeletionService
from app.clock import Clock
from app.errors import AppError
from app.events import Event, SignedIn
from app.jobs.runner import JobRunner
from app.kv.cached import CachedKV
from app.kv.errors import KVError, UserGoneError
from app.kv.keyspace import Keyspace, Owner
from app.kv.registry import Registry

INACTIVE_AFTER = timedelta(days=365)
"""A session ends after 30 days at most, so whoever uses the app has signed in lately."""
FIRST_LOOK_S = 600.0
"""Soon after the start, for a process that is started anew every day looks too."""
LOOK_S = timedelta(days=1).total_seconds()

log = structlog.get_logger(__name__)


class UserRecord(BaseModel):
    """When a person was here, both in UTC.

    Attributes:
        since: their first sign-in; for those who came before this was kept, when it was first looked for.
        signed_in_at: their last one.
    """

    model_config = ConfigDict(frozen=True)

    since: datetime
    signed_in_at: datetime


USER = Keyspace("user", UserRecord, owner=Owner.KEY, cache_ttl=timedelta(minutes=5), stale_if_down=True)


class InactivityService:
    """Notes who signs in, and deletes whoever has not done so for a year."""

    def __init__(
        self, kv: CachedKV, everything: Registry, *, deletion: DeletionService, jobs: JobRunner, clock: Clock
    ) -> None:
        self._kv = kv
        self._everything = everything
        self._deletion = deletion
        self._jobs = jobs
        self._clock = clock

    def start(self) -> None:
        """Look in ten minutes, and then once a day for as long as the process lives."""
        self._jobs.start("inactive-users", self._watch)

    async def handle(self, event: Event) -> None:
        """Note that somebody has signed in."""
        if isinstance(event, SignedIn):
            await self._note(event.user_id)

    async def find_records(self, user_ids: list[str]) -> dict[str, UserRecord]:
        """Return what is known of some people's visits."""
        found = await self._kv.get_many(USER(user_id) for user_id in user_ids)
        return {key.parts[0]: record for key, record in found.items()}

    async def look(self) -> int:
        """Delete everybody who has not signed in for a year; return how many those were.

        Somebody of whom only other things are kept has a year from now. What the store cut off of a deletion
        or a disconnection, and nobody has asked for again, is finished: Spotify's terms give it five days.

        Raises:
            KVError: the store does not answer.
        """
        users = [*await self._everything.by_user(self._kv)]
        for user_id in filter(self._kv.is_retired, users):
            await self._try(self._deletion.finish(user_id))
        records = await self.find_records(users)
        for user_id in set(users).difference(records):
            await self._note(user_id)
        return sum([await self._purge(user_id) for user_id, record in records.items() if self._over(record)])

    def _over(self, record: UserRecord) -> bool:
        return self._clock.now() >= record.signed_in_at + INACTIVE_AFTER

    async def _note(self, user_id: str) -> None:
        now = self._clock.now()
        new = UserRecord(since=now, signed_in_at=now)
        with suppress(UserGoneError):  # the account is being deleted
            await self._kv.update(
                USER(user_id),
                lambda old: old.model_copy(update={"signed_in_at": now}),
                default=new,
                later=True,
            )

    async def _purge(self, user_id: str) -> bool:
        """Delete an account, unless its person has just come back."""
        record = await self._kv.get(USER(user_id))
        if record is None or not self._over(record):
            return False
        deleted = await self._try(self._deletion.delete(user_id))
        if deleted:
            log.info("account.inactive_deleted")
        return deleted

    async def _try(self, deed: Awaitable[None]) -> bool:
        """Return whether it could be done; what could not is tried again tomorrow."""
        try:
            await deed
        except AppError as error:
            log.warning("account.inactive_left", error=error.code)
            return False
        return True

    async def _watch(self) -> None:
        await self._clock.sleep(FIRST_LOOK_S)
        while True:
            try:
                await self.look()
            except KVError as error:
                log.warning("account.inactive_not_looked", error=error.code)
            await self._clock.sleep(LOOK_S)
