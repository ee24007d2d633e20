"""What can go wrong while somebody signs in, each with its own words on one page."""

from app.accounts.models import EndReason
from app.errors import Action, AppError
from app.upstream.errors import UnavailableError


class UnreadableError(Exception):
    """Sealed text was changed, belongs elsewhere, or its key is gone."""


class GrantRefusedError(Exception):
    """Spotify's token service takes neither this code nor this refresh token (`invalid_grant`).

    Attributes:
        reason: whether its time is over, or somebody has ended it.
    """

    def __init__(self, reason: EndReason) -> None:
        super().__init__(reason)
        self.reason = reason


class ClientRefusedError(UnavailableError):
    """Spotify's token service refuses this installation itself: its client id, secret or redirect address."""

    code = "spotify-misconfigured"
    title = "Spotify refuses this installation's settings"
    action = Action("Check the set-up", "/setup")


class DeletionUnfinishedError(AppError):
    """The store fails in the middle of the deletion of an account."""

    status = 503
    code = "deletion-unfinished"
    title = "The account is not wholly deleted yet"
    safe = "Nothing new is kept of it. Delete it again in a minute: that finishes it."

    def __init__(self, *, retry_after: float | None = None) -> None:
        super().__init__("Storage does not answer. Delete it again to finish.", retry_after=retry_after)


class DisconnectUnfinishedError(AppError):
    """The store fails while somebody disconnects."""

    status = 503
    code = "disconnect-unfinished"
    title = "You are not wholly disconnected yet"
    safe = "Nothing more is read from Spotify. Disconnect again in a minute: that finishes it."
    action = Action("Disconnect again", "/disconnect")

    def __init__(self, *, retry_after: float | None = None) -> None:
        super().__init__("Storage does not answer, so some of it may still be kept.", retry_after=retry_after)


class SignInError(AppError):
    """A sign-in that did not happen.

    Attributes:
        reason: stable machine name.
    """

    status = 400
    template = "signin/problem.html"
    safe = "Nothing was read from Spotify, and nothing of yours was changed."
    action = Action("Sign in again", "/auth/spotify")
    reason: str

    def __init_subclass__(cls) -> None:
        cls.code = f"sign-in-{cls.reason.replace('_', '-')}"


class SignInDeniedError(SignInError):
    """The person pressed Cancel at Spotify."""

    status = 403
    reason = "denied"
    title = "You did not let the app in at Spotify."


class SignInExpiredError(SignInError):
    """More than ten minutes passed, or Spotify's code is no longer good."""

    reason = "expired"
    title = "This sign-in took too long and has ended."


class SignInReplayedError(SignInError):
    """The address that Spotify sent the browser to was opened a second time."""

    reason = "replayed"
    title = "This sign-in was already used."
    safe = "Its address works only once; whoever is signed in stays signed in."


class ForeignStateError(SignInError):
    """The answer does not belong to the sign-in that this browser started last."""

    reason = "foreign_state"
    title = "This is not the sign-in that this browser started last."
    safe = "Nobody was signed in. Start here, in the browser that you want to use, and in one tab of it."


class NotAllowedError(SignInError):
    """The operator's list does not name this account."""

    status = 403
    reason = "not_allowed"
    title = "This account is not on this installation's list."
    safe = "Nothing of yours was kept."
    action = Action("To the start page", "/")


class NotRegisteredError(SignInError):
    """Spotify's dashboard does not name this account (development mode: five users)."""

    status = 403
    reason = "not_registered"
    template = "signin/not_registered.html"
    title = "Spotify does not let this account use the app yet."
    safe = "Nothing of yours was kept. Ask here, and whoever runs this can name your account to Spotify."
    action = Action(
        "Sign in again", "/auth/spotify?renew=true"
    )  # else Spotify takes the same account unasked


class OwnerWithoutPremiumError(SignInError):
    """The Spotify app's owner has no Premium, so Spotify stops the whole app."""

    status = 503
    reason = "owner_without_premium"
    title = "Spotify has paused this app, because its owner has no Premium subscription."
    safe = "Nothing of yours was changed. Once there is one, Spotify may take a few hours."


class BeingDeletedError(SignInError):
    """The account is being deleted, or disconnected, at this moment."""

    status = 409
    reason = "being_deleted"
    title = "Your account is being deleted or disconnected right now."
    safe = "Nothing new was kept. You can sign in and start afresh in a minute."


class SpotifyDownError(SignInError):
    """Spotify did not answer, or not usefully."""

    status = 503
    reason = "spotify_down"
    title = "Spotify does not answer right now."
    safe = "Nothing of yours was changed; try again later."


class MisconfiguredError(SignInError):
    """The client id, the secret or the redirect address is wrong."""

    status = 503
    reason = "misconfigured"
    title = "This installation's Spotify settings are wrong."
    safe = "Nothing of yours was changed. The operator has to compare them with Spotify's dashboard."
    action = Action("Check the set-up", "/setup")
