"""What the templates of these pages read."""

from dataclasses import dataclass
from typing import Literal

from app.settings import GenreSourceName
from app.spotify.app_mode import AppMode

CheckId = Literal["client_id", "redirect_uri", "address", "contact"]


@dataclass(frozen=True)
class HomePage:
    """The landing page.

    Attributes:
        next: where sign-in goes on to.
        auto_sort: whether somebody has signed out here whose playlists go on being refreshed by themselves.
        invited: whether Spotify lets nobody in but five accounts that are named to it.
    """

    next: str
    auto_sort: bool = False
    invited: bool = False


@dataclass(frozen=True)
class AboutPage:
    """The about page; `sources` of genres are those that this installation uses."""

    version: str
    sources: tuple[GenreSourceName, ...]


@dataclass(frozen=True)
class SetupCheck:
    """One thing to set; `ok` is None where only a person can know. `used` is what the browser used."""

    id: CheckId
    ok: bool | None
    value: str
    used: str = ""


@dataclass(frozen=True)
class SetupPage:
    """The set-up page; `mode` is what Spotify takes the app for, None while there is none."""

    configured: bool
    checks: tuple[SetupCheck, ...]
    redirect_uri: str
    mode: AppMode | None
