"""Who is behind a request, as far as its address tells."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

NETWORK_BITS = 64
"""What one household has of IPv6."""


def parsed(address: str) -> IPv4Address | IPv6Address | None:
    """Return an address without its zone, of IPv4 where it is written as one of IPv6; None for no address."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def network_of(address: str) -> str:
    """Return what stands for an address: of IPv6 everybody has millions."""
    found = parsed(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, NETWORK_BITS), strict=False))
    return str(found or address)


def name_of(host: str) -> str | None:
    """Return the name in a Host header, None when it is no host at all."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
