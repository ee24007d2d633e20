"""What the forms of a kept playlist send."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.errors import ConflictError
from app.genres.library import FAMILY, GENRE, Library
from app.playlists.keeping import NewTerms
from app.playlists.models import Match, Mode, Order, Schedule, Selection
from app.playlists.records import MadePlaylist

Item = Annotated[str, Field(max_length=200)]


class KeptQuery(BaseModel):
    """What a playlist's page tells.

    Attributes:
        unknown: what was typed for a genre and is none.
        offset: the first song of those that were taken out.
    """

    model_config = ConfigDict(frozen=True)

    notice: Literal["saved", "allowed"] | None = None
    unknown: Annotated[str, Field(max_length=200)] = ""
    offset: Annotated[int, Field(ge=0)] = 0


class NothingBelongsError(ConflictError):
    """Nothing would belong into a playlist any more."""

    code = "nothing-belongs"
    title = "Something has to belong there"
    safe = "Nothing was changed."


class TermsForm(BaseModel):
    """How a playlist is kept from now on."""

    model_config = ConfigDict(frozen=True)

    name: Annotated[str, Field(max_length=1000)] = ""
    mode: Mode
    order: Order
    schedule: Schedule | None = None
    match: Match
    inferred: bool = False

    def terms(self, made: MadePlaylist) -> NewTerms:
        """Return what is new of it: a name that stays is not told to Spotify again."""
        said = {"match": self.match, "inferred": self.inferred}
        return NewTerms(
            mode=self.mode,
            order=self.order,
            schedule=self.schedule if self.schedule != made.schedule else None,
            selection=made.selection.model_copy(update=said),
            name=self.name if self.name != made.name else None,
        )


class BelongsForm(BaseModel):
    """A family or genre that shall belong there, shall not, or is named no longer.

    Attributes:
        family: id of a family, or `genre` as somebody types it.
        to: whether that belongs there or is excluded.
        remove: an item of the selection that is named no longer.
    """

    model_config = ConfigDict(frozen=True)

    family: Item = ""
    genre: Item = ""
    to: Literal["include", "exclude"] = "include"
    remove: Item = ""

    def selection(self, before: Selection, library: Library) -> Selection:
        """Return the selection as it is from now on.

        Raises:
            NotFoundError: no song of the library has the genre, or there is no such family.
            NothingBelongsError: nothing would belong there.
        """
        item = self._item(library)
        items = {
            "include": [one for one in before.include if one not in {item, self.remove}],
            "exclude": [one for one in before.exclude if one not in {item, self.remove}],
        }
        if item:
            items[self.to].append(item)
        if not items["include"]:
            raise NothingBelongsError("Add what belongs there before you take the last of it away.")
        return before.model_copy(update={name: tuple(kept) for name, kept in items.items()})

    def _item(self, library: Library) -> str:
        if self.family:
            return FAMILY + library.fold.get(self.family).id
        return GENRE + library.get_genre(self.genre.strip()).name if self.genre.strip() else ""
