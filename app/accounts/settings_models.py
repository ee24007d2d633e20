"""What the settings page shows of an account, and what its form of looks and language sends."""

from dataclasses import dataclass
from datetime import datetime

from babel import Locale
from pydantic import BaseModel, ConfigDict

from app.accounts.models import Session
from app.accounts.preferences import Language, Preferences, Theme
from app.languages import languages


class DisplayForm(BaseModel):
    """How pages shall look, what they shall be written in, and whether single keys work."""

    model_config = ConfigDict(frozen=True)

    theme: Theme = "system"
    language: Language = ""
    shortcuts: bool = False  # as browsers leave a box out that is not ticked


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser in which somebody is signed in.

    Attributes:
        browser: what it calls itself, "" when it says nothing or is older than this list.
        seen_at: when it was last here, to the day: that is not written down more often.
        here: whether it is the one that asks.
    """

    browser: str
    created_at: datetime
    seen_at: datetime
    here: bool

    @classmethod
    def of(cls, session: Session, *, here: bool) -> "OpenSession":
        """Return what a list shows of a session."""
        return cls(session.browser, session.created_at, session.seen_at, here)


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """The settings of an account.

    Attributes:
        shortcuts: whether single keys work on pages.
        languages: all that pages can be in, each by its own name; there may be one.
        sessions: where the person is signed in, the newest first.
        community: whether the person stands on the boards.
    """

    theme: Theme
    language: str
    shortcuts: bool
    languages: tuple[tuple[str, str], ...]
    sessions: tuple[OpenSession, ...]
    community: bool

    @classmethod
    def of(cls, preferences: Preferences, sessions: tuple[OpenSession, ...]) -> "AccountSettings":
        """Return what is set, and where the person is signed in."""
        names = tuple((one, (Locale.parse(one).display_name or one).capitalize()) for one in languages())
        return cls(
            theme=preferences.theme,
            language=preferences.language,
            shortcuts=preferences.shortcuts,
            languages=names,
            sessions=sessions,
            community=preferences.community,
        )
