"""The deletion of an account: everything kept of a person, at once and for good."""

from datetime import timedelta

import structlog

from app.accounts.errors import BeingDeletedError, DeletionUnfinishedError
from app.events import AccountDeleted, Events
from app.jobs.runner import JobRunner
from app.kv.cached import CachedKV
from app.kv.errors import KVError, LeaseHeldError
from app.kv.registry import Registry

LEASE = timedelta(minutes=1)

log = structlog.get_logger(__name__)


class DeletionService:
    """Deletes accounts, and lets people come back."""

    def __init__(self, kv: CachedKV, *, registry: Registry, jobs: JobRunner, events: Events) -> None:
        self._kv = kv
        self._registry = registry
        self._jobs = jobs
        self._events = events

    async def delete(self, user_id: str) -> None:
        """Delete everything kept of a person; nothing that still runs for them can write any of it again.

        Raises:
            LeaseHeldError: it is being deleted already.
            DeletionUnfinishedError: the store fails; asking again finishes it.
        """
        async with self._kv.lease(_lease_of(user_id), LEASE):
            try:
                await self._kv.retire_user(user_id)
                await self._erase(user_id)
            except KVError as error:
                raise DeletionUnfinishedError(retry_after=error.retry_after) from error
            await self._events.publish(AccountDeleted(user_id))

    async def readmit(self, user_id: str) -> None:
        """Let a person in again who has signed in; what a deletion that was cut off has left goes first.

        Raises:
            BeingDeletedError: the account is being deleted right now.
            KVError: the store fails; the person stays out.
        """
        if not self._kv.is_retired(user_id):
            return
        try:
            async with self._kv.lease(_lease_of(user_id), LEASE):
                if await self._erase(user_id):
                    await self._events.publish(AccountDeleted(user_id))
                await self._kv.readmit_user(user_id)
        except LeaseHeldError as error:
            raise BeingDeletedError from error

    async def _erase(self, user_id: str) -> int:
        """Stop what runs for a person and delete what is kept; return how many keys that were."""
        await self._jobs.cancel_all(user_id)
        purged = await self._registry.purge(self._kv, user_id)
        await self._jobs.cancel_all(user_id)  # one that a request started meanwhile
        log.info("account.erased", keys=purged)
        return purged


def _lease_of(user_id: str) -> str:
    return f"account:{user_id}"
