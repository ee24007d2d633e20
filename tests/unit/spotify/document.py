"""Spotify's OpenAPI document as a source of answers: whole ones, and ones with holes."""

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import yaml

RENAMED = {"item": "track", "track": "item", "items": "tracks", "tracks": "items"}
TEXTS = ("", "a", "R&amp;B", "音楽", "x" * 300, "1981", "https://i.scdn.co/image/ab")
IDS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Document:
    """Makes what the document says that Spotify answers."""

    def __init__(self, path: Path) -> None:
        self._whole: dict[str, Any] = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)

    def answer(self, call: str, random: Random) -> Any:
        """Return a whole answer to a call such as `GET /me`: every property there is, none of them null."""
        method, path = call.split(" ")
        responses = self._whole["paths"][path][method.lower()]["responses"]
        response = self._resolved(next(responses[status] for status in ("200", "201") if status in responses))
        return self._made(response["content"]["application/json"]["schema"], random)

    def _resolved(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in part:
            at: Any = self._whole
            for name in part["$ref"].removeprefix("#/").split("/"):
                at = at[name]
            part = at
        return part

    def _made(self, schema: Mapping[str, Any], random: Random, name: str = "") -> Any:
        schema = self._resolved(schema)
        if "oneOf" in schema:
            return self._made(random.choice(schema["oneOf"]), random, name)
        kind = schema.get("type")
        if "allOf" in schema or kind == "object":
            return {key: self._made(part, random, key) for key, part in self._properties(schema).items()}
        if kind == "array":
            return [self._made(schema["items"], random, name) for _ in range(random.randint(0, 3))]
        return _plain(schema, random, name)

    def _properties(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in schema.get("allOf", ()):
            found |= self._properties(self._resolved(part))
        return found | schema.get("properties", {})


def _plain(schema: Mapping[str, Any], random: Random, name: str) -> Any:
    if "enum" in schema:
        return random.choice(schema["enum"])
    match schema["type"], schema.get("format"):
        case "boolean", _:
            return random.random() < 0.5
        case "integer" | "number", _:
            return random.randint(0, 10_000)
        case "string", "date-time":
            return f"{random.randint(1970, 2026)}-01-02T03:04:05Z"
        case _ if name == "id":
            return "".join(random.choices(IDS, k=22))
        case _:
            return random.choice(TEXTS)


def with_holes(value: Any, random: Random, often: float) -> Any:
    """Leave out, null or rename properties here and there, and put nulls into lists."""
    if isinstance(value, list):
        return [None if random.random() < often else with_holes(one, random, often) for one in value]
    if not isinstance(value, dict):
        return value
    kept: dict[str, Any] = {}
    for key, part in value.items():
        if random.random() < often:
            match random.choice(("missing", "null", "renamed")):
                case "null":
                    kept[key] = None
                case "renamed" if RENAMED.get(key, key) not in kept:
                    kept[RENAMED.get(key, key)] = with_holes(part, random, often)
        else:
            kept.setdefault(key, with_holes(part, random, often))
    return kept
