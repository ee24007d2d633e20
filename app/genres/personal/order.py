"""A person's own order of genres: what they said of families and genres, and what of artists and songs."""

from dataclasses import dataclass

from app.genres.personal.corrections import Corrections
from app.genres.personal.rules import FamilyRules


@dataclass(frozen=True, slots=True)
class PersonalOrder:
    """The rules and the corrections of one person."""

    rules: FamilyRules
    corrections: Corrections


STANDARD = PersonalOrder(FamilyRules(), Corrections())
