"""The families as one person has them: the standard ones with the person's rules applied."""

from collections.abc import Iterator
from functools import lru_cache

from app.errors import NotFoundError
from app.genres.families import Families, Family, Verdict
from app.genres.families_file import HIDDEN
from app.genres.fold import Fold
from app.genres.personal.applied import AppliedRules
from app.genres.personal.rules import FAMILY, GENRE, FamilyRules

_CACHED_NAMES = 20_000


class PersonalFamilies:
    """A person's families; any text still has one place, whatever the rules are."""

    def __init__(self, standard: Families, rules: FamilyRules) -> None:
        self._standard = standard
        self.applied = AppliedRules(
            rules, families=frozenset(one.id for one in standard.all), spell=standard.canonical
        )
        self._by_id = {one.id: one for one in self._list()}
        self.all = tuple(one for one in self._by_id.values() if self._is_shown(one.id))
        self.least_songs = self.applied.least_songs
        self._root = lru_cache(_CACHED_NAMES)(self._find_root)
        self._family = lru_cache(_CACHED_NAMES)(self._find_family)

    def get(self, family_id: str) -> Family:
        """The family of that id, or the one that it is part of; also one that is hidden.

        Raises:
            NotFoundError: there is none.
        """
        hidden = family_id == HIDDEN
        end = family_id if hidden else self.applied.end_of(FAMILY + family_id).removeprefix(FAMILY)
        if end not in self._by_id:
            raise NotFoundError("There is no such family of genres.")
        return self._by_id[end]

    def find_own(self, family_id: str) -> Family | None:
        """The family of that id itself, also one that is hidden or part of another one."""
        return self._by_id.get(family_id)

    def given_name(self, family_id: str) -> str:
        """What a family was called before the person renamed it."""
        made = self.applied.made.get(family_id)
        names = {one.id: one.name for one in self._standard.all}
        return made.name if made else names.get(family_id, family_id)

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """The genres and families that the person hides, each as rules name it and by its name."""
        shown = {item: self._name_of(item) for item in self.applied.hidden if self.applied.exists(item)}
        return tuple(sorted(shown.items(), key=lambda one: one[1].casefold()))

    def root_of(self, genre: str) -> str:
        """The item that rules about a genre are kept under, by whatever name it goes."""
        return self._root(genre)

    def unhidden_family_of(self, genre: str) -> str:
        """The id of the family a genre would belong to if nothing were hidden."""
        return self._place(self._root(genre)).removeprefix(FAMILY)

    def canonical(self, genre: str) -> str:
        """The name that a genre is counted under: its own, or that of the genre it is part of."""
        root = self._root(genre)
        return self.applied.name_of(root) or root.removeprefix(GENRE)

    def family_of(self, genre: str) -> str:
        """The id of the family a genre belongs to; "hidden" where the word is no genre for the person."""
        return self._family(self._root(genre))

    def home_of(self, genre: str) -> str:
        """The id of the standard family a genre is weighed with; "hidden" where the person hides it.

        Which genre leads is decided there, so that a genre that is moved takes its songs with it.
        """
        root = self._root(genre)
        hidden = self._family(root) == HIDDEN
        return HIDDEN if hidden else self._standard.family_of(root.removeprefix(GENRE))

    def order_of(self, home: str) -> int:
        """A standard family's place in the fixed order; what is hidden comes last."""
        return self._by_id[HIDDEN].order if home == HIDDEN else self._standard.order_of(home)

    def subfamily_of(self, genre: str) -> str | None:
        """The id of the visible part of its family a genre belongs to, if it has one."""
        root = self._root(genre)
        name = root.removeprefix(GENRE)
        stayed = self._standard.family_of(name) == self._family(root)
        return self._standard.subfamily_of(name) if stayed else None

    def is_genre(self, tag: str, artist_name: str = "") -> bool:
        """Whether a source's tag names a genre."""
        return self._standard.is_genre(tag, artist_name)

    def judge(self, tag: str, artist_name: str = "") -> Verdict:
        """Tell genres from noise, and both from what nobody knows."""
        return self._standard.judge(tag, artist_name)

    def _name_of(self, item: str) -> str:
        if item.startswith(FAMILY):
            return self._by_id[item.removeprefix(FAMILY)].name
        return self.applied.name_of(item) or item.removeprefix(GENRE)

    def _find_root(self, genre: str) -> str:
        return self.applied.end_of(self.applied.item(GENRE + genre))

    def _find_family(self, root: str) -> str:
        family = self._place(root)
        return HIDDEN if {root, family} & self.applied.hidden else family.removeprefix(FAMILY)

    def _place(self, root: str) -> str:
        moved = self.applied.moves.get(root, "")
        stays = FAMILY + self._standard.family_of(root.removeprefix(GENRE))
        return self.applied.end_of(moved if moved and self.applied.exists(moved) else stays)

    def _is_shown(self, family_id: str) -> bool:
        item = FAMILY + family_id
        if family_id == HIDDEN:
            return bool(self.applied.hidden)
        return self.applied.end_of(item) == item and item not in self.applied.hidden

    def _list(self) -> Iterator[Family]:
        """Give all families as the person has them: the standard ones, those made, other, hidden."""
        *named, other = self._standard.all
        made = [
            Family(id=one.family, name=one.name, hue=one.hue, depth=one.depth, order=0)
            for one in self.applied.made.values()
        ]
        hidden = Family(id=HIDDEN, name="Hidden", hue="grey", depth=2, order=0)
        for order, family in enumerate((*named, *made, other)):
            yield family.model_copy(update={"order": order, **self._changes(FAMILY + family.id)})
        yield hidden.model_copy(update={"order": len(named) + len(made) + 1})

    def _changes(self, item: str) -> dict[str, object]:
        changes: dict[str, object] = {}
        if name := self.applied.name_of(item):
            changes["name"] = name
        if colour := self.applied.colours.get(item):
            changes |= {"hue": colour.hue, "depth": colour.depth}
        return changes


def families_of(standard: Families, rules: FamilyRules) -> Fold:
    """Return the standard families with a person's rules applied."""
    return PersonalFamilies(standard, rules) if rules.rules else standard
