"""Callers who write single values, and what they may be told."""

from collections.abc import Coroutine, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from app.kv.errors import KVError, QueueFullError, WriteRejectedError
from app.kv.keyspace import Key
from tests.unit.kv.machine.caller import Caller
from tests.unit.kv.machine.intake import Offer
from tests.unit.kv.machine.model import Moment
from tests.unit.kv.stand_ins import Note


class Writers(Caller):
    """Put and delete, now and later."""

    async def put(self, key: Key[Note], value: Note, *, ttl: timedelta | None, later: bool) -> None:
        if not self._intake.follows(key):
            return
        called, offer = self._model.moment(), self._intake.offer(key, value, ttl)
        put = self._kv.put_later if later else self._kv.put
        await self._judged([offer], put(key, offer.value, ttl=ttl), called, later=later)

    async def put_many(self, values: Mapping[Key[Note], Note]) -> None:
        if not (self._intake.fits(values) and self._intake.follows(*values)):
            return
        called = self._model.moment()
        offers = [self._intake.offer(key, value, None) for key, value in values.items()]
        await self._judged(offers, self._kv.put_many(values), called, later=False)

    async def delete(self, key: Key[Note], *, later: bool) -> None:
        if not self._intake.follows(key):
            return
        called, offer = self._model.moment(), self._intake.offer(key, None, None)
        delete = self._kv.delete_later if later else self._kv.delete
        await self._judged([offer], delete(key), called, later=later)

    async def _judged(
        self, offers: Sequence[Offer], write: Coroutine[Any, Any, None], called: Moment, *, later: bool
    ) -> None:
        try:
            await write
        except KVError as error:
            self._intake.resolve()
            self._refused(offers, error, called)
        else:
            self._intake.resolve()
            self._accepted(offers, later=later)
        finally:
            for offer in offers:
                offer.over = True

    def _accepted(self, offers: Sequence[Offer], *, later: bool) -> None:
        if self._process.dead:
            return
        for offer in offers:
            self._hold(offer.version, f"a write of {offer.key} that was accepted is queued")
            offer.version.accepted = True
            durable = (later and self._batching) or self._model.durable(offer.version)
            self._hold(durable, f"an acknowledged write of {offer.key} is in the store")

    def _refused(self, offers: Sequence[Offer], error: KVError, called: Moment) -> None:
        if isinstance(error, QueueFullError) and offers[0].version is None:
            self._waited_for_room(offers[0].key, called)
        elif isinstance(error, QueueFullError | WriteRejectedError):
            lost = any(offer.version and self._model.lost(offer.version) for offer in offers)
            self._hold(lost, "who is told that a write is lost has lost it")
        else:
            failed = any(self._model.write_failed(offer.key.text, called) for offer in offers)
            self._hold(failed or self._process.closing, "a write fails only when the store fails")


class Change(StrEnum):
    """What an update does with the value."""

    REPLACE = "replace"
    KEEP = "keep"
    REMOVE = "remove"
    RAISE = "raise"


class ChangeError(Exception):
    """A change that goes wrong."""


class Updaters(Writers):
    """Read, change, write: the change tells the moment at which the update takes effect."""

    async def update(
        self, key: Key[Note], how: Change, *, default: Note | None, later: bool, ttl: timedelta | None
    ) -> None:
        if not self._intake.follows(key):
            return
        called = self._model.moment()
        offer = Offer(key, None if how is Change.REMOVE else self._intake.fresh())
        bases: list[Note] = []

        def change(base: Note) -> Note | None:
            bases.append(base)
            self._may_change(key, None if base is default else base, called)
            if how is Change.RAISE:
                raise ChangeError
            if how is Change.KEEP:
                return base
            if offer.value or base is not default:
                self._intake.changed(offer, ttl)
            return offer.value

        try:
            value = await self._kv.update(key, change, default=default, later=later, ttl=ttl)
        except ChangeError:
            self._hold(how is Change.RAISE, "nobody else raises the caller's error")
        except KVError as error:
            self._not_updated(offer, error, called)
        else:
            self._updated(offer, value, bases, called)
            self._intake.resolve()
            if bases and (how is Change.REPLACE or (how is Change.REMOVE and bases[0] is not default)):
                self._accepted([offer], later=later)
        finally:
            offer.over = True

    def _may_change(self, key: Key[Note], base: Note | None, called: Moment) -> None:
        self._intake.resolve()
        if self._world.setup.single_writer:
            current = base == self._model.shows(key.text)
        else:
            current = base in self._model.showed(key, called)
        self._hold(current, f"an update of {key} changes what is there at that moment")

    def _updated(self, offer: Offer, value: Note | None, bases: Sequence[Note], called: Moment) -> None:
        if not bases:
            absent = value is None and None in self._model.showed(offer.key, called)
            self._hold(absent, f"an update of {offer.key} finds nothing only when there is nothing")
        else:
            self._hold(value in (offer.value, *bases), "an update returns what the key then holds")

    def _not_updated(self, offer: Offer, error: KVError, called: Moment) -> None:
        self._intake.resolve()
        if offer.version or isinstance(error, QueueFullError):
            self._refused([offer], error, called)
        else:
            self._read_failed(called)
