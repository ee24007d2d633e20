"""From genre words to families: total, deterministic, and all from families.toml."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict

from app.errors import NotFoundError
from app.genres.families_file import OTHER, FamiliesFile, FamilyTable, Hue, read_families, read_vocabulary
from app.genres.spelling import Spelling, key_of

# Where families.toml and vocabulary.txt stand.
FOLDER = Path(__file__).parent

Verdict = Literal["genre", "noise", "unknown"]

_POP = "pop"
_YEARS = re.compile(r"\d{1,4}(?:s|er|st|nd|rd|th)?")
# Endings decide only behind a stem, so that "rock" ends "deutschrock" but no shorter chance hit.
_SHORTEST_STEM = 3
# Real names are short; whole sentences are what listeners write on tags.
_LONGEST_NAME = 5
# Of longer texts the last words decide, so that no text is slow.
_READ_WORDS = 12
_CACHED_NAMES = 20_000


class Subfamily(BaseModel):
    """A part of a family that is shown by its own name."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str


class Family(BaseModel):
    """A family of genres and its colour.

    Attributes:
        order: its place in the fixed order, from 0.
        hue: name of one of twelve hues, or "grey" for "other".
        depth: tells the two families of one hue apart.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    hue: Hue
    depth: Literal[1, 2]
    order: int
    subfamilies: tuple[Subfamily, ...] = ()


class _Place(NamedTuple):
    family: str
    subfamily: str | None = None


_NOWHERE = _Place(OTHER)


class Families:
    """All families, and the fold of any text into one of them."""

    least_songs = 1

    def __init__(self, file: FamiliesFile, vocabulary: tuple[str, ...] = ()) -> None:
        self.all = tuple(_family(order, table) for order, table in enumerate(file.family))
        self._by_id = {family.id: family for family in self.all}
        self._heads = _places(file, "heads")
        self._exact = _places(file, "exact")
        self._endings = _places(file, "endings")
        self._weak = _places(file, "weak")
        self._pop_from = {key_of(word): _Place(one.id) for one in file.family for word in one.pop_from}
        modifiers = (*file.modifiers.places, *file.modifiers.qualities)
        self._modifiers = frozenset(part for word in modifiers for part in key_of(word).split())
        self._known = {*map(key_of, vocabulary), *self._exact, *self._heads}
        self._dropped_names = frozenset(map(key_of, file.drop.whole_names()))
        self._dropped_words = frozenset(map(key_of, file.drop.words))
        names = (*modifiers, *vocabulary, *file.spellings())
        spelling = Spelling(names, file.aliases, prefixes=file.prefixes)
        self._spell = lru_cache(_CACHED_NAMES)(spelling.canonical)
        self._fold = lru_cache(_CACHED_NAMES)(self._place_of)
        self._judge = lru_cache(_CACHED_NAMES)(self._judge_spelled)

    @classmethod
    @cache
    def load(cls, folder: Path = FOLDER) -> Self:
        """Read families.toml and vocabulary.txt, once a process: checking them takes a tenth of a second.

        Raises:
            FamiliesFileError: a file is missing or not sound.
        """
        return cls(read_families(folder / "families.toml"), read_vocabulary(folder / "vocabulary.txt"))

    def get(self, family_id: str) -> Family:
        """The family of that id.

        Raises:
            NotFoundError: there is none.
        """
        try:
            return self._by_id[family_id]
        except KeyError:
            raise NotFoundError("There is no such family of genres.") from None

    def canonical(self, genre: str) -> str:
        """The spelling that every other spelling of a genre is counted under, in lower case."""
        return self._spell(genre)

    def family_of(self, genre: str) -> str:
        """The id of the family a genre belongs to; "other" when nothing fits."""
        return self._fold(self._spell(genre)).family

    def home_of(self, genre: str) -> str:
        """The id of the family a genre is weighed with, which is the one it belongs to."""
        return self.family_of(genre)

    def order_of(self, home: str) -> int:
        """A family's place in the fixed order."""
        return self._by_id[home].order

    def subfamily_of(self, genre: str) -> str | None:
        """The id of the visible part of its family a genre belongs to, if it has one."""
        return self._fold(self._spell(genre)).subfamily

    def is_genre(self, tag: str, artist_name: str = "") -> bool:
        """Whether a source's tag names a genre, and not a country, a decade, an opinion or the artist."""
        return self.judge(tag, artist_name) == "genre"

    def judge(self, tag: str, artist_name: str = "") -> Verdict:
        """Tell genres from noise that the families file names, and both from what it does not know."""
        is_artist = bool(artist_name) and _unarticled(tag) == _unarticled(artist_name)
        return "noise" if is_artist else self._judge(self._spell(tag))

    def _judge_spelled(self, spelled: str) -> Verdict:
        name = key_of(spelled)
        if name in self._dropped_names:
            return "noise"
        if name in self._known:
            return "genre"
        words = name.split()
        if len(words) > _LONGEST_NAME or self._is_note(words):
            return "noise"
        if self._fold(spelled).family != OTHER:
            return "genre"
        return "noise" if all(map(self._modifies, words)) else "unknown"

    def _is_note(self, words: list[str]) -> bool:
        """Whether a word that is no part of a known name ("jam band") marks an opinion or a note."""
        ends = range(len(words), 0, -1)
        names = (
            range(at, end) for end in ends for at in range(end) if " ".join(words[at:end]) in self._known
        )
        excused = {at for name in names for at in name}
        return any(word in self._dropped_words and at not in excused for at, word in enumerate(words))

    def _place_of(self, name: str) -> _Place:
        words = key_of(name).split()[-_READ_WORDS:]
        place = self._by_whole_name(words) or self._by_head(words)
        if place is not None and place.family == _POP:
            place = _last_phrase(words, self._pop_from) or place
        return place or _last_phrase(words, self._weak) or _NOWHERE

    def _by_whole_name(self, words: list[str]) -> _Place | None:
        """The place of the longest known name that only modifiers stand around."""
        first = next((at for at, word in enumerate(words) if not self._modifies(word)), 0)
        last = next((at for at in range(len(words), 0, -1) if not self._modifies(words[at - 1])), 0)
        for start in range(first + 1):
            for end in range(len(words), max(last, start + 1) - 1, -1):
                phrase = " ".join(words[start:end])
                if place := self._exact.get(phrase) or self._heads.get(phrase):
                    return place
        return None

    def _by_head(self, words: list[str]) -> _Place | None:
        for end in range(len(words), 0, -1):
            if place := _phrase_ending(words[:end], self._heads) or self._by_ending(words[end - 1]):
                return place
        return None

    def _by_ending(self, word: str) -> _Place | None:
        if self._modifies(word):
            return None
        stems = range(_SHORTEST_STEM, len(word))
        return next((place for stem in stems if (place := self._endings.get(word[stem:]))), None)

    def _modifies(self, word: str) -> bool:
        return word in self._modifiers or _YEARS.fullmatch(word) is not None


def _phrase_ending(words: list[str], places: Mapping[str, _Place]) -> _Place | None:
    """The place of the longest known phrase at the end of the words."""
    phrases = (" ".join(words[start:]) for start in range(len(words)))
    return next((places[phrase] for phrase in phrases if phrase in places), None)


def _last_phrase(words: list[str], places: Mapping[str, _Place]) -> _Place | None:
    """The place of the known phrase that ends last."""
    ends = range(len(words), 0, -1)
    return next((place for end in ends if (place := _phrase_ending(words[:end], places))), None)


def _places(file: FamiliesFile, kind: str) -> Mapping[str, _Place]:
    places: dict[str, _Place] = {}
    for family in file.family:
        for words in family.lists():
            place = _Place(family.id, None if words is family else words.id)
            places.update((key_of(word), place) for word in getattr(words, kind))
    return places


def _family(order: int, table: FamilyTable) -> Family:
    return Family(
        id=table.id,
        name=table.name,
        hue=table.hue,
        depth=table.depth,
        order=order,
        subfamilies=tuple(Subfamily(id=part.id, name=part.name) for part in table.subfamily),
    )


@lru_cache(_CACHED_NAMES)
def _unarticled(name: str) -> str:
    return key_of(name).removeprefix("the ")
