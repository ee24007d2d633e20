"""Spotify's lists in pieces, and how it writes a time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


def page(href: str, items: Sequence[Any], *, limit: int, offset: int, total: int) -> Json:
    """Return Spotify's offset paging object around `items`."""

    def at(start: int) -> str:
        return f"{href}?offset={start}&limit={limit}"

    return {
        "href": at(offset),
        "limit": limit,
        "next": at(offset + limit) if offset + limit < total else None,
        "offset": offset,
        "previous": at(max(0, offset - limit)) if offset > 0 else None,
        "total": total,
        "items": list(items),
    }


def timestamp(moment: datetime) -> str:
    """Return `YYYY-MM-DDTHH:MM:SSZ`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
