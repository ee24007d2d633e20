"""What a browser tells, without what could name a person, open a session or be somebody's search."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

SPOTIFY_ID_LENGTH = 22
"""One id in fifty has no digit in it (62 letters and digits, drawn at random)."""


def _unless_word(found: re.Match[str]) -> str:
    """Return a long word that may be a name in a script, and "[id]" for what is none."""
    word = found[0]
    return "[id]" if len(word) == SPOTIFY_ID_LENGTH or any(map(str.isdigit, word)) else word


_SAYS = r"([\\\"']{0,4}\s{0,3}[=:]\s{0,3}[\\\"']{0,4})"
_CUTS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # Files of a person's own, whose folders have that person's name.
    (re.compile(r"\bfile:/+(?:[a-z]:)?[^\s\"'<>():]*|\b[a-z]:\\[^\n\"'<>|:]*", re.IGNORECASE), "[file]"),
    (re.compile(r"/(?:home|users|volumes|media|mnt)/[^\s\"'<>():]*", re.IGNORECASE), "[file]"),
    (re.compile(r"\b(users?[/:])[^\s/:\"'<>()&?]+", re.IGNORECASE), r"\1[id]"),
    # A query: what somebody searched for, or an id; and who asks for an address.
    (re.compile(r"[?#][\w%.+-]{1,64}=[^\s)\"'<>]*"), ""),
    (re.compile(r"(https?://[^\s?#\"'<>]{0,500})[?#][^\s)\"'<>]*"), r"\1"),
    (re.compile(r"(://)[^\s/@\"'<>]+@"), r"\1"),
    (re.compile(rf"(authorization|cookie){_SAYS}[^\n\"']+", re.IGNORECASE), r"\1\2[redacted]"),
    (re.compile(r"\b(bearer)\s{1,3}[^\s,;&\"']+", re.IGNORECASE), r"\1 [redacted]"),
    (
        re.compile(
            rf"(token|secret|password|verifier|session|api_?key|code){_SAYS}[^\s,;&\"'\\]+", re.IGNORECASE
        ),
        r"\1\2[redacted]",
    ),
    (re.compile(r"(?<![\w.+-])[\w.+-]++(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"), "[email]"),
    (re.compile(r"[\w-]{20,}|\d{8,}"), _unless_word),  # an id of a song, a person, a session, a build
)
_PLAIN_WORD = re.compile(r"[a-z-]{1,30}")
# The most particular first: every one of them claims to be the next (MDN, "Browser detection", 2026-11).
_BROWSERS = (
    ("Edge", re.compile(r"\bEdgA?/(\d{1,4})")),
    ("Opera", re.compile(r"\bOPR/(\d{1,4})")),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/(\d{1,4})")),
    ("Chrome", re.compile(r"\b(?:Chrome|CriOS)/(\d{1,4})")),
    ("Safari", re.compile(r"\bVersion/(\d{1,4})[\d.]* (?:Mobile/\w+ )?Safari/")),
)


def redacted(text: str, most: int) -> str:
    """Return up to `most` characters of a text without queries, secrets, addresses, paths of files and ids.

    Half characters, which JSON can name and no file can hold, become "?".
    """
    text = text.encode(errors="replace").decode()
    for pattern, instead in _CUTS:
        text = pattern.sub(instead, text)
    return text[:most]


def page_of(url: str) -> str:
    """Return the first part of a path: what comes after it may be somebody's genre, song or search."""
    try:
        first, _, rest = urlsplit(url).path.strip("/").partition("/")
    except ValueError:
        return "/..."
    if first and not _PLAIN_WORD.fullmatch(first):
        return "/..."
    return f"/{first}/..." if rest else f"/{first}"


def browser_of(user_agent: str) -> str:
    """Return a browser's name and major version; more would tell people apart."""
    for name, mark in _BROWSERS:
        if found := mark.search(user_agent):
            return f"{name} {found[1]}"
    return "another"
