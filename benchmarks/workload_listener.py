"""Who goes through the trace: a browser with its scripts, and Spotify's player beside it."""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.demo.models import DemoTrack
from benchmarks.logged_store import StoreLog
from benchmarks.stepping_clock import SteppingClock
from benchmarks.workload_trace import Step
from tests.e2e.watched_store import kind_of

PAGE = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}
TIMES = {
    "pageLoadTime": 431.5,
    "domContentLoaded": 208.1,
    "timeToFirstByte": 31.4,
    "serverResponse": 12.9,
    "firstContentfulPaint": 187.0,
    "largestContentfulPaint": 266.3,
    "cumulativeLayoutShift": 0.012,
}
"""What static/js/telemetry.js sends of a page."""


class Turntable:
    """Plays songs in turn by the clock of the trace; the simulator itself knows only the time of day."""

    def __init__(self, control: httpx.AsyncClient, clock: SteppingClock, songs: Sequence[DemoTrack]) -> None:
        self._control, self._clock, self._songs = control, clock, songs
        self._began: float | None = None

    async def turn(self) -> str:
        """Let the simulator say how far the music is, which begins with the first time; return the song."""
        self._began = self._clock.monotonic() if self._began is None else self._began
        gone_ms = int(1000 * (self._clock.monotonic() - self._began))
        for song in self._songs:
            if gone_ms < song.duration_ms:
                playback = {"kind": "track", "uri": f"spotify:track:{song.id}", "progress_ms": gone_ms}
                (
                    await self._control.post("/control/switches", json={"playback": playback})
                ).raise_for_status()
                return song.name
            gone_ms -= song.duration_ms
        raise AssertionError("the trace asks for longer than the music plays")


@dataclass
class Listener:
    """Goes through the trace.

    Attributes:
        turn: lets the music go on, and returns the name of the song that plays.
        requests: how many were sent.
        wrote: those during which something was written, and how often which key.
        odd: answers that are no success.
        songs: names of those that played while the page asked, and `heard` of those that the app told it.
    """

    app: httpx.AsyncClient
    log: StoreLog
    turn: Callable[[], Awaitable[str]]
    requests: int = 0
    wrote: list[tuple[str, Counter[str]]] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    songs: set[str] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)
    preview: str = ""
    run: str = ""

    async def go_through(self, trace: Iterable[Step], clock: SteppingClock) -> None:
        for step in trace:
            await clock.sleep_until(step.at_s)
            await self._do(step)

    def wrote_twice(self, but: Container[str]) -> list[str]:
        """Return the requests during which a key was written more than once, except of some kinds."""
        return [
            request
            for request, keys in self.wrote
            if any(count > 1 and kind_of(key) not in but for key, count in keys.items())
        ]

    async def _do(self, step: Step) -> None:
        what = step.what.format(preview=self.preview, run=self.run)
        match step.do:
            case "sign-in":
                await self._sign_in(what)
            case "page":
                await self._see(what)
            case "check":
                assert (await self._ask("GET", "/session")).json()["authenticated"]
            case "scan":
                await self._ask("POST", "/api/genres/scan", json={"sources": ["liked"]})
            case "preview":
                wanted = {"selections": [{"include": [what]}]}
                self.preview = (await self._ask("POST", "/api/playlists/preview", json=wanted)).json()["id"]
            case "create":
                made = await self._ask("POST", "/api/playlists", json={"preview": self.preview})
                self.run = made.json()["run"]
            case "sign-out":
                await self._ask("POST", "/auth/logout")
            case _:
                await self._do_beside(step.do, what)

    async def _do_beside(self, do: str, what: str) -> None:
        """Do what pages do by themselves, and what follows from a wish."""
        match do:
            case "wish":
                await self._ask("POST", "/api/preferences", json={"nowPlaying": True, "community": True})
            case "poll":
                self.songs.add(await self.turn())
                self.heard.add((await self._ask("GET", "/api/now-playing")).json()["track"]["name"])
            case "error":
                error = {"kind": "error", "message": "x is undefined", "stack": "at a.js:1:2", "url": what}
                await self._ask("POST", "/api/log-error", json={"errors": [error]})
            case "times":
                await self._ask("POST", "/api/log-perf", json=TIMES)
            case "board":
                await self._ask("GET", what)

    async def _sign_in(self, path: str) -> None:
        begun = await self._ask("GET", path)
        async with httpx.AsyncClient(follow_redirects=True) as spotify:
            consent = await spotify.get(begun.headers["location"])
            hidden = re.search(r'name="consent" value="([^"]+)"', consent.text)
            assert hidden, consent.text
            form = {"consent": hidden[1], "decision": "agree"}
            address = consent.url.copy_with(query=None)
            back = await spotify.post(address, data=form, headers=PAGE, follow_redirects=False)
        await self._see(back.headers["location"])

    async def _see(self, path: str) -> None:
        """Open a page and go where it leads."""
        answer = await self._ask("GET", path, headers=PAGE)
        while answer.has_redirect_location:
            answer = await self._ask("GET", answer.headers["location"], headers=PAGE)

    async def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send a request; what is queued at its end is written before this returns."""
        self.requests += 1
        self.log.since_request.clear()
        answer = await self.app.request(method, path, **request)
        if answer.is_error:
            self.odd.append(f"{method} {path}: {answer.status_code}")
        if self.log.since_request:
            self.wrote.append((f"{method} {path}", self.log.since_request.copy()))
        return answer
