"""How many operations a UTC day may have: what somebody set, else a yardstick."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from app.settings import Settings

Operation = Literal["reads", "writes", "deletes", "lists"]
OPERATIONS: Final[tuple[Operation, ...]] = ("reads", "writes", "deletes", "lists")
SETTINGS: Final[Mapping[Operation, str]] = MappingProxyType(
    {
        "reads": "KV_DAILY_READ_LIMIT",
        "writes": "KV_DAILY_WRITE_LIMIT",
        "deletes": "KV_DAILY_DELETE_LIMIT",
        "lists": "KV_DAILY_LIST_LIMIT",
    }
)
# Workers KV's free plan, per UTC day and account (Cloudflare's limits page, November 2026).
REFERENCE: Final[Mapping[Operation, int]] = MappingProxyType(
    {"reads": 100_000, "writes": 1_000, "deletes": 1_000, "lists": 1_000}
)
DAY = timedelta(days=1)
EARLY = timedelta(hours=1)
"""A day that is younger than this tells nothing of its end."""


class DailyLimits(BaseModel):
    """The limits of a day.

    Attributes:
        source: where they come from; in `reference` they are only something to compare with.
        judged: the operations whose limit somebody set or the store enforces; the others say nothing.
        enforced: whether the store refuses what is over.
    """

    model_config = ConfigDict(frozen=True)

    reads: int
    writes: int
    deletes: int
    lists: int
    source: Literal["configured", "plan", "reference"] = "reference"
    judged: frozenset[Operation] = frozenset()
    enforced: bool = False

    def of(self, operation: Operation) -> int:
        """Return the limit of one operation."""
        return int(getattr(self, operation))


def limits_from(settings: Settings) -> DailyLimits:
    """Return the limits that the settings name, and the reference for those that they do not."""
    given = {name: getattr(settings, SETTINGS[name].lower()) for name in OPERATIONS}
    configured: dict[Operation, int] = {name: limit for name, limit in given.items() if limit}
    return DailyLimits(
        **{**REFERENCE, **configured},
        source="configured" if configured else "reference",
        judged=frozenset(configured),
    )


def midnight_after(moment: datetime) -> datetime:
    """Return when the UTC day of `moment` ends."""
    return datetime.combine(moment.date() + DAY, time(), UTC)


def projected(count: int, moment: datetime) -> float:
    """Return how many it will be at midnight if the UTC day goes on as it went until `moment`."""
    passed = DAY - (midnight_after(moment) - moment)
    return count / (max(passed, timedelta(seconds=1)) / DAY)


def on_course(count: int, moment: datetime) -> int | None:
    """Return how many it will be at midnight, None as long as it is too early to tell."""
    return None if moment < midnight_after(moment) - DAY + EARLY else round(projected(count, moment))
