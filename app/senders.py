"""Where a request came from."""

from starlette.requests import Request

from app.networks import name_of, parsed
from app.settings import LOOPBACK_HOSTS, Settings

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
    """Whether an installation that serves its own machine alone is asked from there, through no proxy.

    The name it was asked by counts too: another site's may lead to the loopback address.
    """
    return (
        settings.loopback
        and address_of(request) in LOOPBACK_HOSTS
        and name_of(request.headers.get("host", "")) in LOOPBACK_HOSTS
        and FORWARDING_HEADERS.isdisjoint(request.headers)
    )
