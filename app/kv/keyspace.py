"""Typed names of stored values: what kind they are, how long they live, whom they belong to."""

import operator
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Generic, NamedTuple, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    WrapSerializer,
)

if TYPE_CHECKING:
    from app.kv.cached import CachedKV

M = TypeVar("M", bound=BaseModel | bytes)
R = TypeVar("R", bound=BaseModel)
K = TypeVar("K")
V = TypeVar("V")

_PREFIX = re.compile(r"[a-z][a-z0-9-]*")


class Owner(StrEnum):
    """Where the user that a value belongs to is named."""

    NONE = "none"
    KEY = "user in key"
    VALUE = "user in value"
    SHARED = "users in value"


class AtBound(StrEnum):
    """What the write of a further key does when the queue is full; a queued key is written over anyway.

    WAIT and MERGE wait for room. MERGE is said of totals and lists, where what comes later is written over
    what is queued already. DROP_OLDEST takes the place of the kind's oldest value, and waits where it has
    none to give up but removals. At twice the bytes everything waits.
    """

    WAIT = "wait"
    MERGE = "merge"
    DROP_OLDEST = "drop oldest"


class Key(NamedTuple, Generic[M]):
    """One value's name; made by calling its keyspace."""

    space: "Keyspace[M]"
    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def parts(self) -> tuple[str, ...]:
        """What the key was made of."""
        return tuple(_plain(part) for part in self.text.split(":")[1:])


class Owned(NamedTuple, Generic[M]):
    """Whose the values of a kind are that names the user in the value.

    Attributes:
        user_of: tells it of a value.
        keys_of: finds all keys of a user's values.
    """

    user_of: Callable[[M], str]
    keys_of: Callable[["CachedKV", str], Awaitable[Sequence[Key[M]]]]


class Shared(NamedTuple, Generic[M]):
    """How the values of a kind are taken apart that name several users.

    Attributes:
        without: returns a value without a user; the same object where that user is not in it.
        only: returns what of a value is a user's, so that they are told nothing of others.
        users: tells who is in a value.
    """

    without: Callable[[M, str], M]
    only: Callable[[M, str], M]
    users: Callable[[M], Collection[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Keyspace(Generic[M]):
    """All values of one kind.

    Args:
        prefix: first part of every key, and the kind's name in the metrics.
        model: a frozen Pydantic model, or `bytes` for answers that are kept ready to send.
        owner: where the user is named; in `Owner.KEY` it is the first part after the prefix.
        ttl: life in the store from each write on; None has no end.
        cache_ttl: life in memory; None is never kept in memory.
        at_bound: what `put_later` does when the queue is full.
        stale_if_down: whether an outdated value from memory is better than an error.
        owned: how values and their users are found, for `Owner.VALUE` and no other.
        shared: how a value's users are told apart, for `Owner.SHARED` and no other. Writes for users who are
            gone are not refused by themselves.
        secret: fields of the value, at any depth, that nobody is shown.

    Raises:
        TypeError: the model is not frozen, or `owned` or `shared` does not go with `owner`.
        ValueError: the prefix has other characters than small letters, digits and hyphens.
    """

    prefix: str
    model: type[M]
    owner: Owner = Owner.NONE
    ttl: timedelta | None = None
    cache_ttl: timedelta | None = None
    at_bound: AtBound = AtBound.WAIT
    stale_if_down: bool = False
    owned: Owned[M] | None = None
    shared: Shared[M] | None = None
    secret: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _PREFIX.fullmatch(self.prefix):
            raise ValueError(f"not a prefix: {self.prefix!r}")
        if issubclass(self.model, BaseModel) and not self.model.model_config.get("frozen"):
            raise TypeError(f"{self.model.__name__} must be frozen: its instances are shared")
        if (self.owned is not None) != (self.owner is Owner.VALUE):
            raise TypeError(f"{self.prefix}: `owned` belongs to Owner.VALUE, and only to that")
        if (self.shared is not None) != (self.owner is Owner.SHARED):
            raise TypeError(f"{self.prefix}: `shared` belongs to Owner.SHARED, and only to that")

    def __call__(self, *parts: str | int | date) -> Key[M]:
        """Return the key of these parts, joined with ":"."""
        return Key(self, ":".join((self.prefix, *map(_escaped, parts))))

    def part_of(self, value: M, user_id: str) -> M:
        """Return what of a value may be told to one of its users: all of it, unless others share it."""
        return self.shared.only(value, user_id) if self.shared else value

    def user_of(self, key: Key[M], value: M) -> str | None:
        """Return whose this value is, None when it is nobody's alone."""
        if self.owner is Owner.KEY:
            return key.parts[0]
        return self.owned.user_of(value) if self.owned else None

    def users_of(self, key: Key[M], value: M) -> Collection[str]:
        """Return who is named in this value or its key."""
        if self.shared:
            return self.shared.users(value)
        user_id = self.user_of(key, value)
        return () if user_id is None else (user_id,)


def _escaped(part: str | int | date) -> str:
    """Keep ("a:b", "c") and ("a", "b:c") apart."""
    text = str(part)
    if not text:
        raise ValueError("a part of a key is empty")
    return text.replace("%", "%25").replace(":", "%3A") if "%" in text or ":" in text else text


def _plain(part: str) -> str:
    return part.replace("%3A", ":").replace("%25", "%") if "%" in part else part


def _as_dict(value: Mapping[K, V], handler: SerializerFunctionWrapHandler) -> object:
    return handler(dict(value))


FrozenMapping = Annotated[Mapping[K, V], AfterValidator(MappingProxyType), WrapSerializer(_as_dict)]
"""A mapping field of a frozen model that really cannot be changed."""


class Counters(BaseModel):
    """Named running totals that never go down; only `CachedKV.count` adds to them.

    Attributes:
        totals: everything counted, by name.
        parts: what of it came with parts that were put in, by their names; there are none where one process
            alone writes the store.
    """

    model_config = ConfigDict(frozen=True)

    totals: FrozenMapping[str, int] = Field(default_factory=dict, validate_default=True)
    parts: FrozenMapping[str, FrozenMapping[str, int]] = Field(
        default_factory=dict, validate_default=True, exclude_if=operator.not_
    )

    def plus(self, by: Mapping[str, int]) -> "Counters":
        """Return these totals with `by` added."""
        return self.model_copy(update={"totals": MappingProxyType(_sum(self.totals, by))})

    def merged(self, other: "Counters") -> "Counters":
        """Return these totals with those of others added."""
        return self.plus(other.totals)

    def joined(self, parts: Mapping[str, "Counters"]) -> "Counters":
        """Return these totals with parts put in; what an earlier state of a part brought counts once."""
        totals, known = dict(self.totals), dict(self.parts)
        for name, part in parts.items():
            before = known.get(name, {})
            more = {one: max(0, number - before.get(one, 0)) for one, number in part.totals.items()}
            totals, known[name] = _sum(totals, more), _sum(before, more)
        return Counters(totals=totals, parts=known) if known != self.parts else self


def _sum(totals: Mapping[str, int], by: Mapping[str, int]) -> dict[str, int]:
    return {**totals, **{name: totals.get(name, 0) + number for name, number in by.items()}}


class Members(BaseModel):
    """A set that only grows."""

    model_config = ConfigDict(frozen=True)

    members: Annotated[frozenset[str], PlainSerializer(sorted)] = frozenset()

    def plus(self, member: str) -> "Members":
        """Return the set with `member` in it; the same object when it already is."""
        return self if member in self.members else Members(members=self.members | {member})

    def merged(self, other: "Members") -> "Members":
        """Return the set with the members of another in it."""
        return self.joined({"": other})

    def joined(self, parts: Mapping[str, "Members"]) -> "Members":
        """Return the set with all of the parts' members in it."""
        members = self.members.union(*(part.members for part in parts.values()))
        return Members(members=members) if members != self.members else self
