"""What gates keep."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class GateState(BaseModel):
    """What must outlive the process: until when a service wants no calls."""

    model_config = ConfigDict(frozen=True)

    blocked_until: datetime


class Account(StrEnum):
    """What part of the limit a block was taken from."""

    GENERAL = "general"
    """What scans leave the reserve alone in; writes use it too."""
    RESERVE = "reserve"
    """For playlist writes and for a person who waits."""
    NOW_PLAYING = "now-playing"
    """A bounded part of the general one."""


class Block(BaseModel):
    """Some calls that one process may make, or has made.

    Attributes:
        id: the process and its own number for the block.
        calls: how many they are at most.
        until: when the last of them is made at the latest.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    account: Account
    calls: int
    until: datetime


class CallLedger(BaseModel):
    """Every block that still counts.

    Attributes:
        at: when it was written; no process takes it to be earlier.
    """

    model_config = ConfigDict(frozen=True)

    at: datetime
    blocks: tuple[Block, ...] = ()
