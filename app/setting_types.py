"""The forms that settings are written in, as types."""

import json
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SecretStr, TypeAdapter
from pydantic_settings import NoDecode

T = TypeVar("T")
_HTTP_URL = TypeAdapter(HttpUrl)


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


def _plain_http_url(value: str) -> str:
    if value:
        _HTTP_URL.validate_python(value)
    return value.rstrip("/")


def _as_browsers_write_it(value: str) -> str:
    """Names in lower case and without the usual port, as they stand in Host and Origin headers."""
    if not value:
        return value
    url = HttpUrl(value)
    if url.path not in {None, "/"} or url.query or url.fragment or url.username or url.password:
        raise ValueError("only scheme, name and port: the app cannot be served below a path")
    return str(url).rstrip("/")


def _read_list(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value.startswith("["):
        return json.loads(value)
    return [part.strip() for part in value.split(",") if part.strip()]


MaybeSecret = Annotated[SecretStr | None, BeforeValidator(_empty_is_none)]
MaybeLimit = Annotated[Annotated[int, Field(ge=1)] | None, BeforeValidator(_empty_is_none)]
Url = Annotated[str, AfterValidator(_plain_http_url)]
"""Empty, or an address without a slash at its end."""
Origin = Annotated[Url, AfterValidator(_as_browsers_write_it)]
Listed = Annotated[tuple[T, ...], NoDecode, BeforeValidator(_read_list)]
"""As JSON, or with commas between."""
