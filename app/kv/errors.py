"""What can go wrong between a caller and its stored state."""

from http import HTTPStatus
from typing import Self

from app.errors import Action, AppError, ConflictError

RETRY_AFTER_S = 5.0
"""When a caller may ask again: a store that is back is used within seconds."""


class KVError(AppError):
    """The store refused, failed or did not answer in time.

    After a write this means *unknown*: the write stays queued and is tried again.
    """

    status = 503
    code = "storage-unavailable"
    title = "Storage does not answer"

    def __init__(self, detail: str = "", *, retry_after: float | None = None) -> None:
        if retry_after is None and self.status == HTTPStatus.SERVICE_UNAVAILABLE:
            retry_after = RETRY_AFTER_S
        super().__init__(detail, retry_after=retry_after)

    def for_caller(self) -> Self:
        """Return a copy with this one as its cause: several callers raise it, each with a traceback."""
        copy = type(self)(self.detail, retry_after=self.retry_after)
        copy.__cause__ = self
        return copy


class StoreTimeoutError(KVError):
    """The store did not answer within its time."""


class QueueFullError(KVError):
    """Too much waits for the store; this write was not taken."""

    code = "storage-busy"
    title = "Too much waits to be saved"


class WriteRejectedError(KVError):
    """The store will never take this write: too large, or a key it cannot hold."""

    status = 500
    code = "not-storable"
    title = "This cannot be stored"


class UnreadableValueError(KVError):
    """What is stored under the key is not a value of its keyspace."""

    status = 500
    code = "unreadable-value"
    title = "A stored value cannot be read"


class UserGoneError(AppError):
    """The value belongs to a user whose account was deleted. No `KVError`: nobody may carry on over it."""

    status = 410
    code = "account-gone"
    title = "This account was deleted"
    action = Action("To the start page", "/")


class WithdrawnError(UserGoneError):
    """The value is of a kind that its user has taken back."""

    status = 409
    code = "disconnected"
    title = "You have disconnected"


class LeaseHeldError(ConflictError):
    """Somebody else does this very thing right now."""

    code = "lease-held"
    title = "This is already under way"


class StoreOpenError(Exception):
    """The store cannot be opened; the message tells the operator why and what to do."""


class StoreInUseError(StoreOpenError):
    """Another process has the store open."""


class StoreTroubleError(Exception):
    """An open store cannot do its part for now; it has told the operator so, in this message.

    Attributes:
        told: what a client may be told: no names of files.
    """

    def __init__(self, message: str, *, told: str) -> None:
        super().__init__(message)
        self.told = told
