"""One scan from start to end: songs are read and genres found side by side."""

import asyncio
import secrets
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

from app.clock import Clock
from app.errors import AppError
from app.genres.finder import GenreFinder
from app.genres.models import ScanCursor, ScanStatus, WantedSource
from app.genres.scan_schemas import ScanFamilies, ScanFamily, ScanOut
from app.genres.scanning.journal import Journal
from app.genres.scanning.pace import Pace
from app.genres.scanning.patience import Patience
from app.genres.scanning.reading import LibraryReader
from app.genres.scanning.report import report_of
from app.genres.scanning.telling import Teller
from app.genres.scanning.tools import ScanTools
from app.genres.songs import Song
from app.genres.sources.spotify import SpotifyGenres
from app.genres.steps import SPOTIFY, SpotifyStep
from app.genres.tally import Tally
from app.jobs.progress import Channel
from app.kv.errors import KVError, UserGoneError
from app.spotify.client import TokenSource

SAME_SCAN = timedelta(hours=1)
"""How long a scan that ended after its last song is still gone on with; then there may be new likes."""


class ScanRun:
    """One person's scan while it runs or waits.

    Attributes:
        stopping: set when the person says stop, before the job is cancelled; unset when the process ends.
        lease: keeps others from scanning for the person; given back when the job ends.
        tally: the families so far.
    """

    def __init__(
        self, user_id: str, cursor: ScanCursor, *, tokens: TokenSource, tools: ScanTools, channel: Channel
    ) -> None:
        self.stopping = False
        self.lease = AsyncExitStack()
        self.tally = Tally(tools.families)
        self._user_id = user_id
        self._tools = tools
        self._keys: set[str] = set()
        self._pace = Pace(tools.clock)
        self._teller = Teller(channel, tools.clock, progress=self.progress, families=self.families)
        spotify = (
            [SpotifyStep(SpotifyGenres(tools.spotify, tokens))] if SPOTIFY in tools.genre_sources else []
        )
        self._finder = GenreFinder(
            tools.resolver, self.tally, tools.clock, tell=self._teller.tell, also=spotify
        )
        self._journal = Journal(user_id, cursor, tools)
        self._patience = Patience(self._journal, tools.clock, kept=self._waiting_kept, on_wait=self._on_wait)
        self._reader = LibraryReader(
            self._journal, tokens, tools=tools, patience=self._patience, on_songs=self._on_songs
        )

    @property
    def cursor(self) -> ScanCursor:
        """How far the scan is."""
        return self._journal.cursor

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
                for family in self.tally.fold.all
            ),
            without_genre=self.tally.without_genre,
        )

    async def run(self, *, resumed: bool) -> None:
        """Scan until the end or until cancelled; `resumed` says that an earlier run was cut off.

        Raises:
            AppError: it failed; the cursor says so too, and what was read is kept.
        """
        try:
            await self._begin(resumed=resumed)
            await self._work()
            await self._end("completed", self._source_problem())
        except asyncio.CancelledError:
            with suppress(KVError, UserGoneError):  # the last cursor that could be saved will do
                await (self._end("cancelled") if self.stopping else self._journal.save())
            raise
        except AppError as error:
            await self._end("failed", f"{error.detail or error.title} {self._kept()}")
            raise
        except Exception:
            await self._end("failed", f"Something went wrong on our side. {self._kept()}")
            raise

    async def _begin(self, *, resumed: bool) -> None:
        index = await self._tools.library.find_index(self._user_id)
        self.tally.follow(await self._tools.personal.find(self._user_id, index))
        if resumed:
            await self._reader.restore()
        self._pace.restart(rows=rows_of(self.cursor)[0], resolved=self.tally.resolved)
        self._teller.tell(at_once=True)
        await self._patience.go_on()

    async def _work(self) -> None:
        finding = asyncio.create_task(self._finder.run())
        try:
            if self.cursor.phase == "songs":
                await self._reader.read()
                await self._reader.commit(waiting=len(self.tally.unresolved()))
                self._keys.clear()
                self._journal.change(phase="artists")
                if self.tally.songs:
                    await self._journal.save()
                self._teller.tell(at_once=True)
            self._finder.all_songs()
            await finding
        finally:
            finding.cancel()
            await asyncio.gather(finding, return_exceptions=True)

    async def _end(self, status: ScanStatus, problem: str | None = None) -> None:
        """Tell how it ended, and keep that and everything read so far."""
        songs_read = self.cursor.phase != "songs"
        self._journal.change(
            status=status,
            phase="done" if status == "completed" else self.cursor.phase,
            problem=problem,
            artists_resolved=self.tally.resolved,
            artists_total=self.tally.artists,
            genres_found=self.tally.genres,
            new_without_genre=self.tally.without_genre,
        )
        try:
            await self._tools.resolver.save()
            if songs_read and self.tally.songs:
                waiting = len(self.tally.unresolved())
                await self._tools.library.revise(self._user_id, self.cursor.scan, waiting=waiting)
            await self._journal.save()
        finally:
            self._teller.tell_end()

    def _on_songs(self, songs: tuple[Song, ...]) -> None:
        new = tuple(song for song in songs if song.key not in self._keys)
        self._keys.update(song.key for song in new)
        self.tally.add(new)
        self._pace.page(rows=len(songs), artists=self.tally.artists)
        self._finder.more()
        self._teller.tell()

    def _on_wait(self) -> None:
        self._pace.restart(rows=rows_of(self.cursor)[0], resolved=self.tally.resolved)
        self._teller.tell(at_once=True)

    def _eta_s(self) -> int | None:
        if self.cursor.status != "running":
            return None
        rows, total = rows_of(self.cursor)
        return self._pace.eta_s(rows=rows, total=total, resolved=self.tally.resolved)

    def _source_problem(self) -> str | None:
        if not self._finder.failing:
            return None
        waiting = len(self.tally.unresolved())
        names = " and ".join(self._finder.failing)
        verb = "does" if len(self._finder.failing) == 1 else "do"
        return f"{names} {verb} not answer. {waiting:,} artists wait; they are filled in later."

    def _kept(self) -> str:
        songs = self.tally.songs
        return f"{songs:,} songs are read and kept." if songs else "Nothing of yours was changed."

    def _waiting_kept(self) -> str:
        read, total = rows_of(self.cursor)
        kept = f"{read:,} of {total:,} songs are read and kept" if total else "Nothing is lost"
        return f"{kept}; it goes on by itself, also with this page closed."


def new_cursor(clock: Clock, wanted: tuple[WantedSource, ...], *, refresh: bool) -> ScanCursor:
    """Begin a scan."""
    now = clock.now()
    return ScanCursor(
        scan=secrets.token_hex(8),
        status="running",
        wanted=wanted,
        refresh=refresh,
        started_at=now,
        saved_at=now,
    )


def goes_on(cursor: ScanCursor, clock: Clock) -> bool:
    """Whether scanning the same again means to go on with this scan."""
    if cursor.phase == "songs" or cursor.status in {"running", "waiting"}:
        return True
    return cursor.phase == "artists" and clock.now() - cursor.saved_at < SAME_SCAN


def going_on(last: ScanCursor) -> ScanCursor:
    """Take up a scan; one that has to wait yet goes on waiting."""
    if last.resumes_at:
        return last.model_copy(update={"status": "waiting"})
    return last.model_copy(update={"status": "running", "problem": None})


def rows_of(cursor: ScanCursor) -> tuple[int, int]:
    """Return how many entries are read, and how many there are in all, as far as is known."""
    read = sum(part.total for part in cursor.done)
    total = read + sum(one.expected for one in cursor.wanted if one.source not in cursor.settled)
    if reading := cursor.reading:
        expected = next((one.expected for one in cursor.wanted if one.source == reading.part.source), 0)
        length = expected if reading.total is None else reading.total
        read += min(reading.offset, length)
        total += length - expected
    return read, total


def progress_of(cursor: ScanCursor) -> ScanOut:
    """Return how far a scan was when it was saved."""
    read, total = rows_of(cursor)
    return ScanOut(
        status=cursor.status,
        phase=cursor.phase,
        scanned=read,
        total=total,
        artists_resolved=cursor.artists_resolved,
        artists_total=cursor.artists_total,
        genres_found=cursor.genres_found,
        resumes_at=cursor.resumes_at if cursor.status == "waiting" else None,
        problems=(cursor.problem,) if cursor.problem else (),
        started_at=cursor.started_at,
        sources=tuple(one.source for one in cursor.wanted),
        report=report_of(cursor),
    )
