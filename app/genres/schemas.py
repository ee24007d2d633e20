"""The genres routes' JSON, in and out, and what the scan's events carry."""

from datetime import datetime
from typing import Literal

from app.genres.models import Phase, ScanStatus
from app.schemas import ApiModel


class ScanCreate(ApiModel):
    """What to scan; `refresh` starts over where a stopped scan could go on."""

    sources: tuple[Literal["liked"], ...] = ("liked",)
    refresh: bool = False


class ScanOut(ApiModel):
    """How far a scan is."""

    status: ScanStatus = "idle"
    phase: Phase = "songs"
    scanned: int = 0
    total: int = 0
    artists_resolved: int = 0
    artists_total: int = 0
    genres_found: int = 0
    eta_seconds: int | None = None
    resumes_at: datetime | None = None
    problems: tuple[str, ...] = ()
    started_at: datetime | None = None


class ScanFamily(ApiModel):
    """How many songs a family has so far."""

    id: str
    name: str
    hue: str
    depth: int
    count: int


class ScanFamilies(ApiModel):
    """All families in their fixed order, empty ones included."""

    families: tuple[ScanFamily, ...]
    without_genre: int


class ScanProblem(ApiModel):
    """One sentence about what is in the way."""

    detail: str
