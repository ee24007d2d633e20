"""What sign-in keeps: people, their sessions and their connections to Spotify."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.schemas import ApiModel

ATTEMPT_LIFE = timedelta(minutes=10)
IDLE_END = timedelta(days=7)
ABSOLUTE_END = timedelta(days=30)
# A refresh token lives six months from consent, which 180 days never exceed and 200 always do
# (developer.spotify.com/blog/2026-06-18-refresh-token-expiration).
CONSENT_LIFE = timedelta(days=180)
TOKENS_DEAD = timedelta(days=200)
WARNED_BEFORE = timedelta(days=14)

Feature = Literal["unfollow", "covers", "player"]
EndReason = Literal["expired", "revoked"]


class User(BaseModel):
    """A person, as Spotify names them; `id` never changes."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    avatar: str | None


class Session(BaseModel):
    """One signed-in browser, and what it calls itself."""

    model_config = ConfigDict(frozen=True)

    user: User
    created_at: datetime
    seen_at: datetime
    browser: str = ""

    @property
    def ends_at(self) -> datetime:
        """The moment from which the session is dead, whatever a cache or a store still holds."""
        return min(self.seen_at + IDLE_END, self.created_at + ABSOLUTE_END)

    def seen(self, now: datetime) -> "Session":
        """Return the session of a browser that was here now, or later."""
        return self if self.seen_at >= now else self.model_copy(update={"seen_at": now})

    def named(self, user: User) -> "Session":
        """Return the session with what Spotify calls its person now."""
        return self if user == self.user else self.model_copy(update={"user": user})


class SessionRef(BaseModel):
    """One of a person's sessions, by the name the store knows it under."""

    model_config = ConfigDict(frozen=True)

    key: str
    created_at: datetime


class UserSessions(BaseModel):
    """All sessions of one person, oldest first."""

    model_config = ConfigDict(frozen=True)

    sessions: tuple[SessionRef, ...] = ()


class TokenGrant(BaseModel):
    """What Spotify's token service gave, in clear: never stored, never logged."""

    model_config = ConfigDict(frozen=True)

    access_token: str = Field(repr=False)
    refresh_token: str | None = Field(repr=False)
    scope: str
    expires_at: datetime


class Connection(BaseModel):
    """A person's consent at Spotify, with its tokens encrypted; outlives every session.

    Attributes:
        authorized_at: the earliest moment from which Spotify may count.
        ended: why Spotify has ended it; None while it renews.
    """

    model_config = ConfigDict(frozen=True)

    user_id: str
    sealed_access_token: str
    sealed_refresh_token: str
    scope: str
    expires_at: datetime
    authorized_at: datetime
    ended: EndReason | None = None

    @property
    def reconnect_by(self) -> datetime:
        """From when on Spotify may stop renewing, so that the person has to consent again."""
        return self.authorized_at + CONSENT_LIFE


@dataclass(frozen=True)
class ConnectionView:
    """What every page says of the viewer's connection.

    Attributes:
        state: `ending` from two weeks before `reconnect_by` on, `overdue` when Spotify renews beyond it.
        reconnect_by: from when on Spotify may end it; None unless it is live.
    """

    state: Literal["live", "ending", "overdue", "ended", "none"]
    reconnect_by: datetime | None = None

    @property
    def live(self) -> bool:
        """Whether Spotify can be asked."""
        return self.state in {"live", "ending", "overdue"}

    @classmethod
    def of(cls, connection: Connection | None, now: datetime) -> "ConnectionView":
        """Return what to say of a connection at this moment."""
        if connection is None:
            return cls("none")
        if connection.ended:
            return cls("ended")
        ends = connection.reconnect_by
        if now >= ends:
            return cls("overdue", ends)
        return cls("ending" if now >= ends - WARNED_BEFORE else "live", ends)


@dataclass(frozen=True)
class DisconnectPage:
    """The page on which a person leaves.

    Attributes:
        connected: whether anything that came from Spotify is kept.
        unsure: whether the box was not ticked that a deletion wants.
        auto_sort: whether playlists are refreshed by themselves, which ends.
    """

    connected: bool
    unsure: bool
    auto_sort: bool = False


class SignInAttempt(BaseModel):
    """What the browser that started a sign-in carries, encrypted, until it comes back.

    Attributes:
        renew: whether Spotify was told to ask anew, so that what comes back is a new consent.
        feature: what it asks a permission more for; a no to that is no end of a session.
    """

    model_config = ConfigDict(frozen=True)

    state: str
    verifier: str = Field(repr=False)
    next_path: str
    renew: bool = False
    feature: Feature | None = None


class Answer(BaseModel):
    """What the browser brings back from Spotify, unchecked."""

    model_config = ConfigDict(frozen=True)

    state: str | None = None
    code: str | None = Field(default=None, repr=False)
    error: str | None = None


class StateClaim(BaseModel):
    """Whether a sign-in's state was already used."""

    model_config = ConfigDict(frozen=True)

    claimed: bool


class UserOut(ApiModel):
    """A person, as the browser sees them."""

    id: str
    name: str
    avatar: str | None


class SessionOut(ApiModel):
    """Who is signed in here, and for how long Spotify's consent lasts."""

    authenticated: bool
    demo: bool
    user: UserOut | None = None
    spotify_connected: bool = False
    reconnect_by: datetime | None = None
