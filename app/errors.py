"""The tree of errors that services raise; `problems` alone turns them into answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Action:
    """The one thing a person can do next: a link and its words."""

    label: str
    href: str


class AppError(Exception):
    """An error that a person is told about.

    Attributes:
        status: HTTP status of the answer.
        code: stable machine name, the last part of the problem document's `type`.
        title: one short sentence, the same for every occurrence.
        template: the page that a browser gets.
        safe: one sentence of what is kept, for every occurrence.
        action: what a person can do next.
        detail: what happened this time, fit for a person to read.
        retry_after: seconds after which trying again makes sense.
    """

    status: int = 500
    code: str = "internal-error"
    title: str = "Something went wrong"
    template: str = "error.html"
    safe: str = ""
    action: Action | None = None

    def __init__(self, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.retry_after = retry_after


class NotAuthenticatedError(AppError):
    """Nobody is signed in."""

    status = 401
    code = "not-authenticated"
    title = "Sign in first"
    safe = "Your session may have ended. Nothing was done now, and all that is kept is as it was."
    action = Action("To the start page", "/")


class ForbiddenError(AppError):
    """The caller may not do this."""

    status = 403
    code = "forbidden"
    title = "This is not allowed"


class NotFoundError(AppError):
    """There is nothing here."""

    status = 404
    code = "not-found"
    title = "Nothing here"


class MethodNotAllowedError(AppError):
    """An address is used in a way that it is not for, as when a form's answer is opened anew."""

    status = 405
    code = "method-not-allowed"
    title = "This address is no page"


class ConflictError(AppError):
    """The state of things does not allow this now."""

    status = 409
    code = "conflict"
    title = "This cannot be done now"


class InvalidInputError(AppError):
    """What was sent cannot be used."""

    status = 422
    code = "invalid-input"
    title = "This input cannot be used"


class TooManyRequestsError(AppError):
    """The caller asks too often."""

    status = 429
    code = "too-many-requests"
    title = "Too many requests"
    safe = "Nothing was done this time, and all that is kept is as it was."


def raises(*errors: type[AppError]) -> Callable[[F], F]:
    """Mark a route or a dependency with the errors that it answers with; the OpenAPI document tells them."""

    def mark(function: F) -> F:
        function.__dict__["raises"] = errors
        return function

    return mark
