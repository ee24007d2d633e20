"""One genre, many spellings: "Hip-Hop", "hip hop" and "hiphop" are the same name."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

_AND = re.compile(r"'n\b'?|&")
_ACCENTS = re.compile("[\u0300-\u036f]")
# Letters that are no base letter with an accent to Unicode, but to whoever has no key for them.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)
# Shorter words end in "s" by chance ("son", "beat", "rock").
_SHORTEST_PLURAL = 6
_APOSTROPHES = str.maketrans("\u2018\u2019\u00b4`", "''''")
# Spelling one phrase may complete another one beside it; names settle in two rounds, the rest is for safety.
_ROUNDS = 4


def words_of(text: str) -> list[str]:
    """The words of a name in lower case, accents kept, punctuation left out."""
    text = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).lower()
    text = _AND.sub(" and ", text).replace("'", "")
    return "".join(sign if _is_written(sign) else " " for sign in text).split()


def key_of(text: str) -> str:
    """What two spellings of one name have in common: words without case, accents and punctuation."""
    return " ".join(_key_of_word(word) for word in words_of(text))


def _is_written(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign).startswith("M")


def _key_of_word(word: str) -> str:
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", word))
    folded = unicodedata.normalize("NFC", bare).casefold().translate(_LETTERS)
    return "and" if bare == "n" else folded


def _plurals(key: str) -> tuple[str, ...]:
    """The English plurals of a name; none of short words and of what ends in "s" already."""
    if len(key) < _SHORTEST_PLURAL or key.endswith("s"):
        return ()
    if key.endswith("y"):
        return (key[:-1] + "ies", key + "s")
    return (key + "es",) if key.endswith(("ch", "sh", "x", "z")) else (key + "s",)


class Spelling:
    """Writes names the way people read them.

    Args:
        names: genre words and phrases in their best spelling.
        aliases: other spellings of words and phrases, each with the best one.
        prefixes: words written with a hyphen before what follows.
    """

    def __init__(
        self, names: Iterable[str], aliases: Mapping[str, str], *, prefixes: Iterable[str] = ()
    ) -> None:
        self._prefixes = frozenset(map(key_of, prefixes))
        self._names = {key_of(name): name for name in names}
        self._phrases = {
            **{plural: name for key, name in self._names.items() for plural in _plurals(key)},
            **self._names,
            **{key_of(alias): name for alias, name in aliases.items()},
        }
        self._longest = max((len(phrase.split()) for phrase in self._phrases), default=1)

    def canonical(self, text: str) -> str:
        """The best spelling of any text; empty when it holds no letter and no digit."""
        name = " ".join(words_of(text))
        for _ in range(_ROUNDS):
            words = words_of(name)
            spelled = self._spell(words, [_key_of_word(word) for word in words])
            if spelled == name:
                break
            name = spelled
        return name

    def _spell(self, words: list[str], keys: list[str]) -> str:
        """Replace known phrases, leftmost and longest first, and drop "music" after a known name."""
        *before, last = keys or [""]
        if last == "music" and " ".join(keys) not in self._phrases and " ".join(before) in self._names:
            words, keys = words[:-1], before
        spelled: list[str] = []
        start = 0
        while start < len(words):
            end = self._end_of_phrase(keys, start)
            word = self._phrases.get(" ".join(keys[start:end]), words[start])
            joint = "-" if key_of(word) in self._prefixes and end < len(words) else " "
            spelled.append(word + joint)
            start = end
        return "".join(spelled).rstrip()

    def _end_of_phrase(self, keys: list[str], start: int) -> int:
        for end in range(min(len(keys), start + self._longest), start, -1):
            if " ".join(keys[start:end]) in self._phrases:
                return end
        return start + 1
