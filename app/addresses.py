"""The address that a request asks for."""

from urllib.parse import quote

from starlette.types import Scope


def asked_address(scope: Scope) -> str:
    """Return path and query of a request as a link has them; `url.path` of Starlette has lost its escapes."""
    query = scope["query_string"].decode("latin-1")
    return quote(scope["path"]) + (f"?{query}" if query else "")
