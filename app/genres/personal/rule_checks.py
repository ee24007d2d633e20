"""Refusing rules that could have no effect, and names that are taken."""

from collections.abc import Collection, Iterable

from app.genres.fold import Fold
from app.genres.personal.applied import Void
from app.genres.personal.families import PersonalFamilies
from app.genres.personal.rule_errors import NameTakenError, RuleRefusedError
from app.genres.personal.rules import GENRE, Change, Make, Rename, Rule, about
from app.genres.spelling import key_of

TAKEN_ADDRESSES = frozenset({"none", "rules", "correct", "corrections", "selection", "why"})
"""Pages that stand where the page of a genre of that name would."""
REFUSED: dict[Void, str] = {
    "gone": "There is no such family of genres.",
    "merged": "It is part of another one now; change that one instead.",
    "circle": "It cannot become part of itself, nor a genre part of a family.",
}


def check_effect(added: Iterable[Rule], fold: PersonalFamilies) -> None:
    """Let rules pass that have an effect.

    Raises:
        RuleRefusedError: one has none.
    """
    for rule in added:
        if (why := fold.applied.void.get(rule.id)) in REFUSED:
            raise RuleRefusedError(REFUSED[why])


def check_names(changes: Iterable[Change], fold: Fold, genres: Collection[str]) -> None:
    """Let names pass that neither a genre of the library nor a family has already.

    Raises:
        NameTakenError: one has.
        RuleRefusedError: no genre or family can be called so.
    """
    for change in changes:
        if isinstance(change, Rename) and change.what.startswith(GENRE):
            _check_genre(change, fold, genres)
        elif isinstance(change, Make | Rename):
            _check_family(change, fold)


def _check_genre(rename: Rename, fold: Fold, genres: Iterable[str]) -> None:
    name = rename.name.lower()
    if not key_of(name) or "/" in name or name in TAKEN_ADDRESSES or not name.isprintable():
        raise RuleRefusedError("A genre's name needs a letter or a digit, and no slash.")
    old = fold.canonical(rename.what.removeprefix(GENRE))
    if any(key_of(name) == key_of(other) for other in genres if other != old):
        raise NameTakenError(f"You have a genre called {name} already; merge {old} into it instead.")


def _check_family(change: Make | Rename, fold: Fold) -> None:
    name = change.name.casefold()
    if not change.name.isprintable():
        raise RuleRefusedError("A name is one line of text.")
    if any(one.name.casefold() == name for one in fold.all if not about(change).endswith(f":{one.id}")):
        raise NameTakenError(f"There is a family called {change.name} already.")
