"""Making, trying and undoing rules."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal, get_args

from app.clock import Clock
from app.genres.families import Families
from app.genres.families_file import OwnHue
from app.genres.personal.effect import KEPT_SHIFTS, Effect, effect_of
from app.genres.personal.families import PersonalFamilies
from app.genres.personal.order import PersonalOrder
from app.genres.personal.repository import PersonalRepository
from app.genres.personal.rule_checks import check_effect, check_names
from app.genres.personal.rule_errors import RuleNotFoundError, TooManyRulesError
from app.genres.personal.rule_page_models import TrialPage
from app.genres.personal.rule_pages import RulePages
from app.genres.personal.rule_schemas import RulesFile
from app.genres.personal.rules import (
    MOST_RULES,
    OWN,
    Change,
    FamilyRules,
    Hide,
    Rule,
)
from app.genres.service import GenresService

Mode = Literal["add", "replace"]


@dataclass(frozen=True, slots=True)
class Trial:
    """Rules as they would be, and what that would do to the library."""

    rules: FamilyRules
    fold: PersonalFamilies
    effect: Effect


class RulesService:
    """Rules by person."""

    def __init__(
        self, genres: GenresService, personal: PersonalRepository, families: Families, clock: Clock
    ) -> None:
        self._genres = genres
        self._personal = personal
        self._families = families
        self._clock = clock

    async def get(self, user_id: str) -> tuple[FamilyRules, PersonalFamilies]:
        """Return a person's rules, and the families with these applied."""
        rules = (await self._personal.find(user_id)).rules
        return rules, PersonalFamilies(self._families, rules)

    async def get_pages(self, user_id: str) -> RulePages:
        """Return what makes pages of a person's rules.

        Raises:
            NoLibraryError: there is no library to speak of.
        """
        library = await self._genres.get_library(user_id)
        return RulePages(*await self.get(user_id), library)

    async def free_colour(self, user_id: str) -> tuple[str, int]:
        """Return hue and depth of the first colour that no family has, for one that is made."""
        _, fold = await self.get(user_id)
        taken = {(one.hue, one.depth) for one in fold.all}
        colours = [(hue, depth) for depth in (1, 2) for hue in get_args(OwnHue)]
        return next((one for one in colours if one not in taken), colours[0])

    async def try_page(self, user_id: str, changes: Sequence[Change], mode: Mode) -> TrialPage:
        """Return the page on what changes would do.

        Raises:
            TooManyRulesError: there would be more than 500 rules.
        """
        trial = await self.try_changes(user_id, changes, mode)
        return TrialPage(
            reset=not changes,
            mode=mode,
            file=RulesFile(rules=tuple(changes)).model_dump_json(),
            count=len(changes),
            rules=len(trial.rules.rules),
            void=len(trial.fold.applied.void),
            moved=trial.effect.moved,
            shifts=trial.effect.shifts,
        )

    async def try_changes(self, user_id: str, changes: Sequence[Change], mode: Mode) -> Trial:
        """Say what changes would do, added to the rules there are or in place of them.

        Raises:
            TooManyRulesError: there would be more than 500 rules.
        """
        order = await self._personal.find(user_id)
        return await self._try(user_id, order, _wanted(order.rules, self._made(changes), mode))

    async def replace(self, user_id: str, changes: Sequence[Change], mode: Mode) -> Trial:
        """Make changes as they come from a file or a program; those without effect do no harm.

        Raises:
            TooManyRulesError: there would be more than 500 rules.
        """
        order, made = await self._personal.find(user_id), self._made(changes)
        trial = await self._try(user_id, order, _wanted(order.rules, made, mode))
        await self._personal.change_rules(user_id, lambda now: _wanted(now, made, mode))
        return trial

    async def add(self, user_id: str, *changes: Change) -> Rule:
        """Make the changes that a person has asked for at once; return the last one's rule.

        Raises:
            RuleRefusedError: one of them would have no effect.
            NameTakenError: another genre or family has the name.
            TooManyRulesError: there are 500 rules already.
        """
        order = await self._personal.find(user_id)
        wanted = _wanted(order.rules, self._made(changes), "add")
        added = wanted.rules[len(order.rules.rules) :]
        check_effect(added, PersonalFamilies(self._families, wanted))
        fold, library = await self._genres.get_fold(user_id), await self._genres.find_library(user_id)
        check_names(changes, fold, library.genres if library else ())
        effect = (await self._try(user_id, order, wanted)).effect
        shifts = effect.shifts[:KEPT_SHIFTS]
        last = added[-1].model_copy(update={"moved": effect.moved, "shifts": shifts})

        def append(now: FamilyRules) -> FamilyRules:
            return _bounded((*now.rules, *added[:-1], last))

        await self._personal.change_rules(user_id, append)
        return last

    async def hide(self, user_id: str, wanted: Callable[[AbstractSet[str]], Iterable[str]]) -> None:
        """Hide the genres and families that `wanted` makes of those hidden now, and no others.

        Rules of other kinds stay as they are.

        Raises:
            TooManyRulesError: there would be more than 500 rules.
        """

        def changed(now: FamilyRules) -> FamilyRules:
            applied = PersonalFamilies(self._families, now).applied
            items = dict.fromkeys(applied.item(item) for item in wanted(applied.hidden))
            kept = tuple(
                rule
                for rule in now.rules
                if not isinstance(rule.change, Hide) or applied.item(rule.change.what) in items
            )
            new = [Hide(what=item) for item in items if item not in applied.hidden]
            return _bounded((*kept, *self._made(new)))

        await self._personal.change_rules(user_id, changed)

    async def undo(self, user_id: str, rule_id: str) -> Rule:
        """Take one rule away, whatever came after it, and return it.

        Raises:
            RuleNotFoundError: there is none of this id.
        """
        rule = (await self._personal.find(user_id)).rules.find(rule_id)
        if rule is None:
            raise RuleNotFoundError
        await self._personal.change_rules(user_id, lambda now: now.without(rule_id))
        return rule

    async def _try(self, user_id: str, order: PersonalOrder, wanted: FamilyRules) -> Trial:
        found = await self._genres.try_order(user_id, PersonalOrder(wanted, order.corrections))
        effect = effect_of(*found) if found else Effect()
        return Trial(wanted, PersonalFamilies(self._families, wanted), effect)

    def _made(self, changes: Sequence[Change]) -> tuple[Rule, ...]:
        now = self._clock.now()
        return tuple(Rule(id=secrets.token_urlsafe(6), made_at=now, change=change) for change in changes)


def _wanted(now: FamilyRules, made: Sequence[Rule], mode: Mode) -> FamilyRules:
    """Return the rules with changes made; a rule that stays keeps its id, its date and what it moved."""
    if mode == "add":
        return _bounded((*now.rules, *made))
    there = {rule.change: rule for rule in now.rules}
    return _bounded(tuple(there.pop(rule.change, rule) for rule in made))


def _bounded(rules: tuple[Rule, ...]) -> FamilyRules:
    if len(rules) > MOST_RULES:
        raise TooManyRulesError(f"There can be {MOST_RULES} rules; undo some that you no longer need.")
    return FamilyRules(rules=rules)


def new_family_id() -> str:
    """Return an id for a family that a person makes."""
    return OWN + secrets.token_hex(4)
