"""What the library's form sends."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.playlists.models import Match, Selection
from app.playlists.preview import Wanted

Item = Annotated[str, Field(min_length=1, max_length=200)]


class Chosen(BaseModel):
    """Ticked families and genres, and how they become playlists."""

    model_config = ConfigDict(frozen=True)

    select: Annotated[tuple[Item, ...], Field(max_length=500)] = ()
    match: Match = "any"
    together: Literal["each", "one"] = "each"
    inferred: bool = False

    def wanted(self) -> list[Wanted]:
        """Return one playlist for each ticked line, or one for all of them."""
        items = tuple(dict.fromkeys(self.select))
        groups = [items] if self.together == "one" else [(item,) for item in items]
        return [
            Wanted(selection=Selection(include=group, match=self.match, inferred=self.inferred))
            for group in groups
        ]


def typed_names(form: Mapping[str, object]) -> dict[int, str]:
    """Return the names that were typed in fields `name-0`, `name-1` ..., by their numbers."""
    fields = ((re.fullmatch(r"name-(\d{1,4})", key), value) for key, value in form.items())
    return {int(field[1]): value for field, value in fields if field and isinstance(value, str)}
