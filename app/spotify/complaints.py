"""What Spotify's refusals mean: their bodies may be JSON, plain text, HTML or empty."""

from typing import Any

import httpx
import structlog

from app.spotify.errors import (
    RefusalReason,
    SpotifyError,
    SpotifyNotFoundError,
    SpotifyRefusedError,
    TooLargeError,
)

BAD_REQUEST = (
    "Spotify did not accept a request of this app. That is a fault of this program; nothing was changed."
)

log = structlog.get_logger()


def error_for(response: httpx.Response, asked: str) -> SpotifyError:
    """Turn an answer of 4xx other than 429 into an error; `asked` is method and path of the call."""
    match response.status_code:
        case httpx.codes.UNAUTHORIZED:
            return SpotifyRefusedError("missing_permission", asked)
        case httpx.codes.FORBIDDEN:
            reason = _reason(complaint(response)[0], asked)
            if reason == "removed":
                log.error(
                    "spotify.endpoint_removed", asked=asked, hint="SPOTIFY_APP_MODE, or a fault of ours"
                )
            return SpotifyRefusedError(reason, asked)
        case httpx.codes.NOT_FOUND:
            return SpotifyNotFoundError()
        case httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            return TooLargeError()
        case _:
            log.error("spotify.bad_request", asked=asked, status=response.status_code)
            return SpotifyError(BAD_REQUEST)


def lacks_permission(response: httpx.Response) -> bool:
    """Whether a 401 is about a permission, as the player's are, and not about the token."""
    return "permission" in complaint(response)[0].casefold()


def complaint(response: httpx.Response) -> tuple[str, str]:
    """Return message and reason of an error body, which may be JSON, plain text, HTML or empty."""
    try:
        body = response.json()
    except ValueError:
        return response.text.strip(), ""
    error: Any = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        return str(error.get("message") or ""), str(error.get("reason") or "")
    return str(error or ""), ""


def _reason(message: str, asked: str) -> RefusalReason:
    """Tell the kinds of 403 apart by their texts, as reported by developers up to July 2026."""
    text = message.casefold()
    if "not registered" in text:
        return "not_registered"
    if "premium" in text:
        return "owner_without_premium"
    if "scope" in text:
        return "missing_permission"
    return "foreign_playlist" if " /playlists/" in asked else "removed"
