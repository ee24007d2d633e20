"""What the playlist pages show; templates read these fields as they are."""

from dataclasses import dataclass
from datetime import datetime

from app.genres.labels import Label
from app.genres.page_models import SongRow
from app.playlists.models import Match, RunStatus


@dataclass(frozen=True, slots=True)
class PreviewPlaylist:
    """One playlist of a preview, with its first songs; `more` are not shown.

    Attributes:
        local: local files that are left out.
        unplayable: songs that are left out because Spotify does not play them where the listener is.
        inferred: songs that are left out because their place is inferred.
        repeated: songs that are left out because another like is the same recording.
    """

    index: int
    name: str
    labels: tuple[Label, ...]
    count: int
    local: int
    unplayable: int
    inferred: int
    repeated: int
    songs: tuple[SongRow, ...]
    more: int


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """Exactly what will be written; `run` is set when it already was."""

    id: str
    expires_at: datetime
    calls_needed: int
    estimated_s: int
    songs: int
    repeated: int
    match: Match
    playlists: tuple[PreviewPlaylist, ...]
    run: str | None


@dataclass(frozen=True, slots=True)
class PreviewSongsPage:
    """All songs of one playlist of a preview, in pages."""

    id: str
    index: int
    name: str
    count: int
    labels: tuple[Label, ...]
    songs: tuple[SongRow, ...]
    offset: int
    next_offset: int | None


@dataclass(frozen=True, slots=True)
class RunPlaylist:
    """How far one playlist of a run is."""

    name: str
    id: str | None
    url: str | None
    added: int
    total: int
    verified: int | None
    problem: str | None
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class RunPage:
    """How far a run is, or how it ended."""

    id: str
    status: RunStatus
    resumes_at: datetime | None
    playlists: tuple[RunPlaylist, ...]
    added: int
    total: int
