"""Settings: the only reader of the environment."""

from ipaddress import IPv4Network, IPv6Network
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, IPvAnyNetwork, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.setting_types import Listed, MaybeLimit, MaybeSecret, Origin, Url

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
SHORTEST_SECRET = 32
DEMO_CLIENT_ID = "demo"
SIMULATOR_PREFIX = "/simulator"
DEMO_KEY = "demo"

GenreSourceName = Literal["spotify", "musicbrainz", "wikidata", "musicbrainz-isrc", "lastfm", "neighbours"]


class Settings(BaseSettings):
    """Everything an operator can set, from the environment or a `.env` file.

    Raises:
        pydantic.ValidationError: a value has the wrong form, or the public address is https and a secret
            is missing.
    """

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    base_url: Origin = Field(
        default="",
        description="The address people open, without a path. Empty: http://127.0.0.1:<PORT>.",
    )
    trusted_proxies: Listed[IPvAnyNetwork] = Field(
        default=(IPv4Network("127.0.0.1"), IPv6Network("::1")),
        description="Whose X-Forwarded-For is believed: addresses and networks, with commas between.",
    )
    secret_key: MaybeSecret = Field(
        default=None,
        description="Signs sessions and encrypts tokens; at least 32 characters. "
        "Generated and kept beside the database on loopback.",
    )
    log_format: Literal["console", "json"] = Field(default="console", description="How log lines look.")

    kv_url: str = Field(
        default="sqlite:///data/genre-sorter.db",
        description="The key-value store: sqlite:///PATH or memory://.",
    )
    kv_spill_dir: str = Field(
        default="",
        description="Where writes go that cannot be stored before the process ends, for the next start. "
        "Empty: beside the database.",
    )
    kv_write_batching: bool = Field(default=True, description="Off: every write goes to the store at once.")
    kv_memory_cache: bool = Field(default=True, description="Off: every read goes to the store.")
    kv_batch_size: int = Field(default=10, ge=1, description="Queued keys that wake the writer.")
    kv_batch_delay_s: float = Field(
        default=5.0, gt=0, description="Oldest age of a queued write, in seconds."
    )
    kv_cache_entries: int = Field(
        default=100, ge=0, description="Memory cache entries a kind; sessions get ten times that."
    )
    kv_cache_bytes: int = Field(default=64 * 1024 * 1024, ge=0, description="Memory cache bytes in all.")
    kv_cache_ttl: dict[str, float] = Field(
        default_factory=dict, description='Memory lifetime by kind, in seconds, as JSON: {"session": 30}.'
    )
    kv_trust_memory: bool = Field(
        default=True,
        description="On a store that only this process writes, an entry stays valid until it is unused for a "
        "day.",
    )
    kv_daily_read_limit: MaybeLimit = Field(default=None, description="Reads a day to warn about.")
    kv_daily_write_limit: MaybeLimit = Field(default=None, description="Writes a day to warn about.")
    kv_daily_delete_limit: MaybeLimit = Field(default=None, description="Deletes a day to warn about.")
    kv_daily_list_limit: MaybeLimit = Field(default=None, description="Lists a day to warn about.")

    spotify_client_id: str = Field(default="", description="Client ID of your Spotify app. Empty: demo mode.")
    spotify_client_secret: MaybeSecret = Field(
        default=None, description="Client secret; optional, PKCE works without."
    )
    spotify_api_url: Url = Field(default="https://api.spotify.com/v1", description="Spotify's Web API.")
    spotify_accounts_url: Url = Field(
        default="https://accounts.spotify.com", description="Spotify's sign-in pages and token service."
    )
    spotify_open_url: Url = Field(
        default="https://open.spotify.com", description="Where links to songs lead."
    )
    spotify_app_mode: Literal["auto", "development", "extended"] = Field(
        default="auto", description="What Spotify lets your app do; auto finds it out by itself."
    )
    spotify_rate_per_second: float = Field(
        default=2.0,
        gt=0,
        description="Calls to Spotify a second; in any 30 seconds thirty times as many, 60 at least.",
    )
    spotify_daily_budget: int = Field(
        default=900,
        ge=1,
        description="Calls to Spotify in any 24 hours while the app is in development mode. The demo has no "
        "limit unless this is set.",
    )
    spotify_write_reserve: int = Field(
        default=150,
        ge=0,
        description="How many of them are kept for playlist writes and for a person who waits; never more "
        "than a sixth of the budget, unless this is set.",
    )
    spotify_now_playing_budget: int = Field(
        default=150,
        ge=0,
        description="How many of them now playing may use; never more than a sixth of the budget, unless "
        "this is set.",
    )

    contact: str = Field(
        default="", description="Your email or web address, told to MusicBrainz; required outside the demo."
    )
    musicbrainz_url: Url = Field(default="https://musicbrainz.org", description="MusicBrainz.")
    musicbrainz_rate_per_second: float = Field(
        default=1.0, gt=0, description="Calls to MusicBrainz a second."
    )
    genre_sources: Listed[GenreSourceName] = Field(
        default=("spotify", "musicbrainz", "wikidata", "musicbrainz-isrc", "lastfm", "neighbours"),
        description="What is asked for genres, in this order, with commas between. spotify is "
        "asked where the app has extended quota; musicbrainz-isrc needs musicbrainz; lastfm is asked when it "
        "has a key.",
    )
    wikidata_url: Url = Field(
        default="https://query.wikidata.org/sparql", description="Wikidata's query service."
    )
    wikidata_rate_per_second: float = Field(default=0.5, gt=0, description="Queries to Wikidata a second.")
    lastfm_url: Url = Field(default="https://ws.audioscrobbler.com/2.0", description="Last.fm's API.")
    lastfm_rate_per_second: float = Field(default=4.0, gt=0, description="Calls to Last.fm a second.")
    lastfm_api_key: MaybeSecret = Field(
        default=None, description="API key of yours at Last.fm. Empty: Last.fm is not asked."
    )

    operator_token: MaybeSecret = Field(default=None, description="Bearer token of the operator's routes.")
    admin_users: Listed[str] = Field(default=(), description="Account ids of operators, with commas between.")
    allowed_users: Listed[str] = Field(
        default=(),
        description="Account ids that may sign in, with commas between. "
        "Empty: everybody that Spotify lets through. Whoever is signed in stays so.",
    )

    @model_validator(mode="after")
    def _secrets_are_set(self) -> Self:
        key = self.secret_key.get_secret_value() if self.secret_key else ""
        if key and len(key) < SHORTEST_SECRET:
            raise ValueError(f"SECRET_KEY needs at least {SHORTEST_SECRET} characters")
        if not self.loopback and not self.https:
            raise ValueError(
                "BASE_URL must be https, unless it is a loopback address: browsers keep no session else"
            )
        if not self.loopback and not key:
            raise ValueError("SECRET_KEY must be set when BASE_URL is not a loopback address")
        if not self.demo and not self.contact:
            raise ValueError(
                "CONTACT must be set: MusicBrainz wants an email or web address of who runs this"
            )
        return self

    @model_validator(mode="after")
    def _scans_get_something(self) -> Self:
        if self.write_reserve >= self.spotify_daily_budget:
            raise ValueError("SPOTIFY_WRITE_RESERVE must be smaller than SPOTIFY_DAILY_BUDGET")
        return self

    @model_validator(mode="after")
    def _genre_sources_fit(self) -> Self:
        names = self.genre_sources
        if not names:
            raise ValueError("GENRE_SOURCES names no source")
        if len(set(names)) < len(names):
            raise ValueError("GENRE_SOURCES names a source twice")
        if "musicbrainz-isrc" in names and "musicbrainz" not in names:
            raise ValueError("GENRE_SOURCES: musicbrainz-isrc finds artists, whose genres musicbrainz tells")
        return self

    @property
    def used_sources(self) -> tuple[GenreSourceName, ...]:
        """What GENRE_SOURCES names and can be asked: Last.fm only with a key."""
        return tuple(one for one in self.genre_sources if one != "lastfm" or self.lastfm_api_key)

    @property
    def public_url(self) -> str:
        """The address people open, without a trailing slash."""
        return self.base_url or f"http://127.0.0.1:{self.port}"

    @property
    def public_host(self) -> str:
        """Host name of the public address."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def https(self) -> bool:
        """Whether people open the app over https."""
        return self.public_url.startswith("https:")

    @property
    def loopback(self) -> bool:
        """Whether the public address is this very machine."""
        return self.public_host in LOOPBACK_HOSTS

    @property
    def redirect_uri(self) -> str:
        """Where Spotify sends people back to; registered with the Spotify app to the letter."""
        return f"{self.public_url}/auth/spotify/callback"

    @property
    def daily_budget(self) -> int | None:
        """Calls to Spotify in any 24 hours; None in the demo, where nobody counts."""
        given = "spotify_daily_budget" in self.model_fields_set
        return self.spotify_daily_budget if given or not self.demo else None

    @property
    def write_reserve(self) -> int:
        """How many calls of the budget scans leave alone."""
        return self._share_of_budget("spotify_write_reserve")

    @property
    def now_playing_budget(self) -> int:
        """How many calls of the budget now playing may use."""
        return self._share_of_budget("spotify_now_playing_budget")

    def _share_of_budget(self, name: str) -> int:
        most = self.spotify_daily_budget
        return int(min(getattr(self, name), most if name in self.model_fields_set else most // 6))

    @property
    def demo(self) -> bool:
        """Whether the whole process is the demo: without a Spotify app there is nothing else to be."""
        return self.spotify_client_id in {"", DEMO_CLIENT_ID}

    def as_demo(self) -> Self:
        """Return these settings pointed at the simulator that shares this process's port."""
        simulator = f"{self.public_url}{SIMULATOR_PREFIX}"
        return self.model_copy(
            update={
                "spotify_client_id": DEMO_CLIENT_ID,
                "spotify_client_secret": None,
                "spotify_accounts_url": f"{simulator}/accounts",
                "spotify_api_url": f"{simulator}/api/v1",
                "spotify_open_url": f"{simulator}/open",
                "musicbrainz_url": f"{simulator}/musicbrainz",
                "wikidata_url": f"{simulator}/wikidata/sparql",
                "lastfm_url": f"{simulator}/lastfm/2.0",
                "lastfm_api_key": SecretStr(DEMO_KEY),
                "contact": self.contact or "demo@localhost",
            }
        )
