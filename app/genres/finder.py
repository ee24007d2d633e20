"""The genres of one scan's artists, asked for while its songs are still being read."""

import asyncio
from collections.abc import Callable, Sequence

from app.clock import Clock
from app.genres.asking import Asking
from app.genres.book import Book
from app.genres.resolver import ArtistResolver
from app.genres.steps import Step
from app.genres.tally import Tally


class GenreFinder:
    """Asks several sources side by side about the artists of a tally."""

    def __init__(
        self,
        resolver: ArtistResolver,
        tally: Tally,
        clock: Clock,
        *,
        tell: Callable[[], None],
        also: Sequence[Step] = (),
        behind: Sequence[Step] | None = None,
    ) -> None:
        """Prepare a search.

        Args:
            resolver: who asks.
            tally: whose artists, and who learns.
            clock: for pauses.
            tell: called when something has become known.
            also: steps of this search alone, beside those in front.
            behind: ask these steps, also for what is stale; None are those in front, for what is not known.
        """
        self._book = Book(resolver, tally)
        self._tell = tell
        steps = (*also, *resolver.front) if behind is None else behind
        self._askings = [
            Asking(step, resolver, self._book, clock, refresh=behind is not None) for step in steps
        ]

    @property
    def failing(self) -> tuple[str, ...]:
        """The sources that did not answer the latest question, as people read them."""
        return tuple(asking.step.label for asking in self._askings if asking.failing)

    def left(self, *, failing: bool) -> dict[str, set[str]]:
        """Return whom sources are still to be asked about: those that fail, or those being asked."""
        return {
            asking.step.label: set(asking.left)
            for asking in self._askings
            if asking.left and (asking.failing if failing else not (asking.failing or asking.ended))
        }

    @property
    def learned(self) -> bool:
        """Whether anything has become known by asking."""
        return self._book.learned

    def more(self) -> None:
        """Say that songs have been added to the tally."""
        for asking in self._askings:
            asking.more()

    def all_songs(self) -> None:
        """Say that no songs will come any more."""
        for asking in self._askings:
            asking.more(whole=True)

    async def run(self) -> None:
        """Return when all songs are there and every artist is known or has to wait for another time."""
        tasks = [asyncio.create_task(self._run(asking)) for asking in self._askings]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, asking: Asking) -> None:
        others = [one for one in self._askings if one is not asking]

        def fed() -> bool:
            """Tell whether ids of Wikidata may come that MusicBrainz is to be asked for."""
            return asking.step.name == "musicbrainz" and not all(one.ended for one in others)

        def told() -> None:
            self._tell()

        try:
            await asking.run(fed=fed, tell=told)
        finally:
            for one in others:
                one.more()
