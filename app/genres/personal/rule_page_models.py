"""What the pages about rules show, and what their forms send; templates read these fields as they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.genres.personal.applied import Void
from app.genres.personal.correction_page_models import SaidPage
from app.genres.personal.rules import Shift

Kind = Literal["move", "make", "merge", "rename", "recolour", "hide", "minimum"]


class RuleForm(BaseModel):
    """A change that a person asks for; `name` with `move` is that of a family which takes the genre in."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    what: str = Field(default="", max_length=300)
    family: str = Field(default="", max_length=60)
    into: str = Field(default="", max_length=300)
    name: str = Field(default="", max_length=200)
    colour: str = Field(default="", max_length=20)
    size: str = Field(default="", max_length=10)
    back: str = Field(default="", max_length=600)


class UndoForm(BaseModel):
    """The rule to take away, and where to go on."""

    model_config = ConfigDict(frozen=True)

    rule: str = Field(max_length=60)
    back: str = Field(default="", max_length=600)


@dataclass(frozen=True, slots=True)
class Tile:
    """A family as a tile."""

    id: str
    name: str
    hue: str
    depth: int


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour that a family may have, and who has it."""

    hue: str
    depth: int
    families: tuple[str, ...]
    chosen: bool


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in words; names are as they are now.

    Attributes:
        name: what it is about.
        target: the family, genre or new name that it leads to.
        tile: the family to show it with.
        moved: songs that it moved when it was made, and the largest `shifts` of these.
        void: why it has no effect now.
    """

    id: str
    kind: Kind
    is_family: bool
    name: str
    target: str
    size: int
    tile: Tile | None
    made_at: datetime
    moved: int
    shifts: tuple[Shift, ...]
    void: Void | None


@dataclass(frozen=True, slots=True)
class ToldRule:
    """The rule that was just made, and the page that tells it."""

    line: RuleLine
    back: str


@dataclass(frozen=True, slots=True)
class RulesPage:
    """All rules, the newest first, and the corrections made last."""

    rules: tuple[RuleLine, ...]
    minimum: int
    most: int
    said: SaidPage


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Everything that can be done with a genre or a family.

    Attributes:
        what: the item as rules name it.
        tile: the family, or that of the genre.
        count: songs it leads or holds, `second` those where the genre is a second one.
        families: where it may go.
        genres: other genres of the library, those of its own family first.
        rules: those that are about it already.
    """

    what: str
    is_family: bool
    name: str
    tile: Tile
    count: int
    second: int
    families: tuple[Tile, ...]
    genres: tuple[str, ...]
    colours: tuple[Colour, ...]
    rules: tuple[RuleLine, ...]
    back: str


@dataclass(frozen=True, slots=True)
class TrialPage:
    """What rules from a file, or no rules at all, would do.

    Attributes:
        file: the rules as they are sent again to be applied.
        rules: how many there would be, of which `void` have no effect.
    """

    reset: bool
    mode: Literal["add", "replace"]
    file: str
    count: int
    rules: int
    void: int
    moved: int
    shifts: tuple[Shift, ...]
