"""Changing the entries of a source that are kept: chunks are written anew, never over one that is named."""

from collections.abc import AsyncIterator, Collection, Mapping

from app.genres.models import SourceIndex
from app.genres.repository import LibraryRepository
from app.genres.scanning.intake import Intake, counts_of, remarks_in, remarks_of
from app.genres.songs import CHUNK_ROWS, Entry, Pool, RowId, SongChunk
from app.spotify.paging import PAGE_LIMIT


class Stock:
    """The kept entries of one person's sources. Every method raises `KVError`."""

    def __init__(self, user_id: str, library: LibraryRepository) -> None:
        self._user_id = user_id
        self._library = library

    async def first(self, part: SourceIndex) -> list[Entry]:
        """Return the entries that a source begins with, of more than a page if it has as many.

        New entries begin a chunk of their own, so the first may be a small one.
        """
        entries = await self._entries(part, part.chunks[:1])
        return entries if len(entries) > PAGE_LIMIT else entries + await self._entries(part, part.chunks[1:2])

    async def read(self, part: SourceIndex) -> AsyncIterator[list[Entry]]:
        """Give the entries of a source, chunk by chunk."""
        pool = Pool()
        async for _, chunk in self._library.read_chunks(self._user_id, part):
            yield list(chunk.entries(pool))

    async def put(self, intake: Intake) -> None:
        """Make what was taken durable."""
        await self._library.put_chunks(self._user_id, intake.part.generation, intake.unsaved())
        intake.saved()

    async def rows(self, part: SourceIndex) -> list[RowId]:
        """Return what tells the entries of a source apart, in their order."""
        return [
            entry
            async for _, chunk in self._library.read_chunks(self._user_id, part)
            for entry in chunk.row_ids()
        ]

    async def without(self, part: SourceIndex, removed: Collection[RowId]) -> SourceIndex:
        """Return a source without some of its entries."""
        left = set(removed)
        put: dict[int, int | None] = {}
        remarks = remarks_in(part)
        next_chunk = part.next_chunk
        async for number, chunk in self._library.read_chunks(self._user_id, part):
            found = left.intersection(chunk.row_ids())
            if not found:
                continue
            left -= found
            entries = list(chunk.entries(Pool()))
            remarks.subtract(remarks_of(entry for entry in entries if entry.id in found))
            put[number] = None
            if kept := [entry for entry in entries if entry.id not in found]:
                await self._library.put_chunks(
                    self._user_id, part.generation, {next_chunk: SongChunk.of(kept)}
                )
                put[number], next_chunk = next_chunk, next_chunk + 1
            if not left:
                break
        return part.model_copy(
            update={
                "chunks": _replaced(part.chunks, put),
                "next_chunk": next_chunk,
                "rows": part.rows - len(removed) + len(left),
                "counts": counts_of(remarks),
            }
        )

    async def tidied(self, part: SourceIndex) -> SourceIndex:
        """Return a source with its first two chunks in one where they fit, so that small ones are few."""
        entries = await self._entries(part, part.chunks[:2])
        if len(part.chunks) < 2 or len(entries) > CHUNK_ROWS:  # noqa: PLR2004 - two
            return part
        number = part.next_chunk
        await self._library.put_chunks(self._user_id, part.generation, {number: SongChunk.of(entries)})
        return part.model_copy(update={"chunks": (number, *part.chunks[2:]), "next_chunk": number + 1})

    async def _entries(self, part: SourceIndex, chunks: tuple[int, ...]) -> list[Entry]:
        some = part.model_copy(update={"chunks": chunks})
        return [
            entry
            async for _, chunk in self._library.read_chunks(self._user_id, some)
            for entry in chunk.entries(Pool())
        ]


def _replaced(chunks: tuple[int, ...], put: Mapping[int, int | None]) -> tuple[int, ...]:
    new = (put.get(number, number) for number in chunks)
    return tuple(number for number in new if number is not None)
