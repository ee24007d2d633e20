"""What can go wrong with Spotify, in words that a person understands, each with what to do next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.errors import Action
from app.upstream.errors import RateLimitedError, UnavailableError, UpstreamError

RefusalReason = Literal[
    "not_registered", "owner_without_premium", "missing_permission", "foreign_playlist", "removed"
]

CONNECT = Action("Connect to Spotify again", "/auth/spotify?renew=true")
CONNECT_TO_UNFOLLOW = Action(CONNECT.label, "/auth/spotify?feature=unfollow&next=/playlists")
CONNECT_TO_PLAYER = Action(CONNECT.label, "/auth/spotify?feature=player&next=/settings")
SET_UP = Action("Check the set-up", "/setup")


@dataclass(frozen=True)
class Refusal:
    """One kind of refusal: what a person reads, what they can do, and whose fault the status says it is."""

    title: str
    detail: str
    status: int = 403
    action: Action | None = None


REFUSALS: dict[RefusalReason, Refusal] = {
    "not_registered": Refusal(
        "Spotify does not let this account use the app yet",
        "Ask whoever runs it to add your name and the email address of your Spotify account under Users in "
        "the app's settings on Spotify's developer dashboard; then connect again.",
        action=CONNECT,
    ),
    "owner_without_premium": Refusal(
        "Spotify has paused this app",
        "Spotify answers it only while its owner has an active Premium subscription. The owner has to renew "
        "Premium; Spotify may need a few hours to notice.",
        status=503,
        action=SET_UP,
    ),
    "missing_permission": Refusal(
        "A permission is missing",
        "Spotify says that this app may not {purpose} ({scope}). Connect again and agree to all of it.",
        action=CONNECT,
    ),
    "foreign_playlist": Refusal(
        "Spotify does not open this playlist to you",
        "Only your own playlists and those you collaborate on can be read and changed. Add its songs to a "
        "playlist of your own, and choose that.",
    ),
    "removed": Refusal(
        "Spotify no longer answers this question",
        "That is a fault of this program, or of the setting SPOTIFY_APP_MODE. Nothing was changed.",
        status=502,
        action=SET_UP,
    ),
}

UNFOLLOW, UNFOLLOW_SCOPE = "DELETE /me/library", "playlist-modify-public"
COVERS_SCOPE = "ugc-image-upload"
PLAYER, PLAYER_SCOPE = "GET /me/player", "user-read-playback-state"
# What each call needs (Spotify's OpenAPI document, May 2026), the first that fits.
PERMISSIONS = (
    ("GET /me/tracks", "user-library-read", "read your Liked Songs"),
    (PLAYER, PLAYER_SCOPE, "see what is playing"),
    ("GET /", "playlist-read-private", "see your playlists"),
    (UNFOLLOW, UNFOLLOW_SCOPE, "take playlists out of your list"),
    ("", "playlist-modify-private", "make and change playlists"),
)
FEATURE_ACTIONS = {UNFOLLOW_SCOPE: CONNECT_TO_UNFOLLOW, PLAYER_SCOPE: CONNECT_TO_PLAYER}


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


class NotConnectedError(NeedsReconnectError):
    """There is no permission: none was given, or the person has disconnected."""

    code = "spotify-not-connected"
    title = "Connect to Spotify"
    safe = ""
    action = Action("Connect to Spotify", CONNECT.href)

    def __init__(self) -> None:
        super().__init__("You are not connected to Spotify, so it cannot be asked.")


class SpotifyRefusedError(SpotifyError):
    """Spotify does not allow it; `asked` is the method and path of the call.

    Attributes:
        reason: what is in the way.
    """

    def __init__(self, reason: RefusalReason, asked: str = "") -> None:
        refusal = REFUSALS[reason]
        scope, purpose = next((scope, what) for call, scope, what in PERMISSIONS if asked.startswith(call))
        super().__init__(refusal.detail.format(scope=scope, purpose=purpose))
        self.reason = reason
        self.status = refusal.status
        self.code = f"spotify-{reason.replace('_', '-')}"
        self.title = refusal.title
        self.action = refusal.action
        if reason == "missing_permission":
            self.action = FEATURE_ACTIONS.get(scope, refusal.action)


class SpotifyNotFoundError(SpotifyError):
    """Spotify does not have it."""

    status = 404
    code = "spotify-not-found"
    title = "Spotify does not have this"

    def __init__(self) -> None:
        super().__init__(
            "Spotify does not have it any more, or does not show it to apps, as with its own playlists."
        )


class ChangedMeanwhileError(SpotifyError, UnavailableError):
    """A list changed while it was read page by page: what was read is of no use."""

    status = 503
    code = "spotify-changed-meanwhile"
    title = "This playlist changes right now"

    def __init__(self) -> None:
        super().__init__("The playlist changed while it was read. Try again in a moment.", retry_after=5.0)


class TooLargeError(SpotifyError):
    """What was sent is larger than Spotify takes."""

    code = "spotify-too-large"
    title = "This is too large for Spotify"

    def __init__(self) -> None:
        super().__init__(
            "Spotify takes covers of up to 256 KB and a hundred songs at a time. Nothing was changed."
        )


class PauseError(SpotifyError, RateLimitedError):
    """Spotify is asked as often as it allows; `retry_after` says when there is room again."""

    status = 503
    code = "spotify-pause"
    title = "Spotify asks for a short pause"


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
        pause: why a job pauses, to be told with the time.
        resumes_at: when it goes on, aware, in UTC.
    """

    status = 503
    code = "spotify-quota"
    title = "Spotify's limit for this app is used up"
    pause = "Spotify asks us to pause"

    def __init__(self, *, resumes_at: datetime, retry_after: float) -> None:
        super().__init__(
            f"Spotify takes no more calls from this app until {resumes_at:%Y-%m-%d %H:%M} UTC. "
            "What is under way goes on by itself then.",
            retry_after=retry_after,
        )
        self.resumes_at = resumes_at


class BudgetUsedUpError(QuotaExceededError):
    """This installation has made the calls that it allows itself; Spotify was not asked."""

    code = "spotify-budget"
    title = "The calls to Spotify for now are used up"
    pause = "This installation has used its calls to Spotify and pauses"

    def __init__(self, *, resumes_at: datetime, retry_after: float) -> None:
        super().__init__(resumes_at=resumes_at, retry_after=retry_after)
        self.detail = (
            "All the calls to Spotify that this installation allows itself in 24 hours are made. "
            f"What is under way goes on by itself at {resumes_at:%Y-%m-%d %H:%M} UTC."
        )


NOT_TO_BE_ASKED = (
    NeedsReconnectError,
    NotConnectedError,
    SpotifyUnavailableError,
    PauseError,
    BudgetUsedUpError,
)
"""Why Spotify cannot be asked for a person now."""
