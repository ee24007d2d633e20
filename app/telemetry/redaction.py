"""What a browser tells, without what could name a person, open a session or be somebody's search."""

import re
from urllib.parse import urlsplit

_CUTS = (
    (re.compile(r"\?[\w%.+-]{1,64}=[^\s)\"'<>]*"), ""),  # a query: what somebody searched for, or an id
    (
        re.compile(
            r"(token|secret|password|verifier|authorization|cookie|code)"
            r"([\"']?\s{0,3}[=:]\s{0,3}[\"']?)(?:bearer\s{1,3})?[^\s,;&\"']+",
            re.IGNORECASE,
        ),
        r"\1\2[redacted]",
    ),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"), "[email]"),
    (re.compile(r"\b(?=[\w-]{0,200}\d)[\w-]{20,}"), "[id]"),  # of a song, a person, a session, a build
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
    """Return up to `most` characters of a text without queries, secrets, addresses and ids."""
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
