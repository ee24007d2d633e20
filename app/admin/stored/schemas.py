"""What operators are told of what is stored: as JSON, and read by the templates as it is."""

import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.schemas import ApiModel

USERS_A_PAGE = 50
KEYS_A_PAGE = 200


class StoredUserOut(ApiModel):
    """Somebody of whom something is kept.

    Attributes:
        name: what Spotify called them; empty of who is signed in nowhere or has disconnected.
        since: their first sign-in, null where only other things are kept.
        connected: whether a connection to Spotify is kept.
        values: how many are kept of them, by kind; sessions only as the one list of them.
    """

    id: str
    name: str
    since: datetime | None
    signed_in_at: datetime | None
    connected: bool
    values: dict[str, int]


class UsersOut(ApiModel):
    """A page of users, the latest to sign in first."""

    total: int
    users: tuple[StoredUserOut, ...]
    next_offset: int | None


class StoredKindOut(ApiModel):
    """A kind of value; `life_s` counts from each write on, and is null where there is no end."""

    name: str
    personal: bool
    life_s: float | None
    keys: int


class KVKeysOut(ApiModel):
    """All kinds with how many keys they have; or one kind, with a page of its keys.

    Attributes:
        total: how many keys of the kind were searched for.
    """

    kinds: tuple[StoredKindOut, ...]
    keys: tuple[str, ...] = ()
    total: int = 0
    next_offset: int | None = None


class KVValueOut(ApiModel):
    """A value as it is stored, with "hidden" in the place of secrets."""

    key: str
    kind: str
    value: Any

    @property
    def text(self) -> str:
        """The value as JSON for a person to read."""
        return json.dumps(self.value, indent=2, ensure_ascii=False)


class ClearedOut(ApiModel):
    """How many values were forgotten by memory."""

    cleared: int


class KeysQuery(BaseModel):
    """Which keys to list: of a kind, and with `q` in them."""

    model_config = ConfigDict(frozen=True)

    kind: str = Field(default="", max_length=100)
    q: str = Field(default="", max_length=200)
    offset: int = Field(default=0, ge=0)
