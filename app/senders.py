"""Where a request came from."""

from starlette.requests import Request

from app.networks import parsed
from app.settings import Settings

FORWARDING_HEADERS = frozenset(
    {"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"}
)


def address_of(request: Request) -> str:
    """Return where the request came from: the peer, or whom a trusted proxy names; "" for what is no address.

    A trusted proxy may pass on what it was sent, of any length.
    """
    found = parsed(request.client.host) if request.client else None
    return str(found or "")


def is_the_machine(request: Request, settings: Settings) -> bool:
    """Whether an installation that serves its own machine alone is asked from there, through no proxy."""
    if not (settings.loopback and FORWARDING_HEADERS.isdisjoint(request.headers)):
        return False
    found = parsed(request.client.host) if request.client else None
    return found is not None and found.is_loopback
