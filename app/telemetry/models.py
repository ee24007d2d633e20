"""What browsers and visits leave behind: nothing that names a person."""

import hashlib
import re
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, PlainSerializer

MOST_VISITORS = 10_000
"""So many are told apart on one day; it bounds what a flood of made-up browsers can have stored."""
FINGERPRINT_LENGTH = 12

_FRAME = re.compile(r"^.*:\d+:\d+.*$", re.MULTILINE)
_NUMBER = re.compile(r"\d+")


class Visitors(BaseModel):
    """Who was here on one day, by hashes that nobody can trace once the salt of the day is gone."""

    model_config = ConfigDict(frozen=True)

    day: date
    salt: str
    marks: Annotated[frozenset[str], PlainSerializer(sorted)] = frozenset()

    def plus(self, mark: str) -> "Visitors":
        """Return these with one more; the same object when nobody is new, or there is no room."""
        if mark in self.marks or len(self.marks) >= MOST_VISITORS:
            return self
        return self.model_copy(update={"marks": self.marks | {mark}})


class ClientError(BaseModel):
    """Something that went wrong in a browser, with nothing in it that names a person.

    Attributes:
        kind: a script's error, a promise that nobody took care of, or what the content policy refused.
        page: the first part of the page's path.
        browser: its name and major version.
    """

    model_config = ConfigDict(frozen=True)

    at: datetime
    kind: Literal["error", "rejection", "csp"]
    message: str
    page: str
    browser: str
    code: str = ""
    context: str = ""
    stack: str = ""

    @property
    def fingerprint(self) -> str:
        """The same for errors that differ only in their numbers, from the same place."""
        frame = _FRAME.search(self.stack)
        same = (self.kind, self.code, self.message, frame[0].strip() if frame else "")
        text = _NUMBER.sub("0", "\n".join(same))
        return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_LENGTH]


class PageTimes(BaseModel):
    """How fast one page was, in milliseconds; `cumulative_layout_shift` is a plain number.

    The last four are the Web Vitals and what leads to them (web.dev/articles/vitals, 2026-11).
    """

    model_config = ConfigDict(frozen=True)

    at: datetime
    page_load_time: float | None = None
    dom_content_loaded: float | None = None
    time_to_first_byte: float | None = None
    server_response: float | None = None
    first_contentful_paint: float | None = None
    largest_contentful_paint: float | None = None
    interaction_to_next_paint: float | None = None
    cumulative_layout_shift: float | None = None
