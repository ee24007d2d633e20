"""What sign-in keeps: people, their sessions and their connections to Spotify."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from app.schemas import ApiModel

ATTEMPT_LIFE = timedelta(minutes=10)
IDLE_END = timedelta(days=7)
ABSOLUTE_END = timedelta(days=30)
# A refresh token lives six months from consent, which 180 days never exceed
# (developer.spotify.com/blog/2026-06-18-refresh-token-expiration).
CONSENT_LIFE = timedelta(days=180)


class User(BaseModel):
    """A person, as Spotify names them; `id` never changes."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    avatar: str | None


class Session(BaseModel):
    """One signed-in browser."""

    model_config = ConfigDict(frozen=True)

    user: User
    created_at: datetime
    seen_at: datetime

    @property
    def ends_at(self) -> datetime:
        """The moment from which the session is dead, whatever a cache or a store still holds."""
        return min(self.seen_at + IDLE_END, self.created_at + ABSOLUTE_END)


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
    """A person's consent at Spotify, with its tokens encrypted; outlives every session."""

    model_config = ConfigDict(frozen=True)

    user_id: str
    sealed_access_token: str
    sealed_refresh_token: str
    scope: str
    expires_at: datetime
    authorized_at: datetime

    @property
    def reconnect_by(self) -> datetime:
        """When Spotify stops renewing and the person has to consent again."""
        return self.authorized_at + CONSENT_LIFE


class SignInAttempt(BaseModel):
    """What the browser that started a sign-in carries, encrypted, until it comes back."""

    model_config = ConfigDict(frozen=True)

    state: str
    verifier: str = Field(repr=False)
    next_path: str


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
