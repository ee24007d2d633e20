"""Pages of Spotify's lists, addressed by offset: addresses in an answer are never followed."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from app.spotify.errors import SpotifyError

PAGE_LIMIT = 50
"""Entries of the longest page (Spotify's OpenAPI document, May 2026)."""

M = TypeVar("M", bound=BaseModel)


class Page(BaseModel, Generic[M]):
    """Some entries of a list.

    Attributes:
        total: entries of the whole list, null ones included; at least what this page shows where Spotify does
            not tell.
        skipped: entries of this page that were null or could not be read.
        extended: whether songs carry what only an app with extended quota is given.
        limit: entries asked for; 0 where a playlist came without any of its own.
    """

    model_config = ConfigDict(frozen=True)

    items: tuple[M, ...]
    total: int
    offset: int
    limit: int
    skipped: int = 0
    extended: bool = False

    @property
    def next_offset(self) -> int | None:
        """Where the next page starts; None after the last one and after an empty one."""
        after = self.offset + self.limit
        return after if after < self.total and (self.items or self.skipped or not self.limit) else None


def read_page(
    model: type[M], body: Mapping[str, Any], *, offset: int, limit: int, hole: M | None = None
) -> Page[M]:
    """Read the page that was asked for at `offset`, counting entries of no use.

    They are dropped, or `hole` stands in their places.

    Raises:
        SpotifyError: it has neither entries nor a total: that is no empty list.
    """
    entries, total = body.get("items"), body.get("total")
    rows = entries if isinstance(entries, list) else []
    read = [_entry(model, row) for row in rows]
    items = tuple(item for one in read if (item := hole if one is None else one) is not None)
    if not isinstance(total, int):
        if not isinstance(entries, list):
            raise SpotifyError("Spotify's answer could not be understood.")
        total = offset + (limit + 1 if body.get("next") else len(rows))
    return Page(
        items=items,
        total=total,
        offset=offset,
        limit=limit,
        skipped=read.count(None),
        extended=any(_carries_popularity(row) for row in rows),
    )


def read_embedded(model: type[M], body: Mapping[str, Any], *, hole: M | None = None) -> Page[M]:
    """Read the first entries of a playlist, which came with it; none where they are somebody else's."""
    list_of = next((part for key in ("items", "tracks") if isinstance(part := body.get(key), dict)), {})
    entries = list_of.get("items")
    rows = entries if isinstance(entries, list) else []
    return read_page(model, {**list_of, "items": rows}, offset=0, limit=len(rows), hole=hole)


def distinct(items: Iterable[M], key: Callable[[M], object]) -> tuple[M, ...]:
    """Return `items` without those whose key came before: a list may name the same thing twice."""
    seen: dict[object, M] = {}
    for item in items:
        seen.setdefault(key(item), item)
    return tuple(seen.values())


async def pages(fetch: Callable[[int], Awaitable[Page[M]]]) -> AsyncIterator[Page[M]]:
    """Fetch page after page of a list that fits into memory."""
    offset: int | None = 0
    while offset is not None:
        page = await fetch(offset)
        yield page
        offset = page.next_offset


def _entry(model: type[M], row: object) -> M | None:
    try:
        return model.model_validate(row)
    except ValidationError:
        return None


def _carries_popularity(row: object) -> bool:
    song = (row.get("item") or row.get("track")) if isinstance(row, dict) else None
    return isinstance(song, dict) and song.get("popularity") is not None
