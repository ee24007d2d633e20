"""JSON of `GET /api/upstream`."""

from datetime import datetime
from typing import Literal

from app.schemas import ApiModel
from app.spotify.app_mode import AppMode


class CallsOut(ApiModel):
    """Attempts since the process started, by who waited for them."""

    interactive: int
    write: int
    scan: int
    now_playing: int
    background: int


class GateOut(ApiModel):
    """What goes through a gate.

    Attributes:
        blocked_until: no calls until then.
        waiting: callers who stand at it now.
        calls: attempts since the process started.
    """

    blocked_until: datetime | None
    waiting: int
    rate_per_second: float
    calls: int


class SourceOut(GateOut):
    """A genre source.

    Attributes:
        chosen: whether the settings have it asked.
        answered: questions with an answer since the process started; one question may take several calls.
        failed: questions without one.
        resting_until: it did not answer several times and is left alone until then.
    """

    chosen: bool
    answered: int
    failed: int
    resting_until: datetime | None


class SpotifyOut(GateOut):
    """The budget of calls in any 24 hours; the numbers are null where nothing is counted.

    Attributes:
        used: calls made, and those that other processes have reserved.
        left: what scans may still use.
        reserve: what they leave to playlist writes and to people who wait.
        reason: `quota` when Spotify said so, `budget` when the limit is reached for scans.
    """

    limit: int | None
    used: int
    left: int | None
    left_for_writes: int | None
    reserve: int
    now_playing_left: int | None
    reason: Literal["quota", "budget"] | None
    mode: AppMode
    calls_by_class: CallsOut


class UpstreamOut(ApiModel):
    """`GET /api/upstream`."""

    timestamp: datetime
    spotify: SpotifyOut
    sources: dict[str, SourceOut]
