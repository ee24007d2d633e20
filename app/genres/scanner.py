"""Reading Liked Songs page by page into chunks, so that it can go on wherever it was cut off."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.clock import Clock
from app.genres.drift import after_page
from app.genres.families import Families
from app.genres.intake import Intake
from app.genres.models import ScanCursor, Song
from app.genres.repository import LibraryRepository, ScansRepository
from app.genres.resolver import ArtistResolver
from app.kv.errors import KVError
from app.spotify.client import SpotifyClient
from app.spotify.errors import QuotaExceededError
from app.spotify.models import SavedTrack
from app.spotify.paging import Page
from app.upstream.errors import RateLimitedError, UnavailableError

PAGES_A_SAVE = 10
SECONDS_A_SAVE = 5.0
PAUSES_S = (30.0, 60.0, 120.0, 300.0)
"""How long it waits when Spotify does not answer, before it gives up."""
NAP_S = 60.0
"""Waits are slept in pieces, so that a clock that is set right does not lengthen them much."""

FetchPage = Callable[[int], Awaitable[Page[SavedTrack]]]

log = structlog.get_logger()


@dataclass(frozen=True)
class ScanTools:
    """What every scan works with."""

    spotify: SpotifyClient
    resolver: ArtistResolver
    library: LibraryRepository
    scans: ScansRepository
    families: Families
    clock: Clock


class Scanner:
    """Reads one person's Liked Songs.

    Attributes:
        cursor: how far it is; saved only after everything it speaks of is durable.
    """

    def __init__(
        self,
        user_id: str,
        cursor: ScanCursor,
        *,
        fetch: FetchPage,
        tools: ScanTools,
        on_songs: Callable[[tuple[Song, ...]], None],
        on_wait: Callable[[], None],
    ) -> None:
        self.cursor = cursor
        self._user_id = user_id
        self._fetch_page = fetch
        self._library = tools.library
        self._scans = tools.scans
        self._clock = tools.clock
        self._on_songs = on_songs
        self._on_wait = on_wait
        self._intake = Intake()
        self._pages_unsaved = 0
        self._saved_at: float | None = None

    async def restore(self) -> None:
        """Take up the songs that are kept already."""
        self._intake.restore(self.cursor.chunks, self.cursor.skipped)
        kept = self._library.read_songs(self._user_id, self.cursor.generation, self.cursor.chunks)
        async for songs in kept:
            self._intake.know(songs)
            self._on_songs(songs)

    async def read(self) -> None:
        """Read from the cursor to the end of the list, and then what was liked meanwhile.

        Raises:
            NeedsReconnectError: the person has to connect again.
            SpotifyError: Spotify refuses, or does not answer for several minutes.
            KVError: what was read could not be kept.
        """
        if self.cursor.resumes_at:
            await self._wait(self.cursor.resumes_at, self.cursor.problem or "")
        while self.cursor.total is None or self.cursor.offset < self.cursor.total:
            await self._read_page()
        await self._read_front()
        await self.save()

    async def save(self) -> None:
        """Make everything read so far durable, and then the cursor that says so."""
        await self._library.put_chunks(self._user_id, self.cursor.generation, self._intake.unsaved())
        self._intake.saved()
        self.change(
            songs=len(self._intake),
            chunks=tuple(self._intake.chunks),
            skipped=self._intake.skipped,
            saved_at=self._clock.now(),
        )
        await self._scans.put(self._user_id, self.cursor)

    def change(self, **fields: object) -> None:
        """Change fields of the cursor."""
        self.cursor = self.cursor.model_copy(update=fields)

    async def _read_page(self) -> None:
        page = await self._fetch(self.cursor.offset)
        step = after_page(self.cursor.offset, total=page.total, last_total=self.cursor.total)
        self.change(offset=step.offset, total=page.total)
        if step.keep:
            self._on_songs(self._intake.take(page))
        self._pages_unsaved += 1
        if self._save_is_due():
            await self._try_to_save()

    async def _try_to_save(self) -> None:
        self._pages_unsaved = 0
        try:
            await self.save()
        except KVError as error:  # the cursor stays behind what is durable, so nothing is lost by reading on
            log.warning("scan.unsaved", error=error.code)
        self._saved_at = self._clock.monotonic()

    async def _read_front(self) -> None:
        """Read the top of the list down to a song that is there: likes since the first page."""
        pages = [await self._fetch(0)]
        while not self._intake.knows_any(pages[-1]) and (offset := pages[-1].next_offset):
            pages.append(await self._fetch(offset))
        self._on_songs(self._intake.take_in_front(pages))

    async def _fetch(self, offset: int) -> Page[SavedTrack]:
        pauses = iter(PAUSES_S)
        while True:
            try:
                return await self._fetch_page(offset)
            except QuotaExceededError as error:
                await self._wait(error.resumes_at, self._pause_problem(error.resumes_at))
            except (RateLimitedError, UnavailableError) as error:
                if (pause_s := next(pauses, None)) is None:
                    raise
                until = self._clock.now() + timedelta(seconds=max(pause_s, error.retry_after or 0.0))
                await self._wait(until, f"{error.title}. {self._kept()}")

    async def _wait(self, until: datetime, problem: str) -> None:
        self.change(status="waiting", resumes_at=until, problem=problem)
        await self._try_to_save()
        self._on_wait()
        while (left_s := (until - self._clock.now()).total_seconds()) > 0:
            await self._clock.sleep(min(left_s, NAP_S))
        self.change(status="running", resumes_at=None, problem=None)
        self._on_wait()

    def _pause_problem(self, until: datetime) -> str:
        return f"Spotify asks us to pause until {until:%Y-%m-%d %H:%M} UTC. {self._kept()}"

    def _kept(self) -> str:
        read, total = self.cursor.offset, self.cursor.total
        kept = f"{min(read, total):,} of {total:,} songs are read and kept" if total else "Nothing is lost"
        return f"{kept}; it goes on by itself, also with this page closed."

    def _save_is_due(self) -> bool:
        waited_s = SECONDS_A_SAVE if self._saved_at is None else self._clock.monotonic() - self._saved_at
        return self._pages_unsaved >= PAGES_A_SAVE or waited_s >= SECONDS_A_SAVE
