"""What Spotify refuses, in words that a person understands, each with what to do next."""

from datetime import datetime
from typing import Any, Literal

import httpx

from app.errors import Action
from app.upstream.errors import UnavailableError, UpstreamError

RefusalReason = Literal["not_registered", "owner_without_premium", "missing_scope", "forbidden"]

REFUSALS: dict[RefusalReason, str] = {
    "not_registered": "Spotify does not let this account use the app yet. Ask whoever runs it to add your "
    "name and email address under Users in the app's settings on Spotify's developer dashboard; then sign in "
    "again.",
    "owner_without_premium": "Spotify answers this app only while its owner has an active Premium "
    "subscription. The owner has to renew Premium; Spotify may need a few hours to notice.",
    "missing_scope": "Spotify says that a permission is missing. Connect again and agree to what is asked.",
    "forbidden": "Spotify does not allow this. The playlist may belong to somebody else: only your own "
    "playlists and those you collaborate on can be read and changed.",
}
CONNECT = Action("Connect to Spotify again", "/auth/spotify")


class SpotifyError(UpstreamError):
    """Spotify gave an answer that is of no use."""

    code = "spotify-error"
    title = "Spotify gave no usable answer"


class NeedsReconnectError(SpotifyError):
    """The permission given to this app is over."""

    status = 401
    code = "spotify-reconnect"
    title = "Connect to Spotify again"
    safe = "Your library and your playlists are kept."
    action = CONNECT

    def __init__(self, detail: str = "Your connection to Spotify has ended. Connect again to go on.") -> None:
        super().__init__(detail)


class SpotifyRefusedError(SpotifyError):
    """Spotify does not allow it.

    Attributes:
        reason: what is in the way.
    """

    status = 403
    code = "spotify-refused"
    title = "Spotify does not allow this"

    def __init__(self, reason: RefusalReason) -> None:
        super().__init__(REFUSALS[reason])
        self.reason = reason
        if reason in {"missing_scope", "not_registered"}:
            self.action = CONNECT


class SpotifyNotFoundError(SpotifyError):
    """Spotify does not have it."""

    status = 404
    code = "spotify-not-found"
    title = "Spotify does not have this"

    def __init__(self) -> None:
        super().__init__("Spotify no longer has this, or does not show it to this account.")


class SpotifyUnavailableError(SpotifyError, UnavailableError):
    """Spotify does not answer, and nothing was changed there."""

    status = 503
    code = "spotify-unavailable"
    title = "Spotify does not answer"


class OutcomeUnknownError(SpotifyUnavailableError):
    """The answer to a write was lost: read back what happened before writing again."""

    code = "spotify-outcome-unknown"


class QuotaExceededError(SpotifyError):
    """Spotify takes no calls from this app for a while.

    Attributes:
        resumes_at: when it goes on, aware, in UTC.
    """

    status = 503
    code = "spotify-quota"
    title = "Spotify's limit for this app is used up"

    def __init__(self, *, resumes_at: datetime, retry_after: float) -> None:
        super().__init__(
            f"Spotify takes no more calls from this app until {resumes_at:%Y-%m-%d %H:%M} UTC. "
            "What is under way goes on by itself then.",
            retry_after=retry_after,
        )
        self.resumes_at = resumes_at


def error_for(response: httpx.Response) -> SpotifyError:
    """Turn an answer of 4xx other than 401 and 429 into the error to raise."""
    if response.status_code == httpx.codes.FORBIDDEN:
        return SpotifyRefusedError(_reason(complaint(response)[0]))
    if response.status_code == httpx.codes.NOT_FOUND:
        return SpotifyNotFoundError()
    return SpotifyError("Spotify did not accept a request of this app. Trying again later may help.")


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


def _reason(message: str) -> RefusalReason:
    """Tell the kinds of 403 apart by their texts, as reported by developers up to July 2026."""
    text = message.casefold()
    if "not registered" in text:
        return "not_registered"
    if "premium" in text:
        return "owner_without_premium"
    if "scope" in text:
        return "missing_scope"
    return "forbidden"
