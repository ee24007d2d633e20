"""What a store is: bytes by key, with absolute ends, written in batches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import BinaryIO, NamedTuple, Protocol, runtime_checkable


class Put(NamedTuple):
    """Set a key. `expires_at` is in seconds since 1970, None has no end; one in the past hides the key."""

    key: str
    data: bytes
    expires_at: float | None


class Delete(NamedTuple):
    """Remove a key; an absent one is fine."""

    key: str


Write = Put | Delete


class Outcome(StrEnum):
    """What became of one key of a batch."""

    DONE = "done"
    FAILED = "failed"
    REJECTED = "rejected"


class ScanPage(NamedTuple):
    """Some live keys in order; `cursor` is None on the last page."""

    keys: tuple[str, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a store takes at once."""

    key_bytes: int
    value_bytes: int
    batch_keys: int
    batch_bytes: int

    def for_round(self, most_keys: int | None, others: int) -> "Limits":
        """Return the limits of a round of at most so many keys, to a batch of which `others` are added."""
        room = max(1, self.batch_keys - others)
        return replace(self, batch_keys=room if most_keys is None else min(room, most_keys))

    def accept(self, write: Write) -> bool:
        """Whether the store can ever hold this write."""
        try:
            key_fits = 0 < len(write.key.encode()) <= self.key_bytes
        except UnicodeEncodeError:
            return False
        return key_fits and (isinstance(write, Delete) or len(write.data) <= self.value_bytes)


class Store(Protocol):
    """An adapter to one place where bytes are kept.

    Every method may raise anything; `GuardedStore` turns it into a `KVError`. A value whose end has passed
    is absent everywhere, and gone for good once a read has found it so, though the clock may be set back.

    Attributes:
        name: backend name for people and metrics.
        limits: the most it takes at once.
        single_writer: whether nobody else can write while this store is open.
    """

    name: str
    limits: Limits
    single_writer: bool

    async def get(self, key: str) -> bytes | None:
        """Return the value, None when absent."""
        ...

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Return the values of the keys that are present."""
        ...

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        """Make a batch of at most one write a key durable, in one transaction where there is such a thing.

        Returns the outcome of every key; a missing one counts as failed. Raises when nothing is known.
        """
        ...

    async def scan(self, prefix: str, cursor: str | None = None) -> ScanPage:
        """Return live keys that start with `prefix`, after `cursor`."""
        ...

    async def ping(self) -> None:
        """Return when the store can be used, raise when not."""
        ...

    async def close(self) -> None:
        """Let go of everything; using the store afterwards raises."""
        ...


@runtime_checkable
class CopyingStore(Protocol):
    """A store that can give away all that it holds as one file."""

    async def copy(self) -> BinaryIO:
        """Return an open file without a name, which the caller closes.

        Raises:
            StoreTroubleError: it could not be made.
        """
        ...


@runtime_checkable
class ScrubbingStore(Protocol):
    """A store whose files may still hold what was removed from it."""

    async def scrub(self) -> None:
        """Return when they do not any more. What cannot be done now is done later by itself."""
        ...
