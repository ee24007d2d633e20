"""Reading a list page by page while it changes: which page comes next.

Liked Songs are newest first. A new like moves every row down, so the next page repeats some rows; a removed
one moves rows up, so the next page would miss some. `total` comes with every page and tells.
"""

from typing import NamedTuple

from app.spotify.paging import PAGE_LIMIT


class Step(NamedTuple):
    """What to do after a page.

    Attributes:
        offset: row to read next.
        keep: whether the page's rows count; if not, the reading steps back and comes by here again, so that
            rows stay in order.
    """

    offset: int
    keep: bool


def after_page(offset: int, *, total: int, last_total: int | None) -> Step:
    """Say where to go on after the page at `offset`, which said that the list has `total` rows.

    A list that grew is read on: repeated rows are known by their ids. A list that shrank by k may have moved
    k unread rows in front of this page, so the reading goes back by k and a page.
    """
    lost = max(0, last_total - total) if last_total is not None else 0
    if lost and offset:
        return Step(max(0, offset - lost), keep=False)
    return Step(offset + PAGE_LIMIT, keep=True)
