"""Genres too small for a line of their own, by a person's rule."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.genres.library import GenreCount

FEWEST = 2
"""One genre alone keeps its line: another line in its place would say less."""


@dataclass(frozen=True, slots=True)
class Smaller:
    """How many genres share a line, and the songs that they lead."""

    genres: int
    songs: int


def without_smaller(
    genres: Sequence[GenreCount], least_songs: int
) -> tuple[Sequence[GenreCount], Smaller | None]:
    """Return the genres that have lines of their own, and what the others come to."""
    small = [genre for genre in genres if genre.lead_count < least_songs]
    if len(small) < FEWEST:
        return genres, None
    large = [genre for genre in genres if genre.lead_count >= least_songs]
    return large, Smaller(len(small), sum(genre.lead_count for genre in small))
