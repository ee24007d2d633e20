"""What a library may have twice."""

from dataclasses import replace

import pytest

from app.genres.duplicates_page import DuplicatesPage, duplicates_page
from app.genres.library import Library, Origin, PlacedSong
from app.genres.library_pages import LibraryPages
from app.genres.links import Links
from app.genres.placing import Placer
from app.genres.songs import Song
from tests.unit.genres.test_library import FAMILIES, NOW, song


def named(number: int, name: str, isrc: str | None = None, by: str = "a") -> Song:
    return replace(song(number, [by]), name=name, isrc=isrc)


def page(*songs: Song, offset: int = 0) -> DuplicatesPage:
    placed = [PlacedSong(one, Placer(FAMILIES).place((one.artists[0].id or "",))) for one in songs]
    library = Library(placed, FAMILIES, Origin(scanned_at=NOW, whole=True, waiting=(), sources={}))
    return duplicates_page(library, LibraryPages(library, Links("https://open.test")), offset)


def groups(found: DuplicatesPage) -> list[tuple[str, list[int]]]:
    return [(group.kind, [int(row.id) for row in group.songs]) for group in found.groups]


def test_one_recording_stands_beside_its_copies_the_oldest_like_first() -> None:
    found = page(
        named(0, "So What", "X"), named(1, "Blue"), named(2, "So What", "X"), named(3, "So What!", "X")
    )
    assert groups(found) == [("recording", [3, 2, 0])]
    assert (found.recordings, found.titles, found.next_offset) == (1, 0, None)


def test_a_title_by_the_same_artists_stands_beside_its_other_recordings() -> None:
    found = page(
        named(0, "Naima", "X"),
        named(1, "naima ", "Y"),
        named(2, "Naima", "X"),
        named(3, "Naima", by="b"),
        named(4, "Naima", None),
    )
    assert groups(found) == [("recording", [2, 0]), ("title", [4, 2, 1])]


@pytest.mark.parametrize("songs", [(), (named(0, "Blue"), named(1, "Green"), named(2, "Blue", by="b"))])
def test_songs_that_differ_are_not_told(songs: tuple[Song, ...]) -> None:
    assert groups(page(*songs)) == []


def test_many_come_in_pages() -> None:
    songs = [named(number, f"Title {number // 2}") for number in range(402)]
    first, second = page(*songs), page(*songs, offset=200)
    assert (len(first.groups), first.next_offset) == (200, 200)
    assert groups(second) == [("title", [401, 400])]
    assert second.next_offset is None
