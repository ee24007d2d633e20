"""How long a scan still takes, from how long it took so far."""

from app.clock import Clock

NEWEST_WEIGHT = 0.2
"""Share of the latest page in the running mean of new artists a song: later pages bring fewer."""


class Pace:
    """Measures songs and artists a second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since = clock.monotonic()
        self._rows = 0
        self._resolved = 0
        self._artists = 0
        self._artists_a_row = 1.0

    def restart(self, *, rows: int, resolved: int) -> None:
        """Measure from here on: what a former run did, and the time of a wait, do not count."""
        self._since = self._clock.monotonic()
        self._rows, self._resolved = rows, resolved

    def page(self, *, rows: int, artists: int) -> None:
        """Note a page of so many rows, after which there are so many artists."""
        if rows:
            share = (artists - self._artists) / rows
            self._artists_a_row += NEWEST_WEIGHT * (share - self._artists_a_row)
        self._artists = artists

    def eta_s(self, *, rows: int, total: int, resolved: int) -> int | None:
        """Return the seconds until both songs and artists are through; None while nothing was measured."""
        if not total:
            return None
        elapsed_s = self._clock.monotonic() - self._since
        rows_left = max(0, total - rows)
        artists_left = self._artists - resolved + round(self._artists_a_row * rows_left)
        waits = [
            _left_s(rows_left, done=rows - self._rows, elapsed_s=elapsed_s),
            _left_s(artists_left, done=resolved - self._resolved, elapsed_s=elapsed_s),
        ]
        return max((round(wait) for wait in waits if wait is not None), default=None)


def _left_s(left: int, *, done: int, elapsed_s: float) -> float | None:
    if left <= 0:
        return 0.0
    return left * elapsed_s / done if done > 0 and elapsed_s > 0 else None
