"""What the library's form sends."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.playlists.models import Match, Selection
from app.playlists.preview import Wanted

Item = Annotated[str, Field(min_length=1, max_length=200)]


class Chosen(BaseModel):
    """Ticked families and genres, what is left out of them, and how they become playlists."""

    model_config = ConfigDict(frozen=True)

    select: Annotated[tuple[Item, ...], Field(max_length=500)] = ()
    exclude: Annotated[tuple[Item, ...], Field(max_length=500)] = ()
    match: Match = "any"
    together: Literal["each", "one"] = "each"
    inferred: bool = False
    unlisted: bool = False

    def wanted(self) -> list[Wanted]:
        """Return one playlist for each ticked line that is not left out, or one for all of them."""
        items = tuple(item for item in dict.fromkeys(self.select) if item not in self.exclude)
        groups = [items] if self.together == "one" and items else [(item,) for item in items]
        return [Wanted(selection=self._selection(group)) for group in groups]

    def _selection(self, include: tuple[str, ...]) -> Selection:
        return Selection(
            include=include,
            exclude=tuple(dict.fromkeys(self.exclude)),
            match=self.match,
            inferred=self.inferred,
            unlisted=self.unlisted,
        )
