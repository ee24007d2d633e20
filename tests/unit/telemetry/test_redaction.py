"""What browsers tell is kept without what could name a person."""

import pytest

from app.telemetry.redaction import browser_of, page_of, redacted

TREE = "3f2a" * 10


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("no 'find' at /genres?q=my+secret+crush&sort=name", "no 'find' at /genres"),
        ("fetch https://x.example/a?code=AQDx&state=1 failed", "fetch https://x.example/a failed"),
        ("mail anna.berg@example.org now", "mail [email] now"),
        ('{"access_token": "short"}', '{"access_token": "[redacted]"}'),
        ("Authorization: Bearer abc.def", "Authorization: [redacted]"),
        ("playlist 37i9dQZF1DXcBWIGoYBM5M is gone", "playlist [id] is gone"),
        (
            f"at go (http://a.example/static/{TREE}/js/app.js:12:5)",
            "at go (http://a.example/static/[id]/js/app.js:12:5)",
        ),
        ("go@http://127.0.0.1:8000/static/js/app.js:12:5", "go@http://127.0.0.1:8000/static/js/app.js:12:5"),
        (
            "Cannot read properties of undefined (reading 'map')",
            "Cannot read properties of undefined (reading 'map')",
        ),
        ("aVeryLongFunctionNameWithoutAnyNumber", "aVeryLongFunctionNameWithoutAnyNumber"),
    ],
)
def test_what_is_cut_out(text: str, kept: str) -> None:
    assert redacted(text, 500) == kept


def test_a_text_is_cut_after_its_secrets_are_not_before() -> None:
    assert "37i9" not in redacted("x" * 5 + " 37i9dQZF1DXcBWIGoYBM5M", 12)


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("http://127.0.0.1:8000/genres/soul?sort=name#x", "/genres/..."),
        ("/genres", "/genres"),
        ("/", "/"),
        ("", "/"),
        ("https://x.example/anna.berg@example.org", "/..."),
        ("http://[::1", "/..."),
        ("/playlists/runs/abc", "/playlists/..."),
    ],
)
def test_of_a_page_the_first_part_is_kept(url: str, page: str) -> None:
    assert page_of(url) == page


CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "browser"),
    [
        (f"{CHROME} Safari/537.36", "Chrome 143"),
        (f"{CHROME} Safari/537.36 Edg/143.0.1", "Edge 143"),
        (f"{CHROME} Safari/537.36 OPR/120.0", "Opera 120"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140"),
        (f"{PHONE} Version/18.5 Mobile/15E148 Safari/604.1", "Safari 18"),
        (f"{PHONE} CriOS/143.0.1 Mobile/15E148 Safari/604.1", "Chrome 143"),
        ("curl/8.1", "another"),
        ("", "another"),
    ],
)
def test_of_a_browser_its_name_and_version_are_kept(agent: str, browser: str) -> None:
    assert browser_of(agent) == browser
