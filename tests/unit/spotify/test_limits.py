import pytest

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
