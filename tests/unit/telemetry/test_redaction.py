"""What browsers tell is kept without what could name a person."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.telemetry.csp import read_reports
from app.telemetry.redaction import browser_of, page_of, redacted

TREE = "3f2a" * 10
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("no 'find' at /genres?q=my+secret+crush&sort=name", "no 'find' at /genres"),
        ("fetch https://x.example/a?code=AQDx&state=1 failed", "fetch https://x.example/a failed"),
        ("mail anna.berg@example.org now", "mail [email] now"),
        ('{"access_token": "short"}', '{"access_token": "[redacted]"}'),
        ("Authorization: Bearer abc.def", "Authorization: [redacted]"),
        ("mail anna.berg%40example.org now", "mail [email] now"),
        (f"{'a' * 99}@example.org", "[email]"),
        ("https://anna:secret@x.example/a", "https://x.example/a"),
        ("see https://x.example/a?anna and /b#access_token=x", "see https://x.example/a and /b"),
        (r"{\"access_token\":\"short\"}", r"{\"access_token\":\"[redacted]\"}"),
        ("authorization: Basic dXNlcjpwYXNz", "authorization: [redacted]"),
        ("Cookie: a=b; c=d", "Cookie: [redacted]"),
        ("sent bearer abc.def twice", "sent bearer [redacted] twice"),
        ("api_key=x&b", "api_key=[redacted]&b"),
        ("playlist 37i9dQZF1DXcBWIGoYBM5M is gone", "playlist [id] is gone"),
        ("playlist aBcDeFgHiJkLmNoPqRsTuV is gone", "playlist [id] is gone"),
        (f"{'x' * 300}37i9dQZF1DXcBWIGoYBM5M", "[id]"),
        ("spotify:user:anna and /v1/users/anna/playlists", "spotify:user:[id] and /v1[file]"),
        ("https://open.spotify.com/user/anna?si=1", "https://open.spotify.com/user/[id]"),
        ("user 1234567890 is gone", "user [id] is gone"),
        ("at go (file:///home/anna/diary.html:3:1)", "at go ([file]:3:1)"),
        ("at /Users/anna/a.js:3:1", "at [file]:3:1"),
        ("at file:///D:/Anna/a.js:3:1", "at [file]:3:1"),
        (r"at C:\Users\Anna Berg\a.js:3:1", "at [file]:3:1"),
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
    "private",
    [
        "canary.1@example.org",
        "token=canary",
        '"refresh_token": "canary"',
        "Authorization: Bearer canary",
        "/genres?q=canary",
        "https://x.example/a#canary",
        "spotify:user:canary",
        "/home/canary/a.js",
        r"C:\Users\canary\a.js",
        "canary0123456789abcdef",
    ],
)
@given(before=ANY_TEXT, after=ANY_TEXT)
def test_what_is_private_is_cut_out_whatever_stands_around_it(private: str, before: str, after: str) -> None:
    kept = redacted(f"{before} {private} {after}", 500)
    assert "canary" not in kept
    assert len(kept) <= 500


@given(ANY_TEXT)
def test_what_is_kept_can_be_kept_and_has_nothing_left_to_cut_out(text: str) -> None:
    kept = redacted(text, 500)
    assert redacted(kept, 500) == kept
    kept.encode()


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(
    ("csp-report", "type", "body", "effective-directive", "effectiveDirective", "blockedURL", "blocked-uri")
)
REPORTS = st.recursive(
    ANY_JSON | st.sampled_from(("csp-violation", "script-src", " ", "http://[", "\ud83d")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=9,
)


@given(REPORTS)
def test_a_report_of_any_form_is_read_or_left_out(told: object) -> None:
    for refusal in read_reports(json.dumps(told).encode()):
        assert refusal.directive
        assert refusal.blocked


@given(st.binary(max_size=200))
def test_what_is_no_json_is_no_report(body: bytes) -> None:
    assert isinstance(read_reports(body), list)


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
