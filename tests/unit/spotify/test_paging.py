from typing import Any

import pytest

from app.spotify.errors import SpotifyError
from app.spotify.models import PlaylistSummary, SavedTrack
from app.spotify.paging import Page, pages, read_page

pytestmark = pytest.mark.anyio


def saved(name: str) -> dict[str, Any]:
    return {"track": {"name": name}}


def test_entries_of_no_use_are_dropped_and_counted() -> None:
    body = {"items": [saved("a"), None, "odd", {"track": "odd"}, saved("b")], "total": 5}
    page = read_page(SavedTrack, body, offset=0, limit=50)

    assert [entry.track.name for entry in page.items if entry.track] == ["a", "b"]
    assert page.skipped == 3


def test_an_entry_without_its_track_is_kept() -> None:
    page = read_page(
        SavedTrack, {"items": [{"added_at": None, "track": None}], "total": 1}, offset=0, limit=50
    )
    assert page.items == (SavedTrack(),)


def test_a_playlist_without_an_id_is_none() -> None:
    assert read_page(PlaylistSummary, {"items": [{"name": "x"}]}, offset=0, limit=50).skipped == 1


@pytest.mark.parametrize("items", [None, {}, "odd"])
def test_a_page_without_a_list_is_empty(items: object) -> None:
    page = read_page(SavedTrack, {"items": items, "total": 0}, offset=0, limit=50)
    assert (page.items, page.total, page.next_offset) == ((), 0, None)


@pytest.mark.parametrize("body", [{}, {"items": None}, {"items": {}, "total": None}, {"total": "7"}])
def test_an_answer_that_says_nothing_is_no_empty_list(body: dict[str, Any]) -> None:
    with pytest.raises(SpotifyError):
        read_page(SavedTrack, body, offset=0, limit=50)


@pytest.mark.parametrize(("next_page", "total"), [(None, 101), ("https://evil.example/x", 151)])
def test_an_unknown_total_is_what_the_page_shows(next_page: str | None, total: int) -> None:
    body = {"items": [saved("a")], "total": None, "next": next_page}
    page = read_page(SavedTrack, body, offset=100, limit=50)
    assert page.total == total
    assert page.next_offset == (150 if next_page else None)


@pytest.mark.parametrize(
    ("offset", "total", "following"), [(0, 50, None), (0, 51, 50), (50, 100, None), (50, 101, 100)]
)
def test_the_next_page_starts_after_this_one(offset: int, total: int, following: int | None) -> None:
    page = read_page(SavedTrack, {"items": [saved("a")], "total": total}, offset=offset, limit=50)
    assert page.next_offset == following


async def test_an_empty_page_ends_a_list_that_claims_more() -> None:
    asked: list[int] = []

    async def fetch(offset: int) -> Page[SavedTrack]:
        asked.append(offset)
        rows = [None] * 50 if offset == 0 else []
        return read_page(SavedTrack, {"items": rows, "total": 1_000}, offset=offset, limit=50)

    seen = [page.offset async for page in pages(fetch)]

    assert seen == asked == [0, 50]
