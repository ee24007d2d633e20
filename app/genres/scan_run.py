"""One scan from start to end: songs are read and genres found side by side."""

import asyncio
import secrets
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

from app.clock import Clock
from app.errors import AppError
from app.genres.finder import GenreFinder
from app.genres.models import LibraryIndex, ScanCursor, ScanStatus, Song
from app.genres.pace import Pace
from app.genres.scanner import Scanner, ScanTools
from app.genres.schemas import ScanFamilies, ScanFamily, ScanOut
from app.genres.tally import Tally
from app.genres.telling import Teller
from app.jobs.progress import Channel
from app.kv.errors import KVError, UserGoneError
from app.spotify.client import TokenSource
from app.spotify.models import SavedTrack
from app.spotify.paging import Page

SAME_SCAN = timedelta(hours=1)
"""How long a scan that ended after its last song is still gone on with; then there may be new likes."""


class ScanRun:
    """One person's scan while it runs or waits.

    Attributes:
        stopping: set when the person says stop, before the job is cancelled; unset when the process ends.
        lease: keeps others from scanning for the person; given back when the job ends.
        tally: the families so far.
    """

    def __init__(self, user_id: str, tokens: TokenSource, *, tools: ScanTools, channel: Channel) -> None:
        self.stopping = False
        self.lease = AsyncExitStack()
        self.tally = Tally(tools.families)
        self._user_id = user_id
        self._tokens = tokens
        self._tools = tools
        self._pace = Pace(tools.clock)
        self._teller = Teller(channel, tools.clock, progress=self.progress, families=self.families)
        self._finder = GenreFinder(tools.resolver, self.tally, tools.clock, tell=self._teller.tell)
        self._scanner = self._build_scanner(new_cursor(tools.clock))

    @property
    def cursor(self) -> ScanCursor:
        """How far the scan is."""
        return self._scanner.cursor

    def progress(self) -> ScanOut:
        """Return how far the scan is, for people."""
        cursor = self.cursor
        return progress_of(cursor).model_copy(
            update={
                "artists_resolved": self.tally.resolved,
                "artists_total": self.tally.artists,
                "genres_found": self.tally.genres,
                "eta_seconds": self._eta_s(),
                "problems": tuple(dict.fromkeys(filter(None, (cursor.problem, self._source_problem())))),
            }
        )

    def families(self) -> ScanFamilies:
        """Return how many songs each family has so far."""
        return ScanFamilies(
            families=tuple(
                ScanFamily(
                    id=family.id,
                    name=family.name,
                    hue=family.hue,
                    depth=family.depth,
                    count=self.tally.count(family.id),
                )
                for family in self._tools.families.all
            ),
            without_genre=self.tally.without_genre,
        )

    async def run(self, *, refresh: bool) -> None:
        """Scan from where the last scan stopped, or from the start, until the end or until cancelled.

        Args:
            refresh: begin at the start even if there is a scan to go on with.

        Raises:
            AppError: it failed; the cursor says so too, and what was read is kept.
        """
        await self._begin(refresh=refresh)
        try:
            await self._work()
            await self._end("completed", self._source_problem())
        except asyncio.CancelledError:
            with suppress(KVError, UserGoneError):  # the last cursor that could be saved will do
                await (self._end("cancelled") if self.stopping else self._scanner.save())
            raise
        except AppError as error:
            await self._end("failed", f"{error.detail or error.title} {self._kept()}")
            raise
        except Exception:
            await self._end("failed", f"Something went wrong on our side. {self._kept()}")
            raise

    async def _begin(self, *, refresh: bool) -> None:
        last = await self._tools.scans.find(self._user_id)
        if last and not refresh and goes_on(last, self._tools.clock):
            self._scanner = self._build_scanner(_going_on(last))
            await self._scanner.restore()
        elif last and last.phase == "songs":
            await self._tools.library.drop_chunks(self._user_id, last.generation, last.chunks)
        self._pace.restart(rows=self.cursor.offset, resolved=self.tally.resolved)
        self._teller.tell(at_once=True)

    async def _work(self) -> None:
        finding = asyncio.create_task(self._finder.run())
        try:
            if self.cursor.phase == "songs":
                await self._scanner.read()
                await self._put_library()
            self._finder.all_songs()
            await finding
        finally:
            finding.cancel()
            await asyncio.gather(finding, return_exceptions=True)

    async def _put_library(self) -> None:
        """Let the new library take the place of the old one: all songs are there, genres may follow."""
        cursor, now = self.cursor, self._tools.clock.now()
        index = LibraryIndex(
            generation=cursor.generation,
            chunks=cursor.chunks,
            songs=cursor.songs,
            skipped=cursor.skipped,
            scanned_at=now,
            stored_at=now,
            waiting=len(self.tally.unresolved()),
        )
        await self._tools.library.replace(self._user_id, index)
        self._scanner.change(phase="artists")
        await self._scanner.save()
        self._teller.tell(at_once=True)

    async def _end(self, status: ScanStatus, problem: str | None = None) -> None:
        """Tell how it ended, and keep that and everything read so far."""
        songs_read = self.cursor.phase != "songs"
        self._scanner.change(
            status=status,
            phase="done" if status == "completed" else self.cursor.phase,
            problem=problem,
            artists_resolved=self.tally.resolved,
            artists_total=self.tally.artists,
            genres_found=self.tally.genres,
        )
        try:
            if songs_read:
                waiting = len(self.tally.unresolved())
                await self._tools.library.revise(self._user_id, self.cursor.generation, waiting=waiting)
            await self._scanner.save()
        finally:
            self._teller.tell_end()

    def _build_scanner(self, cursor: ScanCursor) -> Scanner:
        return Scanner(
            self._user_id,
            cursor,
            fetch=self._fetch,
            tools=self._tools,
            on_songs=self._on_songs,
            on_wait=self._on_wait,
        )

    async def _fetch(self, offset: int) -> Page[SavedTrack]:
        return await self._tools.spotify.saved_tracks(self._tokens, offset=offset)

    def _on_songs(self, songs: tuple[Song, ...]) -> None:
        self.tally.add(songs)
        self._pace.page(rows=len(songs), artists=self.tally.artists)
        self._finder.more()
        self._teller.tell()

    def _on_wait(self) -> None:
        self._pace.restart(rows=self.cursor.offset, resolved=self.tally.resolved)
        self._teller.tell(at_once=True)

    def _eta_s(self) -> int | None:
        if self.cursor.status != "running":
            return None
        total = self.cursor.total or 0
        return self._pace.eta_s(
            rows=min(self.cursor.offset, total), total=total, resolved=self.tally.resolved
        )

    def _source_problem(self) -> str | None:
        if not self._finder.failing:
            return None
        waiting = len(self.tally.unresolved())
        return f"MusicBrainz does not answer. {waiting:,} artists wait; they are filled in later."

    def _kept(self) -> str:
        songs = self.tally.songs
        return f"{songs:,} songs are read and kept." if songs else "Nothing of yours was changed."


def new_cursor(clock: Clock) -> ScanCursor:
    """Begin a scan under a generation of its own."""
    now = clock.now()
    return ScanCursor(generation=secrets.token_hex(8), status="running", started_at=now, saved_at=now)


def goes_on(cursor: ScanCursor, clock: Clock) -> bool:
    """Whether scanning again means to go on with this scan."""
    if cursor.phase == "songs" or cursor.status in {"running", "waiting"}:
        return True
    return cursor.phase == "artists" and clock.now() - cursor.saved_at < SAME_SCAN


def progress_of(cursor: ScanCursor) -> ScanOut:
    """Return how far a scan was when it was saved."""
    total = cursor.total or 0
    return ScanOut(
        status=cursor.status,
        phase=cursor.phase,
        scanned=min(cursor.offset, total),
        total=total,
        artists_resolved=cursor.artists_resolved,
        artists_total=cursor.artists_total,
        genres_found=cursor.genres_found,
        resumes_at=cursor.resumes_at if cursor.status == "waiting" else None,
        problems=(cursor.problem,) if cursor.problem else (),
        started_at=cursor.started_at,
    )


def _going_on(last: ScanCursor) -> ScanCursor:
    """Take up a scan; one that has to wait yet goes on waiting."""
    if last.resumes_at:
        return last.model_copy(update={"status": "waiting"})
    return last.model_copy(update={"status": "running", "problem": None})
