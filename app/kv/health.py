"""The one judgement of the service: how it is, why, and what to do. Everybody who tells a state asks here."""

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from app.kv.findings import LEVELS, Finding, Findings
from app.kv.limits import DailyLimits
from app.kv.metrics import Snapshot
from app.kv.options import KVOptions

State = Literal["ok", "warning", "critical", "degraded"]
STATES: tuple[State, ...] = ("ok", "warning", "critical", "degraded")


class Health(BaseModel):
    """How the service is.

    Attributes:
        status: the gravest of all findings; a recommendation is none.
        store: the store alone, `ok`, `warning` or `degraded`.
        limits: the day's limits alone, `ok`, `warning` or `critical`; None when nobody set one.
        findings: what was found, the gravest first.
    """

    model_config = ConfigDict(frozen=True)

    status: State
    store: State
    limits: State | None
    findings: tuple[Finding, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the status is not `ok`, in English."""
        return tuple(finding.told_fact for finding in self.findings if finding.level != "recommendation")

    @property
    def recommendations(self) -> tuple[str, ...]:
        """What to do, in English, the most urgent first."""
        return tuple(finding.told for finding in self.findings)


def assess(snapshot: Snapshot, limits: DailyLimits, options: KVOptions) -> Health:
    """Judge a snapshot; nothing else is asked."""
    found = gravest_first(Findings(snapshot, limits, options).all())
    store = worst([finding for finding in found if finding.about == "store"])
    limit = worst([finding for finding in found if finding.about == "limits"])
    return Health(
        status=worst(found), store=store, limits=limit if limits.judged else None, findings=tuple(found)
    )


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in the order in which they matter."""
    return sorted(findings, key=lambda finding: -LEVELS.index(finding.level))


def worst(findings: Iterable[Finding]) -> State:
    """Return the state that the gravest finding makes; a recommendation makes none."""
    states: list[State] = [finding.level for finding in findings if finding.level != "recommendation"]
    return max(states, key=STATES.index, default="ok")
