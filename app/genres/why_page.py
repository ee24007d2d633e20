"""What the page says of why a song is in a genre."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.genres.families import Family
from app.genres.library import GenreCount
from app.genres.links import Links
from app.genres.page_models import SongRow
from app.genres.provenance import Reason, Why
from app.genres.sources.names import SOURCE_NAMES


class WhyQuery(BaseModel):
    """Which song, and which of its genres; without one its lead genre."""

    model_config = ConfigDict(frozen=True)

    song: str = Field(min_length=1, max_length=1000)
    genre: str | None = Field(default=None, max_length=200)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of one artist, or of the song itself when that is None.

    Attributes:
        name: of the source; empty for `you` and `neighbours`.
        url: the artist's page at the source.
        words: each with its votes; of neighbours their names, with the songs that are shared.
    """

    source: str
    name: str
    artist: str | None
    url: str | None
    words: tuple[tuple[str, int], ...]
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class InPlaylists:
    """In which of the listener's own playlists a song is.

    Attributes:
        playlists: names and addresses at Spotify.
        unread: playlists of which it is not known what is in them; None while nobody asked which there are.
    """

    playlists: tuple[tuple[str, str], ...]
    unread: int | None


@dataclass(frozen=True, slots=True)
class WhyPage:
    """Why a song is in a genre.

    Attributes:
        answers: by artist in the order of the song, then by source.
        merged: words that are other spellings of the genre.
        decisive: the first artist, if the song would stand elsewhere did they not count double.
        listed: where else it is, for whoever knows playlists to fill in.
    """

    song: SongRow
    genre: str
    family: str
    family_name: str
    hue: str
    depth: int
    answers: tuple[Answer, ...]
    merged: tuple[str, ...]
    decisive: str | None
    listed: InPlaylists | None = None


def why_page(song: SongRow, genre: GenreCount, why: Why, *, family: Family, links: Links) -> WhyPage:
    """Make the page of why a song has a genre."""
    return WhyPage(
        song=song,
        genre=genre.name,
        family=family.id,
        family_name=family.name,
        hue=family.hue,
        depth=family.depth,
        answers=_answers(why.reasons, links),
        merged=tuple(dict.fromkeys(one.word for one in why.reasons if one.word.lower() != genre.name)),
        decisive=song.artists[0] if why.first_decides else None,
    )


def _answers(reasons: Iterable[Reason], links: Links) -> tuple[Answer, ...]:
    """Gather what each source said of each artist."""
    said: defaultdict[tuple[str | None, str], list[Reason]] = defaultdict(list)
    for reason in reasons:
        said[reason.artist, reason.source].append(reason)
    return tuple(
        Answer(
            source=source,
            name=SOURCE_NAMES.get(source, ""),
            artist=artist,
            url=links.at_source(source, name=artist or "", mbid=parts[0].mbid),
            words=tuple((part.neighbour or part.word, part.votes) for part in parts),
            asked_at=parts[0].asked_at,
        )
        for (artist, source), parts in said.items()
    )
