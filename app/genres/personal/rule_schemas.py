"""The JSON of a person's own order, and the file that it is exported to."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field

from app.genres.families import Family
from app.genres.library import Library
from app.genres.personal.applied import Void
from app.genres.personal.effect import Effect
from app.genres.personal.families import PersonalFamilies
from app.genres.personal.rules import MOST_RULES, OWN, Change, FamilyRules, Rule
from app.schemas import ApiModel


class ShiftOut(ApiModel):
    """Songs that go from one family or genre to another."""

    songs: int
    before: str
    after: str


class RuleOut(ApiModel):
    """A rule; `moved` and `shifts` are of when it was made, `void` is why it has no effect now."""

    id: str
    made_at: datetime
    change: Change
    moved: int
    shifts: tuple[ShiftOut, ...]
    void: Void | None

    @classmethod
    def of(cls, rule: Rule, fold: PersonalFamilies) -> Self:
        """Show a rule."""
        return cls(
            id=rule.id,
            made_at=rule.made_at,
            change=rule.change,
            moved=rule.moved,
            shifts=tuple(ShiftOut(**dict(one)) for one in rule.shifts),
            void=fold.applied.void.get(rule.id),
        )


class OwnFamilyOut(ApiModel):
    """A family as the person has it; `own` says that they made it."""

    id: str
    name: str
    hue: str
    depth: int
    count: int
    own: bool

    @classmethod
    def of(cls, family: Family, counts: dict[str, int]) -> Self:
        """Show a family."""
        return cls(
            id=family.id,
            name=family.name,
            hue=family.hue,
            depth=family.depth,
            count=counts.get(family.id, 0),
            own=family.id.startswith(OWN),
        )


class FamiliesOut(ApiModel):
    """Families and rules, with `dryRun` as they would be; `moved` and `shifts` say what changes."""

    families: tuple[OwnFamilyOut, ...]
    minimum: int
    rules: tuple[RuleOut, ...]
    moved: int = 0
    shifts: tuple[ShiftOut, ...] = ()

    @classmethod
    def of(
        cls,
        rules: FamilyRules,
        fold: PersonalFamilies,
        library: Library | None,
        *,
        effect: Effect | None = None,
    ) -> Self:
        """Show rules, and the families with these applied."""
        counts = {one.family.id: one.count for one in library.families} if library else {}
        effect = effect or Effect()
        return cls(
            families=tuple(OwnFamilyOut.of(family, counts) for family in fold.all),
            minimum=fold.least_songs,
            rules=tuple(RuleOut.of(rule, fold) for rule in rules.rules),
            moved=effect.moved,
            shifts=tuple(ShiftOut(**dict(one)) for one in effect.shifts),
        )


class RulesFile(ApiModel):
    """A person's rules as a file: what they say, in their order."""

    version: Literal[1] = 1
    rules: Annotated[tuple[Change, ...], Field(max_length=MOST_RULES)]


class RulesIn(RulesFile):
    """Rules in place of those there are, or in addition; `dryRun` only says what that would do."""

    mode: Literal["replace", "add"] = "replace"
    dry_run: bool = False
