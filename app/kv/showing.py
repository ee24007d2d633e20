"""Stored values as people may see them."""

from collections.abc import Collection
from typing import Any

from app.kv.keyspace import Key

HIDDEN = "hidden"


def shown(key: Key[Any], value: Any) -> Any:
    """Return a value as JSON data, with "hidden" in the place of what its kind calls secret."""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    data = value.model_dump(mode="json", by_alias=False)
    return _without(data, key.space.secret) if key.space.secret else data


def _without(data: Any, secret: Collection[str]) -> Any:
    if isinstance(data, dict):
        return {name: HIDDEN if name in secret else _without(part, secret) for name, part in data.items()}
    return [_without(part, secret) for part in data] if isinstance(data, list) else data
