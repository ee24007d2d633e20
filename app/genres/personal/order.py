"""A person's own order of genres: what they said of families and genres, and what of artists and songs."""

from dataclasses import dataclass

from app.genres.personal.corrections import Corrections
from app.genres.personal.rules import FamilyRules


@dataclass(frozen=True, slots=True)
class PersonalOrder:
    """The rules and the corrections of one person."""

    rules: FamilyRules
    corrections: Corrections

    def is_like(self, other: "PersonalOrder") -> bool:
        """Whether a library is the same in both orders."""
        return self.rules.changes == other.rules.changes and self.corrections == other.corrections
