"""SIGKILL at any moment: whatever a client was told is so afterwards."""

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.e2e.listener import Listener
from tests.e2e.server import until
from tests.processes.conftest import Figure
from tests.processes.scale import KILLS, SEED
from tests.processes.servers import App, FaultyApp, Simulator

SESSION_COOKIE = "genre_sorter_session"
VISITORS, MAKERS = 8, 3
LATENCY_MS = 10
COMMIT_S = 0.005
"""Long enough that an answer which does not wait for its commit comes before it."""
GENRES = ("family:jazz", "family:blues", "soul")


@dataclass
class Wanted:
    """A playlist that somebody has previewed.

    Attributes:
        told: the server said that it makes it.
    """

    preview: str
    uris: list[str]
    told: bool = False


@dataclass
class Acknowledged:
    """What clients were told.

    Attributes:
        alive: cookies of sessions, and whose they are.
        ended: cookies of those that were signed out.
        wanted: playlists of this round by their names, which differ.
        made: those of earlier rounds, with their songs.
    """

    alive: dict[str, str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    wanted: dict[str, Wanted] = field(default_factory=dict)
    made: dict[str, list[str]] = field(default_factory=dict)

    @property
    def told(self) -> bool:
        """Whether any playlist of this round is promised."""
        return any(one.told for one in list(self.wanted.values()))


def test_what_was_acknowledged_survives_every_kill(
    new_app: Callable[[], FaultyApp],
    simulator: Simulator,
    new_listener: Callable[[App], Listener],
    figure: Figure,
) -> None:
    app = new_app()
    maker = new_listener(app).scan()
    known, repeated = Acknowledged(), 0
    for number in range(KILLS):
        app.tell(disk="slow", delay_s=COMMIT_S)
        with simulator.switched(latency_ms=LATENCY_MS):
            kill_under_load(app, maker, known, random.Random(f"{SEED}, round {number}"))
        app.start()
        see_sessions(app, known)
        repeated += see_playlists(simulator, maker, known)
    figure(
        f"{KILLS} kills; {len(known.alive)} sessions alive and {len(known.ended)} ended, "
        f"{len(known.made)} playlists, {repeated} of them asked for again"
    )
    assert min(len(known.alive), len(known.ended), len(known.made)) >= KILLS


def kill_under_load(app: App, maker: Listener, known: Acknowledged, chance: random.Random) -> None:
    """Kill the app at any moment from the first sign-out and the first playlist on."""
    ended = len(known.ended)
    with ThreadPoolExecutor(VISITORS + MAKERS) as pool:
        chances = (random.Random(chance.random()) for _ in itertools.count())
        work = [pool.submit(come_and_go, app.url, known, next(chances)) for _ in range(VISITORS)]
        work += [pool.submit(make, maker, known, next(chances)) for _ in range(MAKERS)]
        until(lambda: len(known.ended) > ended and known.told, "people who come, go and make playlists")
        time.sleep(chance.uniform(0, 1.5))
        app.kill()
    for one in work:
        one.result()


def come_and_go(url: str, known: Acknowledged, chance: random.Random) -> None:
    """Sign in with one browser after the other, and out again with a third of them."""
    with Listener(url) as browser, suppress(httpx.TransportError):
        user_id = ""
        while True:
            try:
                browser.see("/auth/spotify?next=/scan") if user_id else browser.agree()
            finally:
                if cookie := browser.http.cookies.get(SESSION_COOKIE):
                    known.alive[cookie] = user_id
            user_id = known.alive[cookie] = user_id or browser.id
            if chance.random() < 1 / 3:
                del known.alive[cookie]  # until the answer is there nobody knows
                answer = browser.http.post("/auth/logout", follow_redirects=False)
                assert answer.status_code == 303
                known.ended.add(cookie)
            browser.http.cookies.delete(SESSION_COOKIE)


def make(maker: Listener, known: Acknowledged, chance: random.Random) -> None:
    """Make one playlist after the other."""
    cookies = {cookie["name"]: cookie["value"] for cookie in maker.cookies}
    with Listener(str(maker.http.base_url), cookies) as browser, suppress(httpx.TransportError):
        while True:
            name = f"playlist {chance.random()}"
            selection = {"include": [chance.choice(GENRES)], "name": name}
            answer = browser.http.post("/api/playlists/preview", json={"selections": [selection]})
            preview = answer.raise_for_status().json()
            known.wanted[name] = Wanted(preview["id"], preview["playlists"][0]["trackUris"])
            time.sleep(chance.uniform(0, 0.3))
            browser.create(preview["id"])
            known.wanted[name].told = True


def see_sessions(app: App, known: Acknowledged) -> None:
    with httpx.Client(base_url=app.url) as http:
        for cookie, user_id in known.alive.items():
            session = session_of(http, cookie)
            assert session["authenticated"]
            assert user_id in {"", session["user"]["id"]}
        for cookie in known.ended:
            assert not session_of(http, cookie)["authenticated"]


def session_of(http: httpx.Client, cookie: str) -> dict[str, Any]:
    answer = http.get("/session", headers={"Cookie": f"{SESSION_COOKIE}={cookie}"})
    return dict(answer.raise_for_status().json())


def see_playlists(simulator: Simulator, maker: Listener, known: Acknowledged) -> int:
    """Wait for what was to be made; return how many requests had to be repeated, having got no answer."""
    repeated = [one.preview for one in known.wanted.values() if not one.told]
    for preview in repeated:
        maker.create(preview)
    for one in known.wanted.values():
        assert maker.wait_for_run(one.preview)["status"] == "completed"
    known.made |= {name: one.uris for name, one in known.wanted.items()}
    known.wanted.clear()

    held = [one for one in simulator.control()["playlists"] if one["name"].startswith("playlist ")]
    assert Counter(one["name"] for one in held) == Counter(known.made.keys())
    assert {one["name"]: one["uris"] for one in held} == known.made
    listed = Counter(one["id"] for one in maker.json("/api/my-playlists")["playlists"])
    assert listed == Counter(one["id"] for one in held)
    return len(repeated)
