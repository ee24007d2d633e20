"""An export is the same for every program that reads CSV or JSON, and no spreadsheet reckons with it."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.genres.export import STARTS_FORMULA, ExportedSong, ExportQuery, file_of, page_of
from app.genres.filters import Listed
from app.genres.page_models import SelectionForm
from tests.unit.genres.test_library import SMALL, numbers

pytestmark = pytest.mark.anyio

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def song(**fields: Any) -> ExportedSong:
    nothing: dict[str, Any] = dict.fromkeys(ExportedSong.model_fields)
    plain = {"title": "", "artists": (), "album": "", "genres": (), "sources": (), "uri": ""}
    return ExportedSong.model_validate(nothing | plain | fields)


async def written(*songs: ExportedSong, file_format: Any = "csv") -> str:
    return "".join([piece async for piece in file_of(songs, file_format)])


async def rows(*songs: ExportedSong) -> list[dict[str, str]]:
    text = await written(*songs)
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))


@given(title=words, artists=st.lists(words, min_size=1, max_size=3))
async def test_csv_says_what_was_written_into_it(title: str, artists: list[str]) -> None:
    (row,) = await rows(song(title=title, artists=artists))
    assert row["title"].removeprefix("'") == title.removeprefix("'")
    assert row["artists"].removeprefix("'") == "; ".join(artists).removeprefix("'")
    for cell in row.values():
        assert not cell.lstrip(" ").startswith(STARTS_FORMULA)


async def test_lines_end_as_rfc_4180_has_them_and_unicode_is_announced() -> None:
    text = await written(song(title='So "what", he\nsaid', year=1959))
    first, second = text.split("\r\n")[:2]
    assert first.startswith("\ufefftitle,artists,album,year,liked_at,")
    assert second.startswith('"So ""what"", he\nsaid",,,1959,')
    assert text.endswith("\r\n")


@pytest.mark.parametrize("title", ['=HYPERLINK("x")', "+1", "-2", "@sum", " =1", "\t=1", "\uff1d1"])
async def test_no_cell_is_a_formula(title: str) -> None:
    (row,) = await rows(song(title=title))
    assert row["title"] == f"'{title}"


@pytest.mark.parametrize("count", [0, 1, 200, 201])
async def test_json_is_one_list_without_a_mark(count: int) -> None:
    text = await written(*[song(title="=1")] * count, file_format="json")
    assert text.startswith("[")
    assert [one["title"] for one in json.loads(text)] == ["=1"] * count
    assert len(await rows(*[song()] * count)) == count


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (ExportQuery(), [0, 1, 2, 3, 4, 5, 6]),
        (ExportQuery(exclude=("family:jazz",)), [1, 3, 4, 5]),
        (ExportQuery(include=("deep house",), match="lead"), [1, 5]),
        (ExportQuery(include=("genre:deep house",), exclude=("bebop",)), [1, 5]),
        (ExportQuery(include=("deep house",), match="lead", unlisted=True), [5]),
    ],
)
def test_all_or_what_is_picked_is_exported(query: ExportQuery, expected: list[int]) -> None:
    listed = Listed(frozenset({SMALL.songs[1].song.key}))
    assert numbers(tuple(query.songs(SMALL, listed))) == expected
    assert page_of(SMALL, query, listed).songs == len(expected)


def test_what_the_dock_counts_is_exported() -> None:
    form = SelectionForm(select=("family:jazz", "deep house"), exclude=("family:jazz",))
    assert ExportQuery.of(form) == ExportQuery(
        include=("deep house",), exclude=("family:jazz",), inferred=False
    )
    assert ExportQuery.of(SelectionForm()) == ExportQuery()
