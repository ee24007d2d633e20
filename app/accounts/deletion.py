"""Leaving: everything kept of a person goes, or all that came from Spotify, at once and for good."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from app.accounts.errors import BeingDeletedError, DeletionUnfinishedError, DisconnectUnfinishedError
from app.accounts.models import User
from app.accounts.repository import SESSION, SessionsRepository
from app.clock import Clock
from app.events import AccountDeleted, Disconnected, Events
from app.jobs.runner import JobRunner
from app.kv.cached import CachedKV
from app.kv.errors import KVError, LeaseHeldError
from app.kv.keyspace import Keyspace
from app.kv.registry import Registry

LEASE = timedelta(minutes=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Leaving:
    """What goes when somebody leaves.

    Attributes:
        everything: all that is kept of people.
        spotify_data: what of it goes with the connection.
        own_word: what people said of artists, songs and genres, which goes with it if they wish.
    """

    everything: Registry
    spotify_data: Registry
    own_word: tuple[Keyspace[Any], ...]

    def parted(self, *, keep_own_word: bool) -> Registry:
        """Return what goes when somebody disconnects."""
        own = () if keep_own_word else self.own_word
        return Registry((*own, *self.spotify_data.spaces))


class DeletionService:
    """Deletes accounts, disconnects them from Spotify, and lets people come back."""

    def __init__(
        self, kv: CachedKV, leaving: Leaving, *, jobs: JobRunner, events: Events, clock: Clock
    ) -> None:
        self._kv = kv
        self._sessions = SessionsRepository(kv)
        self._clock = clock
        self._leaving = leaving
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
                if await self._erase(user_id, self._leaving.everything):
                    await self._events.publish(AccountDeleted(user_id))
                await self._kv.scrub()
            except KVError as error:
                raise DeletionUnfinishedError(retry_after=error.retry_after) from error

    async def disconnect(self, user_id: str, *, keep_own_word: bool = True) -> None:
        """Drop a person's tokens and all that came from Spotify; what still runs cannot bring it back.

        Their sessions stay, without name and picture, and so do their corrections and rules unless these are
        to go too. Playlists at Spotify stay anyway.

        Raises:
            LeaseHeldError: the account is being deleted, or disconnected already.
            DisconnectUnfinishedError: the store fails; asking again finishes it.
        """
        async with self._kv.lease(_lease_of(user_id), LEASE):
            try:
                what = self._leaving.parted(keep_own_word=keep_own_word)
                await self._kv.retire_user(user_id, kinds=[space.prefix for space in what.spaces])
                if await self._erase(user_id, what):
                    await self._events.publish(Disconnected(user_id))
                await self._forget_name(user_id)
                await self._kv.scrub()
            except KVError as error:
                raise DisconnectUnfinishedError(retry_after=error.retry_after) from error

    async def is_disconnected(self, user_id: str) -> bool:
        """Return whether nothing that came from Spotify is kept of a person.

        Raises:
            KVError: the store does not answer.
        """
        return not await self._leaving.spotify_data.keys_of(self._kv, user_id)

    async def readmit(self, user_id: str) -> bool:
        """Let a person in again who has signed in; what was cut off before its end is finished first.

        Returns:
            Whether they had left.

        Raises:
            BeingDeletedError: the account is being deleted or disconnected right now.
            KVError: the store fails; the person stays out.
        """
        if not self._kv.is_retired(user_id):
            return False
        try:
            async with self._kv.lease(_lease_of(user_id), LEASE):
                await self._finish(user_id)
                await self._kv.readmit_user(user_id)
        except LeaseHeldError as error:
            raise BeingDeletedError from error
        return True

    async def finish(self, user_id: str) -> None:
        """Finish what the store cut off of a deletion or a disconnection; the person stays out.

        Raises:
            LeaseHeldError: it is under way.
            KVError: the store fails again.
        """
        async with self._kv.lease(_lease_of(user_id), LEASE):
            if self._kv.is_retired(user_id) and await self._finish(user_id):
                await self._kv.scrub()

    async def _finish(self, user_id: str) -> int:
        """Delete what was to go; return how many keys of it were left."""
        deleted = self._kv.is_retired(user_id, SESSION)
        if not deleted:
            await self._forget_name(user_id)
        left = await self._erase(user_id, self._unfinished(user_id))
        if left:
            await self._events.publish(AccountDeleted(user_id) if deleted else Disconnected(user_id))
        return left

    async def _forget_name(self, user_id: str) -> None:
        await self._sessions.rename(User(id=user_id, name="", avatar=None), self._clock.now())

    def _unfinished(self, user_id: str) -> Registry:
        """Return what was to go of a person, as their tombstone says."""
        if self._kv.is_retired(user_id, SESSION):
            return self._leaving.everything
        own_too = all(self._kv.is_retired(user_id, space) for space in self._leaving.own_word)
        return self._leaving.parted(keep_own_word=not own_too)

    async def _erase(self, user_id: str, what: Registry) -> int:
        """Stop what runs for a person and delete what is kept; return how many keys that were."""
        await self._jobs.cancel_all(user_id)
        purged = await what.purge(self._kv, user_id)
        await self._jobs.cancel_all(user_id)  # one that a request started meanwhile
        log.info("account.erased", keys=purged)
        return purged


def _lease_of(user_id: str) -> str:
    return f"account:{user_id}"
