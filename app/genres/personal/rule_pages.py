"""Making the pages about a person's rules."""

from collections import defaultdict
from typing import get_args

from app.errors import NotFoundError
from app.genres.families import Family
from app.genres.families_file import HIDDEN, OwnHue
from app.genres.library import Library
from app.genres.personal.correction_page_models import SaidPage
from app.genres.personal.families import PersonalFamilies
from app.genres.personal.rule_page_models import ChangePage, Colour, RuleLine, RulesPage, Tile
from app.genres.personal.rules import (
    FAMILY,
    GENRE,
    MOST_RULES,
    Change,
    FamilyRules,
    Make,
    Merge,
    Minimum,
    Move,
    Recolour,
    Rename,
    Rule,
    about,
)


class RulePages:
    """Makes pages of one person's rules."""

    def __init__(self, rules: FamilyRules, fold: PersonalFamilies, library: Library) -> None:
        self._rules = rules
        self._fold = fold
        self._library = library

    def rules_page(self, said: SaidPage) -> RulesPage:
        """Return all rules, and some of the corrections."""
        lines = tuple(self._line(rule) for rule in reversed(self._rules.rules))
        return RulesPage(lines, self._fold.least_songs, MOST_RULES, said)

    def find_line(self, rule_id: str) -> RuleLine | None:
        """Return one rule in words, if it is still there."""
        rule = self._rules.find(rule_id)
        return self._line(rule) if rule else None

    def change_page(self, what: str, back: str) -> ChangePage:
        """Return what can be done with a genre or a family.

        Raises:
            NotFoundError: there is no such family, or no song has the genre.
        """
        return self._family_page(what, back) if what.startswith(FAMILY) else self._genre_page(what, back)

    def _genre_page(self, what: str, back: str) -> ChangePage:
        genre = self._library.get_genre(what.removeprefix(GENRE))
        root = self._fold.root_of(genre.name)
        others = [one for one in self._library.genres.values() if one.name != genre.name]
        others.sort(key=lambda one: (one.family != genre.family, -one.lead_count, one.name))
        return ChangePage(
            what=root,
            is_family=False,
            name=genre.name,
            tile=_tile(self._fold.get(genre.family)),
            count=genre.lead_count,
            second=genre.count - genre.lead_count,
            families=self._targets(genre.family),
            genres=tuple(one.name for one in others),
            colours=(),
            rules=self._about(root, FAMILY + self._fold.unhidden_family_of(genre.name)),
            back=back,
        )

    def _family_page(self, what: str, back: str) -> ChangePage:
        family = self._fold.get(what.removeprefix(FAMILY))
        if family.id == HIDDEN:
            raise NotFoundError("What is hidden is no family; unhide its genres one by one.")
        counts = {one.family.id: one.count for one in self._library.families}
        return ChangePage(
            what=FAMILY + family.id,
            is_family=True,
            name=family.name,
            tile=_tile(family),
            count=counts.get(family.id, 0),
            second=0,
            families=self._targets(family.id),
            genres=(),
            colours=tuple(self._colours(family)),
            rules=self._about(FAMILY + family.id),
            back=back,
        )

    def _targets(self, but: str) -> tuple[Tile, ...]:
        return tuple(_tile(one) for one in self._fold.all if one.id not in {but, HIDDEN})

    def _colours(self, family: Family) -> list[Colour]:
        """Return the twelve hues in both depths, each with the other families that have it."""
        users: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for one in self._fold.all:
            if one.id != family.id:
                users[one.hue, one.depth].append(one.name)
        return [
            Colour(hue, depth, tuple(users[hue, depth]), (hue, depth) == (family.hue, family.depth))
            for hue in get_args(OwnHue)
            for depth in (1, 2)
        ]

    def _about(self, item: str, family: str = "") -> tuple[RuleLine, ...]:
        """Return the rules about something, and of its family that which hides it."""
        return tuple(
            self._line(rule)
            for rule in reversed(self._rules.rules)
            if self._fold.applied.item(about(rule.change)) == item
            or (rule.change.kind == "hide" and about(rule.change) == family)
        )

    def _line(self, rule: Rule) -> RuleLine:
        change, item = rule.change, about(rule.change)
        return RuleLine(
            id=rule.id,
            kind=change.kind,
            is_family=item.startswith(FAMILY),
            name=self._fold.given_name(item.removeprefix(FAMILY))
            if isinstance(change, Rename) and item.startswith(FAMILY)
            else self._name(item),
            target=self._target(change),
            size=change.size if isinstance(change, Minimum) else 0,
            tile=self._tile_of(change),
            made_at=rule.made_at,
            moved=rule.moved,
            shifts=rule.shifts,
            void=self._fold.applied.void.get(rule.id),
        )

    def _name(self, item: str) -> str:
        if item.startswith(GENRE):
            return item.removeprefix(GENRE)
        family = self._family(item)
        return family.name if family else item.removeprefix(FAMILY)

    def _target(self, change: Change) -> str:
        match change:
            case Move():
                return self._name(FAMILY + change.family)
            case Merge():
                return self._name(change.into)
            case Rename() | Make():
                return change.name
            case Recolour():
                return change.hue
            case _:
                return ""

    def _tile_of(self, change: Change) -> Tile | None:
        """Return the family that the change is about or leads to, where it is there."""
        if isinstance(change, Minimum):
            return None
        item = FAMILY + change.family if isinstance(change, Move) else about(change)
        family = self._family(item) if item.startswith(FAMILY) else self._genre_family(item)
        return _tile(family) if family else None

    def _genre_family(self, item: str) -> Family:
        return self._fold.get(self._fold.family_of(item.removeprefix(GENRE)))

    def _family(self, item: str) -> Family | None:
        """Return a family by its own name, also where it is part of another one now."""
        return self._fold.find_own(item.removeprefix(FAMILY))


def _tile(family: Family) -> Tile:
    return Tile(family.id, family.name, family.hue, family.depth)
