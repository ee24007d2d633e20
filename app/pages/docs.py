"""The page of all routes for programs, read from the OpenAPI document."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

OF_EVERY_ROUTE = frozenset({"421", "429", "500"})
"""Told once for all."""


@dataclass(frozen=True)
class Named:
    """What a route takes, or how it answers: a name or a status, and words."""

    name: str
    words: str


@dataclass(frozen=True)
class DocsRoute:
    """One route; `takes` are the parameters and fields, `answers` those that not every route gives."""

    topic: str
    method: str
    path: str
    words: str
    takes: tuple[Named, ...]
    answers: tuple[Named, ...]


def docs_page(document: dict[str, Any]) -> tuple[tuple[str, tuple[DocsRoute, ...]], ...]:
    """Return the routes by topic, in the order in which they stand in the document."""
    schemas: dict[str, Any] = document["components"]["schemas"]
    routes = [
        DocsRoute(
            topic=operation["tags"][-1],
            method=method.upper(),
            path=path,
            words=operation["description"].replace("`", ""),
            takes=(*_parameters(operation), *_fields(operation, schemas)),
            answers=tuple(
                Named(status, answer["description"] if status >= "4" else "")
                for status, answer in operation["responses"].items()
                if status not in OF_EVERY_ROUTE
            ),
        )
        for path, of_path in document["paths"].items()
        for method, operation in of_path.items()
    ]
    by_topic = groupby(sorted(routes, key=lambda route: route.topic), key=lambda route: route.topic)
    return tuple((topic, tuple(found)) for topic, found in by_topic)


def _parameters(operation: dict[str, Any]) -> Iterator[Named]:
    for one in operation.get("parameters", ()):
        if one["in"] != "header":
            yield Named(one["name"], one.get("description", ""))


def _fields(operation: dict[str, Any], schemas: dict[str, Any]) -> Iterator[Named]:
    for body in operation.get("requestBody", {}).get("content", {}).values():
        schema = body.get("schema", {})
        chosen = schema.get("$ref") or next((one.get("$ref") for one in schema.get("anyOf", ())), None)
        for name, field in schemas.get((chosen or "").rpartition("/")[2], {}).get("properties", {}).items():
            yield Named(name, field.get("description", ""))
