"""Song and album titles made of the word lists in `titles/*.toml`."""

import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from random import Random
from typing import Any

_SLOT = re.compile(r"\{(?:(?P<article>an|An) )?(?P<words>\w+)\}")
_DRAWS = 60
_SHARE_WITH_ENDING = 0.05


class Deck:
    """Items in a shuffled order; all are drawn once before any comes again."""

    def __init__(self, items: Sequence[str], rng: Random) -> None:
        self._items = tuple(items)
        self._rng = rng
        self._left: list[str] = []

    def draw(self) -> str:
        """Return the next item."""
        if not self._left:
            self._left = list(self._items)
            self._rng.shuffle(self._left)
        return self._left.pop()


class TitleBook:
    """One word list: patterns for songs and albums, and the words for their slots.

    A slot is written `{colour}`, or `{an animal}` where English wants "a" or "an" before the word.

    Attributes:
        countries: where its recordings are registered, two letters each.
        title_tracks: whether albums may be named after one of their songs.
    """

    def __init__(self, name: str) -> None:
        data = _read(name)
        rng = Random(f"titles {name}")
        self.countries: tuple[str, ...] = tuple(data.get("countries", ("US", "GB")))
        self.title_tracks: bool = data.get("title_tracks", True)
        self._rng = rng
        self._songs = Deck(data["songs"], rng)
        self._albums = Deck(data["albums"], rng)
        self._endings: tuple[str, ...] = tuple(data.get("endings", ()))
        self._words: dict[str, Deck] = {
            slot: Deck(words, rng) for slot, words in data.get("words", {}).items()
        }
        self._taken: set[str] = set()

    def song(self) -> str:
        """Return a song's title, a new one as long as the patterns yield any."""
        return self._new(self._songs)

    def album(self) -> str:
        """Return an album's title, a new one as long as the patterns yield any."""
        return self._new(self._albums)

    def ending(self) -> str:
        """Return what a few songs carry behind their title, such as " - Live"; mostly nothing."""
        if self._endings and self._rng.random() < _SHARE_WITH_ENDING:
            return self._rng.choice(self._endings)
        return ""

    def _new(self, patterns: Deck) -> str:
        title = ""
        for _ in range(_DRAWS):
            title = _SLOT.sub(self._word, patterns.draw())
            title = title[0].upper() + title[1:]
            if title not in self._taken:
                break
        self._taken.add(title)
        return title

    def _word(self, slot: re.Match[str]) -> str:
        word = self._words[slot["words"]].draw()
        if slot["article"] is None:
            return word
        article = slot["article"] if word[0] in "AEIOU" else slot["article"][0]
        return f"{article} {word}"


def _read(name: str) -> dict[str, Any]:
    path = files(__package__) / "titles" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
