"""One step of a search: a batch of artists after the other, those with most songs first."""

import asyncio
from collections import Counter
from collections.abc import Callable
from itertools import islice

import structlog

from app.clock import Clock
from app.genres.book import Book
from app.genres.resolver import ArtistResolver
from app.genres.sources.protocol import AskedArtist
from app.genres.spelling import key_of
from app.genres.steps import LastFmStep, Step
from app.upstream.errors import UpstreamError

TRIES = 2
"""How often an artist is asked about whom the answers do not settle."""
FIRST_PATIENCE_S = 2.0
"""How long the second question may stay unfilled at most; every one after it twice as long."""
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 300.0

log = structlog.get_logger()


class Asking:
    """Asks one step about everybody it has something to be asked about.

    The first batch is whatever the first page of songs brings, so that something shows within seconds; later
    ones wait until they are full, or for as long as the step is patient.

    Attributes:
        step: whom it asks.
        left: whom it is still to be asked about, as far as is known.
        failing: whether the latest question got no answer.
        ended: whether it asks nothing more.
    """

    def __init__(
        self, step: Step, resolver: ArtistResolver, book: Book, clock: Clock, *, refresh: bool = False
    ) -> None:
        self.step = step
        self.failing = False
        self.ended = False
        self._resolver = resolver
        self._book = book
        self._clock = clock
        self._wanted = {"open", "stale"} if refresh else {"open"}
        self._more = asyncio.Event()
        self._whole = False
        self._seen = 0
        self.left: set[str] = set()
        self._named = 0
        self._namesakes: dict[str, dict[str, AskedArtist]] = {}
        self._elsewhere: set[str] = set()
        self._tries: Counter[str] = Counter()
        self._pause_s = FIRST_PAUSE_S
        self._paused_until = 0.0
        self._patient_until = 0.0
        self._patience_s = FIRST_PATIENCE_S

    def more(self, *, whole: bool = False) -> None:
        """Say that there may be more to ask about; `whole`, that only others' answers can bring more."""
        self._whole = self._whole or whole
        self._more.set()

    async def run(self, *, fed: Callable[[], bool], tell: Callable[[], None]) -> None:
        """Return when everybody is asked about or has to wait for another time.

        Args:
            fed: whether the answers of others may yet bring something to ask.
            tell: called when something has become known or fails.
        """
        while True:
            self._more.clear()
            await self._recall(tell)
            waiting = self._waiting()
            if batch := self._next_batch(waiting):
                answered = await self._ask(batch, tell)
                if self._whole and not answered:
                    break
            elif not self._whole or (not waiting and fed()):
                await self._rest(waiting)
            elif waiting:
                await self._resolver.settled(self.step, waiting[0])
            elif not self._more.is_set():
                break
        self.ended = True

    async def _recall(self, tell: Callable[[], None]) -> None:
        back = set(self._resolver.free(self.step, self._elsewhere))
        self._elsewhere -= back
        if await self._book.recall(back):
            tell()

    def _waiting(self) -> list[str]:
        """Return whom there is something to ask about; looks only at those that have changed."""
        now = self._clock.now().timestamp()
        for one in self._book.changes[self._seen :]:
            self.left.discard(one)
            if self.step.standing(self._book.describe(one), self._book.record(one), now) in self._wanted:
                self.left.add(one)
        self._seen = len(self._book.changes)
        self.left -= {one for one in self.left if self._tries[one] >= TRIES}
        return self._book.ranked(self.left)

    def _next_batch(self, waiting: list[str]) -> list[AskedArtist]:
        free = self._resolver.free(self.step, waiting)
        self._elsewhere.update(set(waiting).difference(free))
        now = self._clock.monotonic()
        full = len(free) >= self.step.batch or now >= self._patient_until
        if not free or not (self._whole or (full and now >= self._paused_until)):
            return []
        batch = [self._book.describe(one) for one in free[: self.step.batch]]
        return self._with_namesakes(batch) if isinstance(self.step, LastFmStep) else batch

    def _with_namesakes(self, batch: list[AskedArtist]) -> list[AskedArtist]:
        """Return a batch in which every name comes with everybody of that name, asked about or not."""
        for one in map(self._book.describe, self._book.changes[self._named :]):
            self._namesakes.setdefault(key_of(one.name), {})[one.id] = one
        self._named = len(self._book.changes)
        chosen: dict[str, AskedArtist] = {}
        for artist in batch:
            several = dict(islice(self._namesakes[key_of(artist.name)].items(), 2))  # one more is enough
            wider = chosen | {artist.id: artist} | several
            if len(wider) > self.step.batch:
                break
            chosen = wider
        return list(chosen.values())

    async def _ask(self, batch: list[AskedArtist], tell: Callable[[], None]) -> bool:
        try:
            await self._resolver.ask(self.step, batch)
        except UpstreamError as error:
            log.warning("genres.source_failed", source=self.step.name, error=error.code, artists=len(batch))
            self._pause(error.retry_after or 0.0)
            tell()
            return False
        else:
            self.failing = False
            self._pause_s = FIRST_PAUSE_S
            self._tries.update(one.id for one in batch)
            self._patient_until = self._clock.monotonic() + min(self._patience_s, self.step.patience_s)
            self._patience_s *= 2
            return True
        finally:
            if await self._book.recall([one.id for one in batch]):  # also what came before a failure
                tell()

    def _pause(self, at_least_s: float) -> None:
        self.failing = True
        self._paused_until = self._clock.monotonic() + max(self._pause_s, at_least_s)
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    async def _rest(self, waiting: list[str]) -> None:
        """Wait for more, or until the artists at hand may be asked about."""
        wakers: list[asyncio.Task[object]] = [asyncio.create_task(_until(self._more))]
        if waiting:
            due_s = max(self._patient_until, self._paused_until) - self._clock.monotonic()
            wakers.append(asyncio.create_task(_nap(self._clock, due_s if due_s > 0 else 2.0)))
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
