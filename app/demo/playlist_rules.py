"""Who may do what with a playlist, and what may be said of one."""

from typing import Any

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError

from app.demo.deps import ApiError, Grant
from app.demo.listing import Json
from app.demo.people import is_id
from app.demo.records import Account, Playlist
from app.demo.seeds import STRANGER
from app.demo.world import World

LONGEST_NAME = 100
LONGEST_DESCRIPTION = 300


class PlaylistIn(BaseModel):
    """What may be said about a playlist; public unless said otherwise, as at Spotify."""

    model_config = ConfigDict(frozen=True, strict=True)

    name: str | None = None
    description: str | None = None
    public: bool | None = None
    collaborative: bool | None = None

    def said(self) -> Json:
        """Return what was said."""
        return self.model_dump(exclude_none=True)


def playlist_in(body: dict[str, Any]) -> Json:
    """Return what is said about a playlist.

    Raises:
        ApiError: 400, Spotify would not take it.
    """
    try:
        said = PlaylistIn.model_validate(body).said()
    except ValidationError as error:
        raise ApiError(400, "Error parsing JSON.") from error
    if len(said.get("name", "")) > LONGEST_NAME:
        raise ApiError(400, "Playlist name is too long")
    description = said.get("description", "")
    if "\n" in description or "\r" in description or len(description) > LONGEST_DESCRIPTION:
        raise ApiError(400, "Invalid description")
    if said.get("collaborative") and said.get("public", True):
        raise ApiError(400, "Collaborative playlists cannot be public")
    return said


def find_playlist(world: World, playlist_id: str) -> Playlist:
    """Return a playlist.

    Raises:
        ApiError: 400 or 404, there is none.
    """
    if not is_id(playlist_id):
        raise ApiError(400, "Invalid base62 id")
    found = world.find_playlist(playlist_id)
    if found is None:
        raise ApiError(404, "Resource not found")
    return found


def find_own(world: World, grant: Grant, playlist_id: str) -> Playlist:
    """Return a playlist whose songs the person may change.

    Raises:
        ApiError: 400, 403 or 404.
    """
    found = find_playlist(world, playlist_id)
    if not is_own(grant, found):
        raise ApiError(403, "Forbidden")
    return found


def is_own(grant: Grant, playlist: Playlist) -> bool:
    """Tell whether the person owns the playlist or works on it with others."""
    return playlist.account_id == grant.account.id and playlist.is_open


def may_read(world: World, grant: Grant, playlist: Playlist) -> bool:
    """Tell whether the person's apps may read the songs; older apps may read everybody's."""
    return world.switches.old_api or is_own(grant, playlist)


def require_read(grant: Grant, playlist: Playlist) -> None:
    """Refuse to read a playlist without its scope.

    Raises:
        ApiError: 403.
    """
    if playlist.collaborative:
        grant.require("playlist-read-collaborative")
    elif not playlist.public:
        grant.require("playlist-read-private")


def require_modify(grant: Grant, playlist: Playlist) -> None:
    """Refuse to change a playlist without its scope.

    Raises:
        ApiError: 403.
    """
    if playlist.public or playlist.collaborative:
        grant.require("playlist-modify-public")
    if not playlist.public:
        grant.require("playlist-modify-private")


def owner_of(world: World, playlist: Playlist) -> Account:
    """Return whose name stands on the playlist."""
    owner = None if playlist.by_stranger else world.find_account(playlist.account_id)
    return owner or STRANGER


def knows_episodes(request: Request) -> bool:
    """Whether the app says that it knows what an episode is."""
    return "episode" in request.query_params.get("additional_types", "").split(",")
