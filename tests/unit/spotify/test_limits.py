import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.spotify.limits import fitting


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("Jazz", "Jazz"),
        ("a\nb \t c", "a b c"),
        ("x" * 10, "x" * 10),
        ("x" * 11, "x" * 9 + "…"),
        ("x" * 8 + " yyy", "x" * 8 + "…"),
    ],
)
def test_texts_are_one_line_and_not_too_long(text: str, fits: str) -> None:
    assert fitting(text, 10) == fits


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("<b>rock</b>", "\u2039b\u203arock\u2039/b\u203a"),
        ("rock <live>", "rock \u2039live\u203a"),
        ("<!-- rock -->", "\u2039!-- rock --\u203a"),
        ("I <3 rock > pop", "I <3 rock > pop"),
        ("one\x00two\x1b[31m", "one two [31m"),
        ("left\u202eright", "left right"),
        (
            "\u97f3\u697d \u0645\u0648\u0633\u06cc\u200c\u0642\u06cc",
            "\u97f3\u697d \u0645\u0648\u0633\u06cc\u200c\u0642\u06cc",
        ),
    ],
)
def test_nothing_is_markup_or_out_of_sight_and_no_word_is_lost(text: str, fits: str) -> None:
    assert fitting(text, 100) == fits


@given(st.text(st.characters(), max_size=50), st.integers(1, 40))
def test_any_text_fits_and_fits_as_it_is_afterwards(text: str, limit: int) -> None:
    fits = fitting(text, limit)
    assert len(fits) <= limit
    assert not [letter for letter in fits if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}]
    assert fitting(fits, limit) == fits
