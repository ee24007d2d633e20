"""Who asks for access, and what decides it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from app.schemas import ApiModel

REQUEST_LIFE = timedelta(days=90)
MOST_OPEN = 100

Decision = Literal["approve", "deny"]

# Control characters, and those that turn the direction: a name must not read as another than is copied.
_UNSEEN = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
_PART = rf"[^\s{_UNSEEN}\u00ad\u200b-\u200f\u2060\ufeff@<>()\[\],;:\"\\]+"

# What Spotify's dashboard wants of everybody who may use an app: nothing but these two.
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=rf"^[^{_UNSEEN}]*$"),
]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=rf"^{_PART}@{_PART}\.{_PART}$"),
]


class AccessWish(ApiModel):
    """Name and email address of a Spotify account, as somebody who asks for access tells them."""

    name: Name
    email: Email


class AccessRequest(BaseModel):
    """Somebody who waits for a decision; all of it is deleted with that."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    email: str
    asked_at: datetime


class AccessRequests(BaseModel):
    """All who wait, the oldest first."""

    model_config = ConfigDict(frozen=True)

    requests: tuple[AccessRequest, ...] = ()

    def open_at(self, now: datetime) -> tuple[AccessRequest, ...]:
        """Return those that are not too old."""
        return tuple(one for one in self.requests if now < one.asked_at + REQUEST_LIFE)


@dataclass(frozen=True)
class AccessPage:
    """The page on which somebody asks for access.

    Attributes:
        invited: whether asking is of any use: it is where Spotify lets nobody in but those named to it.
        sent: whether they just did.
        wrong: the fields that cannot be used.
    """

    invited: bool = True
    sent: bool = False
    name: str = ""
    email: str = ""
    wrong: frozenset[str] = frozenset()
