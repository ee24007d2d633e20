"""A person's rules gone through once, the oldest first: what holds now, and which rules have no effect."""

from collections.abc import Callable, Iterator
from typing import Literal

from app.genres.personal.rules import (
    FAMILY,
    GENRE,
    Change,
    FamilyRules,
    Hide,
    Make,
    Merge,
    Minimum,
    Move,
    Recolour,
    Rename,
    Rule,
    about,
)
from app.genres.spelling import key_of

Void = Literal["later", "gone", "merged", "circle", "taken"]
"""Why a rule has no effect: a later one says otherwise, a family of it is not there, what it is about is part
of another one now, it would merge in a circle, or the name is that of another genre."""


class AppliedRules:
    """What a person's rules say in the end.

    Genres stand here by their standard names, as `genre:<name>`, families as `family:<id>`.

    Attributes:
        made: families of the person's own, by id.
        moves: families of genres that were moved.
        names: names of genres and families that have new ones.
        colours: families that have another colour.
        hidden: genres and families that are hidden.
        least_songs: genres that lead fewer songs share one line.
        void: the rules that have no effect, and why.
    """

    def __init__(self, rules: FamilyRules, *, families: frozenset[str], spell: Callable[[str], str]) -> None:
        self.made: dict[str, Make] = {}
        self.moves: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.colours: dict[str, Recolour] = {}
        self.hidden: set[str] = set()
        self.least_songs = 1
        self.void: dict[str, Void] = {}
        self._into: dict[str, str] = {}
        self._named: dict[str, str] = {}
        self._standard = families
        self._spell = spell
        last: dict[tuple[str, str], str] = {}
        for rule in rules.rules:
            self._apply(rule, last)
        self.void.update(self._without_effect(rules))

    def item(self, written: str) -> str:
        """Return a genre or family by its standard name, whatever name it is written by."""
        if not written.startswith(GENRE):
            return written
        name = written.removeprefix(GENRE)
        return self._named.get(key_of(name)) or GENRE + self._spell(name)

    def end_of(self, item: str) -> str:
        """Return what a genre or family is a part of in the end, itself if it is merged into nothing."""
        while (into := self._into.get(item)) and self.exists(into):
            item = into
        return item

    def name_of(self, item: str) -> str | None:
        """Return the name that the person gave a genre or family, if it is not another genre's."""
        name = self.names.get(item)
        return name if name and (item.startswith(FAMILY) or self._named[key_of(name)] == item) else None

    def exists(self, item: str) -> bool:
        """Whether there is such a family; every genre exists."""
        family = item.removeprefix(FAMILY)
        return item.startswith(GENRE) or family in self._standard or family in self.made

    def _apply(self, rule: Rule, last: dict[tuple[str, str], str]) -> None:
        change = rule.change
        key = (change.kind, self.item(about(change)))
        match change:
            case Make():
                self.made[change.family] = change
            case Move():
                self.moves[key[1]] = FAMILY + change.family
            case Merge():
                if self._goes_round(key[1], self.item(change.into)):
                    self.void[rule.id] = "circle"
                    return
                self._into[key[1]] = self.item(change.into)
            case Rename():
                self._rename(key[1], change.name)
            case Recolour():
                self.colours[key[1]] = change
            case Hide():
                self.hidden.add(key[1])
            case Minimum():
                self.least_songs = change.size
        if key in last:
            self.void[last[key]] = "later"
        last[key] = rule.id

    def _rename(self, item: str, name: str) -> None:
        self.names[item] = name
        if item.startswith(GENRE):
            self.names[item] = name.lower()
            self._named[key_of(name)] = item

    def _goes_round(self, what: str, into: str) -> bool:
        """Whether `into` is part of `what`, or is none of its sort."""
        while into != what and into in self._into:
            into = self._into[into]
        return into == what or into[:3] != what[:3]

    def _without_effect(self, rules: FamilyRules) -> Iterator[tuple[str, Void]]:
        for rule in rules.rules:
            if rule.id not in self.void and (why := self._why(rule.change)):
                yield rule.id, why

    def _why(self, change: Change) -> Void | None:
        item = self.item(about(change))
        target = self._target(change)
        if not (self.exists(item) and self.exists(target)) and not isinstance(change, Minimum):
            return "gone"
        if not isinstance(change, Merge) and self.end_of(item) != item:
            return "merged"
        return "taken" if isinstance(change, Rename) and self.name_of(item) is None else None

    def _target(self, change: Change) -> str:
        """Return what else than the thing itself a change needs to be there."""
        if isinstance(change, Move):
            return FAMILY + change.family
        return self.item(change.into) if isinstance(change, Merge) else GENRE
