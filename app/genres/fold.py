"""What sorts genre words into families: the standard order, or a person's own one on top of it."""

from typing import Protocol

from app.genres.families import Family, Verdict


class Fold(Protocol):
    """See `app.genres.families.Families`, whose methods these are."""

    @property
    def least_songs(self) -> int:
        """Genres that lead fewer songs share one line."""

    @property
    def all(self) -> tuple[Family, ...]:
        """All families in their fixed order."""

    def get(self, family_id: str) -> Family:
        """The family of that id, or the one that it is part of.

        Raises:
            NotFoundError: there is none.
        """

    def canonical(self, genre: str) -> str:
        """The name that a genre is counted under, whatever way it is written."""

    def family_of(self, genre: str) -> str:
        """The id of the family a genre belongs to."""

    def home_of(self, genre: str) -> str:
        """The id of the standard family a genre is weighed with; "hidden" where the person hides it."""

    def order_of(self, home: str) -> int:
        """The place in the fixed order of a family that genres are weighed with."""

    def subfamily_of(self, genre: str) -> str | None:
        """The id of the visible part of its family a genre belongs to, if it has one."""

    def is_genre(self, tag: str, artist_name: str = "") -> bool:
        """Whether a source's tag names a genre."""

    def judge(self, tag: str, artist_name: str = "") -> Verdict:
        """Tell genres from noise, and both from what nobody knows."""
