"""Ids that go into addresses, and answers that become values."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.errors import InvalidInputError
from app.spotify.errors import SpotifyError
from app.spotify.models import SPOTIFY_ID

M = TypeVar("M", bound=BaseModel)


def checked(spotify_id: str) -> str:
    """Return an id that may stand in an address.

    Raises:
        InvalidInputError: it is none.
    """
    if not SPOTIFY_ID.fullmatch(spotify_id):
        raise InvalidInputError("This is not an id of Spotify's.")
    return spotify_id


def named(body: dict[str, Any], asked_for: str) -> dict[str, Any]:
    """Return a body whose id is the one asked for, should Spotify leave it out."""
    return body if body.get("id") else {**body, "id": asked_for}


def read(model: type[M], body: dict[str, Any]) -> M:
    """Return an answer as a value.

    Raises:
        SpotifyError: it is of no use.
    """
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise SpotifyError("Spotify's answer could not be understood.") from error
