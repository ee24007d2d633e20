"""The shape of families.toml and vocabulary.txt, checked when they are read."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.genres.spelling import key_of

OwnHue = Literal[
    "rose", "red", "rust", "amber", "ochre", "moss", "teal", "cyan", "blue", "indigo", "violet", "plum"
]
Hue = Literal[OwnHue, "grey"]
OTHER = "other"
HIDDEN = "hidden"
"""What a person has hidden stands under this id; no family may have it."""


class FamiliesFileError(ValueError):
    """The families cannot be read; the message names the file and every fault found."""


def _written(word: str) -> str:
    if not key_of(word):
        raise ValueError(f"{word!r} holds no letter and no digit")
    return word


Word = Annotated[str, AfterValidator(_written)]
Words = tuple[Word, ...]
Slug = Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WordLists(_Table):
    """The words that lead to one family or subfamily."""

    id: Slug
    name: str
    heads: Words = ()
    exact: Words = ()
    endings: Words = ()
    weak: Words = ()


class FamilyTable(WordLists):
    """One family as it is written down."""

    hue: Hue
    depth: Literal[1, 2]
    pop_from: Words = ()
    subfamily: tuple[WordLists, ...] = ()

    def lists(self) -> tuple[WordLists, ...]:
        """The family's own words and those of its subfamilies."""
        return (self, *self.subfamily)


class Modifiers(_Table):
    """Words that never decide: places and people, and everything else."""

    places: Words
    qualities: Words


class Drop(_Table):
    """Tags that are no genres, whatever the fold makes of them.

    All but `words` hold whole names, sorted by what they are; `words` mark any tag that holds one of them.
    """

    peoples: Words = ()
    moods: Words = ()
    formats: Words = ()
    labels: Words = ()
    names: Words = ()
    words: Words

    def whole_names(self) -> tuple[str, ...]:
        """Every tag that is dropped as a whole."""
        return (*self.peoples, *self.moods, *self.formats, *self.labels, *self.names)


class FamiliesFile(_Table):
    """Everything in families.toml."""

    prefixes: Words = ()
    family: tuple[FamilyTable, ...]
    modifiers: Modifiers
    drop: Drop
    aliases: Mapping[Word, Word]

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        faults = [*self._id_faults(), *self._hue_faults(), *self._word_faults(), *self._alias_faults()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def lists(self) -> tuple[WordLists, ...]:
        """The word lists of all families and subfamilies."""
        return tuple(words for family in self.family for words in family.lists())

    def _id_faults(self) -> Iterator[str]:
        yield from _twice("id", ((words.id, words.id) for words in self.lists()))
        if any(words.id == HIDDEN for words in self.lists()):
            yield f'the id "{HIDDEN}" is taken'
        if not self.family or self.family[-1].id != OTHER:
            yield f'the last family must be "{OTHER}"'

    def _hue_faults(self) -> Iterator[str]:
        yield from _twice("hue and depth", ((f"{one.hue} {one.depth}", one.id) for one in self.family))
        hues = [one.hue for one in self.family]
        for hue in dict.fromkeys(hues):
            places = [place for place, other in enumerate(hues) if other == hue]
            if len(places) > 1 and places != [places[0], places[0] + 1]:
                yield f"families of the hue {hue} do not stand next to each other"
        if any((one.hue == "grey") != (one.id == OTHER) for one in self.family):
            yield f'grey is the hue of "{OTHER}" alone'

    def spellings(self) -> tuple[str, ...]:
        """Every word and phrase in the spelling that people read."""
        return tuple(word for one in self.lists() for word in (*one.heads, *one.exact, *one.weak))

    def _word_faults(self) -> Iterator[str]:
        for kind in ("heads", "exact", "endings", "weak"):
            places = ((key_of(word), words.id) for words in self.lists() for word in getattr(words, kind))
            yield from _twice(kind, places)
        yield from _twice(
            "pop_from", ((key_of(word), one.id) for one in self.family for word in one.pop_from)
        )
        heads = {key_of(word) for words in self.lists() for word in words.heads}
        for word in (*self.modifiers.places, *self.modifiers.qualities):
            if word.split() != [word]:
                yield f'the modifier "{word}" is more than one word'
            if key_of(word) in heads:
                yield f'"{word}" is both a head word and a modifier'

    def _alias_faults(self) -> Iterator[str]:
        known = set(map(key_of, self.spellings()))
        for alias, name in self.aliases.items():
            if key_of(alias) in known:
                yield f'"{alias}" is both a genre word and an alias'
            if key_of(alias) == key_of(name):
                yield f'the alias "{alias}" says nothing new'


def _twice(kind: str, places: Iterable[tuple[str, str]]) -> Iterator[str]:
    first: dict[str, str] = {}
    for word, family in places:
        if word in first:
            yield f'{kind}: "{word}" stands in {first[word]} and in {family}'
        first.setdefault(word, family)


def read_families(path: Path) -> FamiliesFile:
    """Read and check a families file.

    Raises:
        FamiliesFileError: it is missing, no text, no TOML, or not sound.
    """
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FamiliesFileError(f"{path.name}: {error}") from error
    try:
        return FamiliesFile.model_validate(written)
    except ValidationError as error:
        faults = (f"{_where(one['loc'], written)}: {one['msg']}" for one in error.errors())
        raise FamiliesFileError(f"{path.name}: {'; '.join(faults)}") from error


def _where(loc: tuple[int | str, ...], written: object) -> str:
    """The path to a fault, with tables by their id and words by themselves where they have one."""
    parts: list[str] = []
    for step in loc:
        written = _inside(written, step)
        named = written.get("id") if isinstance(written, dict) else written
        parts.append(named if isinstance(step, int) and isinstance(named, str) else str(step))
    return ".".join(parts) or "file"


def _inside(written: object, step: int | str) -> object:
    if isinstance(written, dict):
        return written.get(step)
    return written[step] if isinstance(written, list) and isinstance(step, int) else None


def read_vocabulary(path: Path) -> tuple[str, ...]:
    """Read the genre names in a vocabulary file, one a line; "#" starts a comment.

    Raises:
        FamiliesFileError: it is missing or no text.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FamiliesFileError(f"{path.name}: {error}") from error
    return tuple(name for line in lines if (name := line.partition("#")[0].strip()))
