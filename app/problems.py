"""The one place where errors become answers: problem+json (RFC 9457), or a page for a person."""

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.addresses import asked_address
from app.errors import (
    Action,
    AppError,
    InvalidInputError,
    MethodNotAllowedError,
    NotAuthenticatedError,
    NotFoundError,
)
from app.schemas import ApiModel
from app.templating import Templating

PROBLEM_JSON = "application/problem+json"
PROBLEM_TYPE = "urn:genre-sorter"


class FieldProblem(ApiModel):
    """What is wrong with one field of what was sent."""

    where: str
    what: str


class Problem(ApiModel):
    """An error as programs get it: a problem document (RFC 9457) with some fields more."""

    type: str
    title: str
    status: int
    detail: str
    instance: str = Field(description="The path that was asked for.")
    request_id: str = Field(description="Also in the header X-Request-ID, and in the log.")
    errors: tuple[FieldProblem, ...] | None = Field(
        None, description="Of 422: what is wrong, field by field."
    )
    retry_after: int | None = Field(None, description="Seconds after which trying again makes sense.")


@dataclass(frozen=True)
class ProblemPage:
    """What templates/error.html and templates/signin/problem.html show: a fact, what is safe, one action."""

    status: int
    code: str
    title: str
    fact: str
    safe: str
    action: Action | None
    request_id: str
    retry_after: float | None


class Problems:
    """Turns any exception into an answer in the form that the caller understands."""

    def __init__(self, templating: Templating, *, know_user: Callable[[Request], Awaitable[None]]) -> None:
        self.templating = templating
        self.know_user = know_user

    async def handle(self, request: Request, exc: Exception) -> Response:
        """Return the answer to `exc`; the page's navigation knows who is signed in, though no route asked."""
        if wants_page(request):
            await self.know_user(request)
        return self.respond(request, exc)

    def respond(self, request: Request, exc: Exception) -> Response:
        """Return the answer to `exc`; internal messages and upstream bodies never reach the client."""
        error = as_app_error(exc)
        page_wanted = wants_page(request)
        if page_wanted and isinstance(error, NotAuthenticatedError) and request.method == "GET":
            asked = quote(asked_address(request.scope))
            return RedirectResponse(f"/?next={asked}", status_code=HTTPStatus.SEE_OTHER)
        response = self._page(request, error) if page_wanted else _document(request, error, exc)
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(math.ceil(error.retry_after))
        if isinstance(exc, HTTPException) and exc.headers:  # such as Allow, which a 405 must have
            response.headers.update(exc.headers)
        return response

    def _page(self, request: Request, error: AppError) -> Response:
        page = ProblemPage(
            status=error.status,
            code=error.code,
            title=error.title,
            fact=error.detail,
            safe=error.safe,
            action=error.action,
            request_id=request.scope.get("state", {}).get("request_id", ""),
            retry_after=error.retry_after,
        )
        return self.templating.render(request, error.template, page, status=error.status)


def wants_page(request: Request) -> bool:
    """Whether a browser is about to show the answer as a page."""
    if mode := request.headers.get("sec-fetch-mode"):
        return mode == "navigate"
    return "text/html" in request.headers.get("accept", "") and "hx-request" not in request.headers


def as_app_error(exc: Exception) -> AppError:
    """Return the error that a client may see for any exception."""
    if isinstance(exc, AppError):
        return exc
    if isinstance(exc, RequestValidationError):
        return InvalidInputError("Some of what was sent has the wrong form.")
    if isinstance(exc, HTTPException):
        return _from_http(exc)
    return AppError("The app met an error of its own.")


def _from_http(exc: HTTPException) -> AppError:
    if exc.status_code == HTTPStatus.NOT_FOUND:
        return NotFoundError("There is no page at this address.")
    if exc.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return MethodNotAllowedError("It takes what a form on another page sends. Nothing was changed.")
    return HTTPStatusError(HTTPStatus(exc.status_code))


class HTTPStatusError(AppError):
    """A refusal of the framework itself that is none of the above."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.description)
        self.status = status.value
        self.code = status.phrase.lower().replace(" ", "-")
        self.title = status.phrase


def _document(request: Request, error: AppError, exc: Exception) -> Response:
    fields = None
    if isinstance(exc, RequestValidationError):
        fields = tuple(_field_problem(problem) for problem in exc.errors())
    problem = Problem(
        type=f"{PROBLEM_TYPE}:{error.code}",
        title=error.title,
        status=error.status,
        detail=error.detail or error.title,
        instance=request.url.path,
        request_id=request.scope.get("state", {}).get("request_id", ""),
        errors=fields,
        retry_after=None if error.retry_after is None else math.ceil(error.retry_after),
    )
    return JSONResponse(
        problem.model_dump(by_alias=True, exclude_none=True), error.status, media_type=PROBLEM_JSON
    )


def _field_problem(problem: Mapping[str, Any]) -> FieldProblem:
    return FieldProblem(where=".".join(str(part) for part in problem["loc"]), what=problem["msg"])
