"""Blocks of calls: how many fit, and what this process has in hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from app.upstream.capacity import BLOCK, WINDOW
from app.upstream.models import Account, Block
from app.upstream.turns import Priority

_SCANS = (Account.GENERAL,)
_WRITES = (Account.GENERAL, Account.RESERVE)
ACCOUNTS: Final[Mapping[Priority, tuple[Account, ...]]] = MappingProxyType(
    {
        Priority.INTERACTIVE: _WRITES,
        Priority.WRITE: _WRITES,
        Priority.SCAN: _SCANS,
        Priority.NOW_PLAYING: (Account.NOW_PLAYING,),
        Priority.BACKGROUND: _SCANS,
    }
)
"""What the calls of a class are taken from; the last reaches furthest."""


class Sums(NamedTuple):
    """How many calls blocks have, all together and those for now playing."""

    total: int
    playing: int

    def without(self, block: Block) -> "Sums":
        """Return the sums once a block counts no more."""
        playing = block.calls if block.account is Account.NOW_PLAYING else 0
        return Sums(self.total - block.calls, self.playing - playing)


def sums_of(blocks: Iterable[Block]) -> Sums:
    """Add blocks up."""
    counts = [(block.calls, block.account is Account.NOW_PLAYING) for block in blocks]
    return Sums(sum(calls for calls, _ in counts), sum(calls for calls, playing in counts if playing))


@dataclass(frozen=True, slots=True)
class Rules:
    """How many calls there are in any 24 hours.

    Attributes:
        limit: for everybody together.
        reserve: how many of them only playlist writes and a person who waits may use.
        now_playing: how many of the others now playing may use at most.
    """

    limit: int
    reserve: int
    now_playing: int

    def room(self, account: Account, sums: Sums) -> int:
        """Return how many calls fit beside `sums`; fewer than none when writes have gone beyond."""
        if account is Account.RESERVE:
            return self.limit - sums.total
        room = self.limit - self.reserve - sums.total
        return min(room, self.now_playing - sums.playing) if account is Account.NOW_PLAYING else room

    def fits_at(self, account: Account, blocks: Iterable[Block], *, now: datetime) -> datetime:
        """Return when a whole block fits again, or as much as the account can ever have."""
        in_order = sorted(blocks, key=lambda block: block.until)
        wanted = min(BLOCK, self.room(account, Sums(0, 0)))
        sums = sums_of(in_order)
        for block in in_order:
            sums = sums.without(block)
            if self.room(account, sums) >= wanted:
                return block.until + WINDOW
        return now + WINDOW


@dataclass(slots=True)
class Held:
    """A block that this process has reserved.

    Attributes:
        until: when it may be used at the latest.
        last_use: when it was reserved or, once it is used, when the last call was made.
        closed: whether nothing is taken from it any more.
    """

    id: str
    account: Account
    calls: int
    until: datetime
    last_use: datetime
    used: int = 0
    closed: bool = False

    def draw(self, now: datetime) -> bool:
        """Use one call if there is one."""
        if self.closed or self.used == self.calls or now > self.until:
            return False
        self.used += 1
        self.last_use = now
        return True

    @property
    def made(self) -> Block:
        """The calls that were made."""
        return Block(id=self.id, account=self.account, calls=self.used, until=self.last_use)

    @property
    def counted(self) -> Block:
        """The calls that will have been made at most, should this process end now."""
        if self.closed or self.used == self.calls:
            return self.made
        return Block(id=self.id, account=self.account, calls=self.calls, until=self.until)


def counts(block: Block, now: datetime) -> bool:
    """Whether a block has calls of the last day."""
    return block.calls > 0 and now < block.until + WINDOW
