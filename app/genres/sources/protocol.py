"""What the resolver and the genre sources say to each other."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.genres.artist_models import Tag

T = TypeVar("T")

MBID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
"""An id of MusicBrainz."""


@dataclass(frozen=True, slots=True)
class AskedArtist:
    """An artist that a source is asked about, with all that a source may know it by.

    Attributes:
        id: Spotify's id.
        name: as Spotify writes it; for sources that match by name.
        mbid: MusicBrainz' id, where it is known.
        isrcs: codes of recordings that the artist is on, the most telling first.
    """

    id: str
    name: str = ""
    mbid: str | None = None
    isrcs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a source said about an artist.

    Attributes:
        tags: its genre words, raw; empty means that the source was asked and knows none, None that this
            source was not asked for genres.
        mbid: MusicBrainz' id, where the source named exactly one.
    """

    tags: tuple[Tag, ...] | None = None
    mbid: str | None = None


class GenreSource(Protocol):
    """One way to find out about artists.

    Attributes:
        name: one word, kept with every tag; `GENRE_SOURCES` and pages use the same.
        batch: how many artists one question may name.
    """

    @property
    def name(self) -> str:
        """One word for the source."""
        ...

    @property
    def batch(self) -> int:
        """Artists of one question at most."""
        ...

    async def ask(self, artists: Sequence[AskedArtist]) -> Mapping[str, Finding]:
        """Ask about artists, at most `batch`.

        Pace, retries and the breaker are the source's own affair; a caller asks one question after another.

        Returns:
            Findings by Spotify's artist id, for those artists alone that the answer could have named. Nothing
            follows for the others: not that the source knows none.

        Raises:
            UpstreamError: the source gave no usable answer about anybody; `retry_after`, where it is known,
                says when to ask again.
            ValueError: more than `batch` artists.
        """
        ...


def checked(asked: Sequence[T], most: int) -> Sequence[T]:
    """Return what is asked about.

    Raises:
        ValueError: more of them than one question takes.
    """
    if len(asked) > most:
        raise ValueError(f"{len(asked)} in one question; it takes {most}")
    return asked


def once_each(tags: Iterable[Tag]) -> tuple[Tag, ...]:
    """Return tags without those whose word came before, ignoring case."""
    by_word: dict[str, Tag] = {}
    for tag in tags:
        by_word.setdefault(tag.name.casefold(), tag)
    return tuple(by_word.values())
