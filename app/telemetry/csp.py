"""Reports of what the content security policy refused, in both forms that browsers send.

`application/reports+json` is a list of reports (W3C Reporting API), `application/csp-report` one object
(CSP level 2); read on 2026-11-23 in MDN, "CSP: report-to" and "CSP: report-uri".
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

MOST_REPORTS = 10


class Refusal(BaseModel):
    """What was refused, and where."""

    model_config = ConfigDict(frozen=True)

    directive: str
    blocked: str
    page: str
    place: str


def read_reports(body: bytes) -> list[Refusal]:
    """Return the refusals in a body; what is none, and what a browser's extension did, is left out."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return []
    reports = told[:MOST_REPORTS] if isinstance(told, list) else [told]
    return [refusal for report in reports if isinstance(report, dict) for refusal in _read(report)]


def _read(report: Mapping[str, Any]) -> Iterator[Refusal]:
    old, new = report.get("csp-report"), report.get("body")
    if isinstance(old, dict):
        names = ("effective-directive", "blocked-uri", "document-uri", "source-file", "line-number")
        yield from _refusal(old | {names[0]: old.get(names[0]) or old.get("violated-directive")}, names)
    elif isinstance(new, dict) and report.get("type") == "csp-violation":
        yield from _refusal(
            new, ("effectiveDirective", "blockedURL", "documentURL", "sourceFile", "lineNumber")
        )


def _refusal(told: Mapping[str, Any], names: tuple[str, str, str, str, str]) -> Iterator[Refusal]:
    directive, blocked, page, source, line = (str(told.get(name) or "").strip() for name in names)
    if directive and not any("-extension" in url.partition(":")[0] for url in (blocked, source)):
        place = f"at {source}:{line or 0}:0" if source else ""
        yield Refusal(directive=directive.split()[0], blocked=_origin(blocked), page=page, place=place)


def _origin(url: str) -> str:
    """Return whose resource it was, without a name and password for it, or words such as "inline"."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "another"
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" if host else (parts.scheme or url or "another")
