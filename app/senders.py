"""Where a request came from."""

from starlette.requests import Request

from app.networks import sender_of


def address_of(request: Request) -> str:
    """Return where the request came from: the peer, which may be a proxy."""
    return request.client.host if request.client else ""


def sender_of_request(request: Request) -> str:
    """Return the address to tell callers apart by, behind a proxy too; it is no proof of anything."""
    return sender_of(address_of(request), request.headers.get("x-forwarded-for", ""))
