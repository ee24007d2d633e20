"""Stored values as people may see them."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ConfigDict

from app.keyspaces import ALL
from app.kv.keyspace import Keyspace
from app.kv.showing import shown

SECRET = ("token", "secret", "password", "sealed", "salt")


class Inner(BaseModel):
    model_config = ConfigDict(frozen=True)

    token: str = "canary"
    name: str = "shown"


class Outer(BaseModel):
    model_config = ConfigDict(frozen=True)

    inner: tuple[Inner, ...] = (Inner(),)
    token: str = "canary"


SPACE = Keyspace("outer", Outer, secret=("token",))
RAW = Keyspace("raw", bytes)


def test_secrets_are_hidden_at_any_depth() -> None:
    assert shown(SPACE("1"), Outer()) == {"inner": [{"token": "hidden", "name": "shown"}], "token": "hidden"}


def test_bytes_are_shown_as_text() -> None:
    assert shown(RAW("1"), b"{\xff}") == "{\ufffd}"


def fields(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    seen.add(model)
    for name, field in model.model_fields.items():
        yield name
        for part in parts(field.annotation):
            if part not in seen:
                yield from fields(part, seen)


def parts(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from parts(argument)


@pytest.mark.parametrize(
    "space", [one for one in ALL.spaces if isinstance(one, Keyspace)], ids=lambda one: one.prefix
)
def test_no_kind_has_a_secret_that_it_does_not_name(space: Keyspace[Any]) -> None:
    named = {name for name in fields(space.model, set()) if any(word in name for word in SECRET)}
    assert named <= set(space.secret)
