"""Ids that hold a number: in the form of Spotify and MusicBrainz, and read back without a table."""

import hashlib
import uuid
from functools import lru_cache
from typing import Literal, NamedTuple

from app.demo.people import BASE62, ID_LENGTH, is_id

Kind = Literal["track", "artist", "album"]
KINDS: tuple[Kind, ...] = ("track", "artist", "album")

_MODULUS = 2**128
# Odd factors, so that multiplying can be undone; what they are does not matter.
_ID_FACTOR = 0x9E3779B97F4A7C15F39CC0605CEDC835
_MBID_FACTOR = 0xD1B54A32D192ED03ABC98388FB8FAC03
_ID_BACK = pow(_ID_FACTOR, -1, _MODULUS)
_MBID_BACK = pow(_MBID_FACTOR, -1, _MODULUS)
_DIGITS = {digit: value for value, digit in enumerate(BASE62)}


class Ref(NamedTuple):
    """What an id of generated music stands for: number `number` of its kind in the library of `seed`."""

    kind: Kind
    seed: int
    number: int

    @property
    def id(self) -> str:
        """Return 22 base62 characters, as Spotify's ids have."""
        rest, letters = self._packed() * _ID_FACTOR % _MODULUS, []
        for _ in range(ID_LENGTH):
            rest, digit = divmod(rest, len(BASE62))
            letters.append(BASE62[digit])
        return "".join(letters)

    @property
    def mbid(self) -> str:
        """Return a MusicBrainz id."""
        return str(uuid.UUID(int=self._packed() * _MBID_FACTOR % _MODULUS))

    def _packed(self) -> int:
        return KINDS.index(self.kind) << 64 | self.seed << 32 | self.number


@lru_cache(4096)
def ref_of_id(text: str) -> Ref | None:
    """Return what an id stands for, or None when it is of no generated music."""
    if not is_id(text):
        return None
    value = 0
    for letter in reversed(text):
        value = value * len(BASE62) + _DIGITS[letter]
    return _unpacked(value * _ID_BACK % _MODULUS) if value < _MODULUS else None


def ref_of_mbid(text: str) -> Ref | None:
    """Return what a MusicBrainz id stands for, or None when it is of no generated music."""
    return _unpacked(uuid.UUID(text).int * _MBID_BACK % _MODULUS)


def _unpacked(value: int) -> Ref | None:
    kind, seed, number = value >> 64, value >> 32 & 0xFFFFFFFF, value & 0xFFFFFFFF
    return Ref(KINDS[kind], seed, number) if kind < len(KINDS) else None


class Dice:
    """Choices that depend on nothing but `seed`, about a hundred bits of them."""

    def __init__(self, seed: str) -> None:
        self._left = int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=24).digest())

    def below(self, end: int) -> int:
        """Return a number from 0 to `end` - 1."""
        self._left, chosen = divmod(self._left, end)
        return chosen

    def happens(self, share: float) -> bool:
        """Return True in that share of all cases."""
        return self.below(1000) < share * 1000
