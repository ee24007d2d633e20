"""Templates of names and descriptions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.playlists.naming.templates import WORDS, Word, render, unknown_words

VALUES: dict[Word, str] = {
    "genre": "rock and folk",
    "family": "Rock",
    "count": "412",
    "date": "2026-11-23",
    "year": "2026",
    "user": "Anna",
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{genre}", "rock and folk"),
        ("{user}'s {family} {year}: {count} songs, {date}", "Anna's Rock 2026: 412 songs, 2026-11-23"),
        ("{genre}{genre}", "rock and folkrock and folk"),
        ("plain", "plain"),
        ("two\nlines of {genre}", "two lines of rock and folk"),
        ("{genre} <b>", "rock and folk \u2039b\u203a"),
        ("  ", ""),
    ],
)
def test_words_in_braces_are_filled_in(template: str, text: str) -> None:
    assert render(template, VALUES, 100) == text


def test_what_is_filled_in_is_not_looked_through_again() -> None:
    assert render("{genre} by {user}", VALUES | {"genre": "{user} {0} %s"}, 100) == "{user} {0} %s by Anna"


def test_a_long_result_is_cut() -> None:
    assert render("{genre}, " * 20, VALUES, 20) == "rock and folk, rock\u2026"


@pytest.mark.parametrize(
    ("template", "unknown"),
    [
        ("{genre} {year}", []),
        ("{gener}, {Genre}, {gener}", ["{gener}", "{Genre}"]),
        ("{ genre }", ["{ genre }"]),
        ("{}", ["{}"]),
        ("a } b { c", ["}", "{ c"]),
        ("{{genre}}", ["{}"]),
        ("{user.__class__}", ["{user.__class__}"]),
    ],
)
def test_what_cannot_be_filled_in_is_told(template: str, unknown: list[str]) -> None:
    assert unknown_words(template) == unknown


@given(st.text(max_size=60))
def test_what_is_not_told_has_no_braces_left(template: str) -> None:
    if not unknown_words(template):
        assert not set("{}") & set(render(template, dict.fromkeys(WORDS, ""), 100))
