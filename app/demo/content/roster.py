"""The artists of the built-in library, from `artists/*.toml`, one file a family."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any


@dataclass(frozen=True, slots=True)
class Performer:
    """A real artist and what the library has of them.

    Attributes:
        family: name of the family that the file is about.
        genres: empty for those that the genre sources do not know.
        first_year: when the first of their recordings came out.
        songs: how many of their songs are liked.
        titles: name of the word list in `titles/`.
        minutes: shortest and longest song.
        partners: names of other performers that they record with.
        together: share of their songs with a partner.
        featured: whether a partner stands in the title, as "(feat. ...)".
    """

    name: str
    family: str
    genres: tuple[str, ...]
    first_year: int
    last_year: int
    songs: int
    titles: str
    minutes: tuple[float, float]
    partners: tuple[str, ...]
    together: float
    featured: bool


def load_roster() -> tuple[Performer, ...]:
    """Read every file of `artists/` in the order of their names."""
    folder = files(__package__) / "artists"
    paths = sorted(folder.iterdir(), key=lambda path: path.name)
    return tuple(performer for path in paths for performer in _performers(path))


def _performers(path: Traversable) -> list[Performer]:
    family = tomllib.loads(path.read_text(encoding="utf-8"))
    return [_performer(family, row, path.name.removesuffix(".toml")) for row in family["artists"]]


def _performer(family: dict[str, Any], row: dict[str, Any], titles: str) -> Performer:
    first_year, last_year = row["years"].split("-")
    shortest, longest = row.get("minutes", family["minutes"])
    return Performer(
        name=row["name"],
        family=family["name"],
        genres=tuple(row["genres"]),
        first_year=int(first_year),
        last_year=int(last_year),
        songs=row["songs"],
        titles=row.get("titles", titles),
        minutes=(shortest, longest),
        partners=tuple(row.get("with", ())),
        together=family.get("together", 0.25),
        featured=family.get("featured", False),
    )
