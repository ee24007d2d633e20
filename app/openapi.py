"""The OpenAPI document: what FastAPI tells of the routes, and every error that each answers with."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from app.body_limit import BodyTooLargeError
from app.errors import AppError, ForbiddenError, InvalidInputError, TooManyRequestsError
from app.kv.errors import KVError
from app.middleware import SAFE_METHODS, UnknownHostError
from app.problems import PROBLEM_JSON, PROBLEM_TYPE, Problem

Document = dict[str, Any]
Errors = tuple[type[AppError], ...]

BY_EVERY_ROUTE: Errors = (UnknownHostError, TooManyRequestsError, AppError, KVError)
BY_CHANGES: Errors = (ForbiddenError, BodyTooLargeError)
FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")
"""FastAPI's answer to wrong input, in whose place `problems` answers."""


class DescribedApp(FastAPI):
    """FastAPI with the errors in its document that routes and their dependencies are marked with."""

    def openapi(self) -> Document:
        """Return the document, which is made once."""
        known = self.openapi_schema
        document = super().openapi()
        if document is not known:
            _describe_errors(document, iter_route_contexts(self.routes))
        return document


def _describe_errors(document: Document, routes: Iterator[RouteContext]) -> None:
    components: Document = document["components"]
    for name in FRAMEWORKS_OWN:
        components["schemas"].pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] |= problem.pop("$defs") | {"Problem": problem}
    examples: Document = components.setdefault("examples", {})
    for route in routes:
        if not (isinstance(route.original_route, APIRoute) and route.include_in_schema):
            continue
        for method in route.methods or ():
            operation: Document = document["paths"][route.path_format][method.lower()]
            operation["responses"].pop("422", None)
            for error in _errors_of(route, method, operation):
                _add(operation["responses"], error)
                examples[error.code] = {"summary": error.title, "value": _example_of(error)}
            operation["responses"] = dict(sorted(operation["responses"].items()))


def _errors_of(route: RouteContext, method: str, operation: Document) -> Errors:
    """Return what the route and its dependencies are marked with, and what comes before any route."""
    of_input = (InvalidInputError,) if operation.keys() & {"parameters", "requestBody"} else ()
    of_changes = () if method in SAFE_METHODS else BY_CHANGES
    marked = (error for call in _calls_of(route.dependant) for error in getattr(call, "raises", ()))
    return (*BY_EVERY_ROUTE, *of_input, *of_changes, *marked)


def _calls_of(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from _calls_of(inner)


def _add(responses: Document, error: type[AppError]) -> None:
    """Name the error among the answers of its status."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}
    answer = responses.setdefault(
        str(error.status), {"description": error.title, "content": {PROBLEM_JSON: schema}}
    )
    named: Document = answer["content"][PROBLEM_JSON]["examples"]
    if named and error.code not in named:
        answer["description"] += f"; {error.title}"
    named[error.code] = {"$ref": f"#/components/examples/{error.code}"}


def _example_of(error: type[AppError]) -> Document:
    problem = Problem(
        type=f"{PROBLEM_TYPE}:{error.code}",
        title=error.title,
        status=error.status,
        detail=error.title,
        instance="/api/...",
        request_id="5f0c1d2e3a4b6978",
    )
    return problem.model_dump(by_alias=True, exclude_none=True)
