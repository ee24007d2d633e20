"""Who is behind a request, as far as its address tells."""

from ipaddress import IPv6Address, ip_address, ip_network

NETWORK_BITS = 64
"""What one household has of IPv6."""


def network_of(address: str) -> str:
    """Return what stands for an address: of IPv6 everybody has millions."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return (
        str(ip_network((parsed, NETWORK_BITS), strict=False)) if isinstance(parsed, IPv6Address) else address
    )


def sender_of(peer: str, forwarded: str) -> str:
    """Return the address to tell people apart by; it is no proof of anything.

    Args:
        peer: who is connected. A private one may be a proxy, whose word is then taken.
        forwarded: X-Forwarded-For, to which a proxy adds whom it heard from at the end.
    """
    told = forwarded.rpartition(",")[2].strip()
    try:
        return str(ip_address(told)) if ip_address(peer).is_private else peer
    except ValueError:
        return peer
