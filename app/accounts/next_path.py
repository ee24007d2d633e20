"""Where a person goes on after sign-in: only ever a page of this app."""

import re
from urllib.parse import unquote, urlencode, urlsplit

HOME = "/"
LONGEST = 1000

_PLAIN = re.compile(r"/[!-\[\]-~]*")  # printable ASCII without space and backslash


def with_query(path: str, **more: str) -> str:
    """Return a path of this app with more in its query."""
    parts = urlsplit(path)
    return parts._replace(query="&".join(filter(None, [parts.query, urlencode(more)]))).geturl()


def local_path(wanted: str | None) -> str:
    r"""Return `wanted` if it is a path on this host, else the start page.

    Browsers read `//host`, `/\host` and addresses with control characters in them as other hosts, and
    something on the way may decode a path once more; so a path must be plain before and after decoding.
    The sign-in's own addresses are refused too: they would start it again without end.
    """
    if wanted is None or len(wanted) > LONGEST or not _PLAIN.fullmatch(wanted):
        return HOME
    path = urlsplit(wanted).path if not wanted.startswith("//") else wanted
    decoded = unquote(path)
    strange = "//" in decoded or "\\" in decoded or not decoded.isprintable()
    return HOME if strange or decoded.startswith("/auth") else wanted
