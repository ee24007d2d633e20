"""What Spotify answers, read leniently: any field may be null or missing, unknown ones are ignored.

The field names are those of the Web API in development mode, with the older ones (`track`, `tracks`) beside
them (Spotify's changelogs of February, March and May 2026).
"""

import html
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WrapValidator,
    model_validator,
)
from pydantic_core.core_schema import ValidatorFunctionWrapHandler

SPOTIFY_ID = re.compile(r"[0-9A-Za-z]{22}")
"""The form of every Spotify id except a user's; use `fullmatch`."""
SPOTIFY_URI = re.compile(r"spotify:(track|episode):[0-9A-Za-z]{22}")
"""What can be put into a playlist; use `fullmatch`."""


SPOTIFY_BEGAN = datetime(2006, 4, 23, tzinfo=UTC)
"""When the company was founded: very old playlists give 1970 for an unknown time."""


def _web_address(value: object) -> str:
    """Let only web addresses through: these end up in links and images."""
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else ""


def _time_or_none(value: object, handler: ValidatorFunctionWrapHandler) -> datetime | None:
    try:
        time: datetime | None = handler(value)
    except ValueError:
        return None
    time = time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC) if time else None
    return time if time and time >= SPOTIFY_BEGAN else None


WebAddress = Annotated[str, BeforeValidator(_web_address)]
LenientTime = Annotated[datetime | None, WrapValidator(_time_or_none)]
Unescaped = Annotated[str, AfterValidator(html.unescape)]


class SpotifyModel(BaseModel):
    """Takes null for missing, and lists without their null entries."""

    model_config = ConfigDict(frozen=True, extra="ignore", validate_by_name=True, validate_by_alias=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_missing(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {key: _without_nulls(value) for key, value in data.items() if value is not None}


def _without_nulls(value: object) -> object:
    return [entry for entry in value if entry is not None] if isinstance(value, list) else value


class Image(SpotifyModel):
    """A picture; its address may end within a day (Spotify's OpenAPI document, May 2026)."""

    url: WebAddress = ""
    width: int | None = None
    height: int | None = None


class SpotifyUser(SpotifyModel):
    """The account behind a token.

    Attributes:
        id: the stable key, `account_id` where Spotify gives one, else `id`.
        username: the `id` that playlists name their owner by.
    """

    id: str = Field(min_length=1, validation_alias=AliasChoices("account_id", "id"))
    username: str = Field(default="", validation_alias=AliasChoices("username", "id"))
    display_name: str | None = None
    images: tuple[Image, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _empty_is_missing(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value != ""} if isinstance(data, dict) else data


class Artist(SpotifyModel):
    """An artist as a track names it; local files carry a name only."""

    id: str | None = None
    name: str = ""


class ArtistDetails(Artist):
    """An artist asked for by id; `genres` is None where Spotify does not tell any."""

    genres: Annotated[tuple[str, ...] | None, AfterValidator(lambda genres: genres or None)] = None


class Album(SpotifyModel):
    """An album as a track names it."""

    id: str | None = None
    name: str = ""
    images: tuple[Image, ...] = ()
    release_date: str | None = None

    @property
    def release_year(self) -> int | None:
        """The year of `release_date`, which may be `1981-09-17`, `1981-09`, `1981`, `0000` or nothing."""
        year = (self.release_date or "")[:4]
        return int(year) if year.isascii() and year.isdigit() and int(year) else None


class Restrictions(SpotifyModel):
    """Why a track cannot be played: `market`, `product` or `explicit`."""

    reason: str | None = None


class Track(SpotifyModel):
    """A song, or an episode, as `type` says; local files have no id."""

    id: str | None = None
    uri: str = ""
    name: str = ""
    artists: tuple[Artist, ...] = ()
    album: Album = Album()
    duration_ms: int = 0
    isrc: str | None = Field(
        default=None, validation_alias=AliasChoices("isrc", AliasPath("external_ids", "isrc"))
    )
    is_local: bool = False
    is_playable: bool | None = None
    restrictions: Restrictions | None = None
    type: str = "track"

    @property
    def playable(self) -> bool:
        """Whether nothing is known that keeps it from playing."""
        return self.is_playable is not False


class SavedTrack(SpotifyModel):
    """An entry of Liked Songs; `track` is None where Spotify no longer has it."""

    added_at: LenientTime = None
    track: Track | None = None


class PlaylistItem(SpotifyModel):
    """An entry of a playlist; `track` is None where Spotify no longer has it, and may be an episode."""

    added_at: LenientTime = None
    is_local: bool = False
    track: Track | None = Field(default=None, validation_alias=AliasChoices("item", "track"))


class PlaylistOwner(SpotifyModel):
    """Whose playlist it is; `id` equals the owner's `SpotifyUser.username`."""

    id: str = ""
    display_name: str | None = None


class Playlist(SpotifyModel):
    """A playlist without its entries.

    Attributes:
        total: entries it holds; None when Spotify does not tell, as for playlists of other people.
        description: plain text; Spotify sends it escaped for HTML.
    """

    id: str
    name: str = ""
    description: Unescaped = ""
    url: WebAddress = Field(
        default="", validation_alias=AliasChoices("url", AliasPath("external_urls", "spotify"))
    )
    owner: PlaylistOwner = PlaylistOwner()
    images: tuple[Image, ...] = ()
    collaborative: bool = False
    public: bool | None = None
    snapshot_id: str = ""
    total: int | None = Field(
        default=None,
        validation_alias=AliasChoices("total", AliasPath("items", "total"), AliasPath("tracks", "total")),
    )


class PlaylistSummary(Playlist):
    """A playlist as a listing shows it."""
