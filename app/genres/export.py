"""A library, or what is picked of it, as a file of songs with their genres and who says so."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from app.genres.filters import Listed
from app.genres.folding import Certainty
from app.genres.labels import Label, label_of
from app.genres.library import Library, Match, PlacedSong
from app.genres.links import Links
from app.genres.page_models import LONGEST_SELECTION, SelectionForm
from app.schemas import ApiModel

ExportFormat = Literal["csv", "json"]
MEDIA_TYPES: dict[ExportFormat, str] = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
A_PIECE = 200
"""Songs that are written before other tasks get their turn."""
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a cell begins with that spreadsheets reckon with, wide signs too: OWASP "CSV Injection", 2026."""

Items = Annotated[tuple[str, ...], Field(max_length=LONGEST_SELECTION)]


class ExportQuery(BaseModel):
    """What of a library is exported: without `include` all of it.

    Attributes:
        include: `family:<id>` and `genre:<name>`, or just a genre's name.
        exclude: the same, whose songs are left out.
        inferred: also songs whose place is inferred.
        unlisted: only songs that are in none of the person's playlists.
    """

    model_config = ConfigDict(frozen=True)

    include: Items = ()
    exclude: Items = ()
    match: Match = "any"
    inferred: bool = True
    unlisted: bool = False

    @classmethod
    def of(cls, form: SelectionForm) -> Self:
        """Return what exports the songs that the dock counts; all songs if nothing is picked."""
        left = tuple(item for item in form.select if item not in form.exclude)
        inferred = form.inferred or not left
        return cls(
            include=left, exclude=form.exclude, match=form.match, inferred=inferred, unlisted=form.unlisted
        )

    def songs(self, library: Library, listed: Listed) -> Sequence[PlacedSong]:
        """Return the songs, newest likes first; `listed` are those that are in a playlist."""
        if self.include:
            songs = library.select(self.include, match=self.match, exclude=self.exclude)
        else:
            out = {placed.song.key for placed in library.select(self.exclude)}
            songs = tuple(placed for placed in library.songs if placed.song.key not in out)
        out_of_it = listed.keys if self.unlisted else frozenset[str]()
        return [
            placed
            for placed in songs
            if (self.inferred or not placed.inferred) and placed.song.key not in out_of_it
        ]


class FileQuery(ExportQuery):
    """The same, and as what."""

    format: ExportFormat = "csv"


@dataclass(frozen=True, slots=True)
class ExportPage:
    """What is about to be exported: so many songs of these families and genres, or of all."""

    query: ExportQuery
    songs: int
    labels: tuple[Label, ...]
    without: tuple[Label, ...]


class ExportedSong(ApiModel):
    """A song of an export; what is not known is null.

    Attributes:
        family: what its family is called.
        genres: the lead genre first.
        sources: who speaks for the family.
    """

    title: str
    artists: tuple[str, ...]
    album: str
    year: int | None
    liked_at: datetime | None
    family: str | None
    lead_genre: str | None
    genres: tuple[str, ...]
    certainty: Certainty | None
    sources: tuple[str, ...]
    isrc: str | None
    uri: str
    url: str | None

    @classmethod
    def of(cls, placed: PlacedSong, library: Library, links: Links) -> Self:
        """Describe a song."""
        song, place = placed.song, placed.placement
        return cls(
            title=song.name,
            artists=tuple(artist.name for artist in song.artists),
            album=song.album.name,
            year=song.album.year,
            liked_at=song.added_at,
            family=library.fold.get(place.family).name if place.family else None,
            lead_genre=place.lead,
            genres=place.genres,
            certainty=place.certainty,
            sources=place.sources,
            isrc=song.isrc,
            uri=song.uri,
            url=links.track(song),
        )


def page_of(library: Library, query: ExportQuery, listed: Listed) -> ExportPage:
    """Return what an export would hold."""
    return ExportPage(
        query=query,
        songs=len(query.songs(library, listed)),
        labels=tuple(label_of(item, library.fold) for item in query.include),
        without=tuple(label_of(item, library.fold) for item in query.exclude),
    )


async def file_of(songs: Iterable[ExportedSong], file_format: ExportFormat) -> AsyncIterator[str]:
    """Yield a file piece by piece.

    As CSV it is RFC 4180 in UTF-8 after a byte order mark, without which spreadsheets take it for something
    else; several values of one cell have "; " between, and no cell is a formula. As JSON it is one list.
    """
    lines = _csv(songs) if file_format == "csv" else _json(songs)
    while piece := "".join(islice(lines, A_PIECE)):
        yield piece
        await asyncio.sleep(0)


def _csv(songs: Iterable[ExportedSong]) -> Iterator[str]:
    yield "\ufeff" + _row(ExportedSong.model_fields)
    for song in songs:
        yield _row(_cell(value) for _, value in song)


def _row(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    text = "; ".join(value) if isinstance(value, tuple) else str(value or "")
    return f"'{text}" if text.lstrip(" ").startswith(STARTS_FORMULA) else text


def _json(songs: Iterable[ExportedSong]) -> Iterator[str]:
    before = "["
    for song in songs:
        yield f"{before}\n{song.model_dump_json(by_alias=True)}"
        before = ","
    yield "\n]\n" if before == "," else "[]\n"
