"""The genres of one scan's artists, asked for while its songs are still being read."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable

import structlog

from app.clock import Clock
from app.genres.models import ArtistGenres
from app.genres.resolver import BATCH, ArtistResolver
from app.genres.tally import Tally
from app.upstream.errors import UpstreamError

PATIENCE_S = 2.0
"""How long a batch may stay unfilled while there is nothing else to ask."""
TRIES = 2
"""How often an artist is asked about whom the answers do not settle."""
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 300.0

log = structlog.get_logger()


class GenreFinder:
    """Takes a hundred unknown artists at a time, those with most songs so far first.

    The first batch is whatever the first page of songs brings, so that something shows within seconds; later
    ones wait until they are full.

    Attributes:
        failing: whether the latest question got no answer.
    """

    def __init__(
        self, resolver: ArtistResolver, tally: Tally, clock: Clock, *, tell: Callable[[], None]
    ) -> None:
        self.failing = False
        self._resolver = resolver
        self._tally = tally
        self._clock = clock
        self._tell = tell
        self._more = asyncio.Event()
        self._all_songs = False
        self._recalled: set[str] = set()
        self._elsewhere: set[str] = set()
        self._tries: Counter[str] = Counter()
        self._pause_s = FIRST_PAUSE_S
        self._paused_until = 0.0
        self._patient_until = 0.0

    def more(self) -> None:
        """Say that songs have been added to the tally."""
        self._more.set()

    def all_songs(self) -> None:
        """Say that no songs will come any more."""
        self._all_songs = True
        self._more.set()

    async def run(self) -> None:
        """Return when all songs are there and every artist is known or has to wait for another time."""
        while True:
            self._more.clear()
            await self._recall()
            waiting = self._waiting()
            if batch := self._next_batch(waiting):
                answered = await self._ask(batch)
                if self._all_songs and not answered:
                    await self._recall()  # a part of the answer may have come
                    return
            elif not self._all_songs:
                await self._rest(waiting)
            elif waiting:
                await self._resolver.settled(waiting[0])
            elif not self._more.is_set():
                return

    async def _recall(self) -> None:
        """Look up in the shared cache whoever is new or was just asked about for somebody else."""
        back = set(self._resolver.free(self._elsewhere))
        self._elsewhere -= back
        self._recalled -= back
        new = [artist_id for artist_id in self._tally.unresolved() if artist_id not in self._recalled]
        known = await self._resolver.recall(new)
        self._recalled.update(new)
        self._learn(known.values())

    def _waiting(self) -> list[str]:
        return [
            artist_id
            for artist_id in self._tally.unresolved()
            if artist_id in self._recalled and self._tries[artist_id] < TRIES
        ]

    def _next_batch(self, waiting: list[str]) -> list[str]:
        free = self._resolver.free(waiting)
        self._elsewhere.update(set(waiting).difference(free))
        now = self._clock.monotonic()
        full = len(free) >= BATCH or now >= self._patient_until
        return free[:BATCH] if self._all_songs or (full and now >= self._paused_until) else []

    async def _ask(self, batch: list[str]) -> bool:
        try:
            known = await self._resolver.ask(batch)
        except UpstreamError as error:
            log.warning("genres.source_failed", error=error.code, artists=len(batch))
            self._recalled.difference_update(batch)
            self._pause(error.retry_after or 0.0)
            return False
        self.failing = False
        self._pause_s = FIRST_PAUSE_S
        self._tries.update(batch)
        self._patient_until = self._clock.monotonic() + PATIENCE_S
        self._learn(known.values())
        return True

    def _pause(self, at_least_s: float) -> None:
        self.failing = True
        self._paused_until = self._clock.monotonic() + max(self._pause_s, at_least_s)
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        self._tell()

    def _learn(self, known: Iterable[ArtistGenres]) -> None:
        if learned := tuple(known):
            self._tally.learn(learned)
            self._tell()

    async def _rest(self, waiting: list[str]) -> None:
        """Wait for songs, or until the artists at hand may be asked about."""
        wakers: list[asyncio.Task[object]] = [asyncio.create_task(_until(self._more))]
        if waiting:
            due_s = max(self._patient_until, self._paused_until) - self._clock.monotonic()
            wakers.append(asyncio.create_task(_nap(self._clock, due_s if due_s > 0 else PATIENCE_S)))
        try:
            await asyncio.wait(wakers, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waker in wakers:
                waker.cancel()


async def _until(event: asyncio.Event) -> object:
    return await event.wait()


async def _nap(clock: Clock, seconds: float) -> object:
    await clock.sleep(seconds)
    return None
