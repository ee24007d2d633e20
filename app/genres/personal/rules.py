"""A person's own rules about genres and families, one change each."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from app.genres.families_file import OwnHue
from app.genres.models import Stored

MOST_RULES = 500
FAMILY, GENRE = "family:", "genre:"
OWN = "own-"
"""Ids of families that people made begin so."""

GenreName = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
FamilyId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Item = Annotated[str, StringConstraints(pattern=r"^(genre:.{1,200}|family:[a-z0-9-]{1,60})$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]


class _Change(Stored):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Move(_Change):
    """A genre belongs to another family."""

    kind: Literal["move"] = "move"
    genre: GenreName
    family: FamilyId


class Make(_Change):
    """There is one more family; its id is the person's own."""

    kind: Literal["make"] = "make"
    family: Annotated[FamilyId, StringConstraints(pattern=f"^{OWN}")]
    name: Name
    hue: OwnHue
    depth: Literal[1, 2]


class Merge(_Change):
    """A genre is another one, or a family is part of another one."""

    kind: Literal["merge"] = "merge"
    what: Item
    into: Item


class Rename(_Change):
    """A genre or a family has another name."""

    kind: Literal["rename"] = "rename"
    what: Item
    name: Name


class Recolour(_Change):
    """A family has another colour."""

    kind: Literal["recolour"] = "recolour"
    family: FamilyId
    hue: OwnHue
    depth: Literal[1, 2]


class Hide(_Change):
    """A genre is none, or all genres of a family are none."""

    kind: Literal["hide"] = "hide"
    what: Item


class Minimum(_Change):
    """Genres that lead fewer songs share one line of their family's page."""

    kind: Literal["minimum"] = "minimum"
    size: Annotated[int, Field(ge=1, le=1000)]


Change = Annotated[
    Move | Make | Merge | Rename | Recolour | Hide | Minimum,
    Field(discriminator="kind"),
]


class Shift(Stored):
    """Songs that went from one place to another, as both were called then."""

    songs: int
    before: str
    after: str


class Rule(Stored):
    """One change, and what it moved when it was made.

    Attributes:
        moved: songs that have another family or lead genre since.
        shifts: the largest parts of these.
    """

    id: str
    made_at: datetime
    change: Change
    moved: int = 0
    shifts: tuple[Shift, ...] = ()


class FamilyRules(Stored):
    """All rules of a person; the oldest first, and where two disagree the later one counts."""

    rules: Annotated[tuple[Rule, ...], Field(max_length=MOST_RULES)] = ()

    @property
    def changes(self) -> tuple[Change, ...]:
        """What the rules say."""
        return tuple(rule.change for rule in self.rules)

    def find(self, rule_id: str) -> Rule | None:
        """Return the rule of that id."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def without(self, rule_id: str) -> "FamilyRules":
        """Return all others."""
        return FamilyRules(rules=tuple(rule for rule in self.rules if rule.id != rule_id))


def about(change: Change) -> str:
    """Return the genre or family that a change is about; of a kind about one thing the last counts."""
    match change:
        case Move():
            return GENRE + change.genre
        case Make() | Recolour():
            return FAMILY + change.family
        case Merge() | Rename() | Hide():
            return change.what
        case Minimum():
            return GENRE
