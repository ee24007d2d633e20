"""First and second scan of libraries of several sizes: calls, seconds, memory, store operations.

    python -m benchmarks.scan_sizes [SONGS ...] [--users N] [--edits]

Without numbers: 1,000, 5,000, 20,000 and 50,000 songs. App and simulator are processes of their own, new for
every size. Spotify answers after 20 ms, MusicBrainz too; the app's own pace and daily budget are opened wide,
so that the figures are those of the app and not of the wait. With --users so many people scan at once, each a
library of that size. With --edits a song is liked every three seconds while the scan reads. Exits with 1 when
songs are missing, double or made up, or when a scan makes more calls than it may.
"""

import argparse
import math
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from app.demo.generated.numbers import Ref
from benchmarks.main_job import LATENCY_MS, Process, check, free_port, memory_mb, outside, sign_in

SIZES = (1_000, 5_000, 20_000, 50_000)
PAGE = 50
MOST_BESIDES_PAGES, MOST_FOR_NOTHING_NEW = 2, 2
LIKE_EVERY_S = 3
OPEN = {
    "SPOTIFY_RATE_PER_SECOND": "1000",
    "SPOTIFY_DAILY_BUDGET": "1000000",
    "MUSICBRAINZ_RATE_PER_SECOND": "1000",
}
COLUMNS = ("songs", "scan", "calls", "seconds", "peak MB", "reads", "writes", "round trips")


@dataclass(frozen=True)
class Scan:
    """What one scan of one library, or of several at once, took.

    Attributes:
        ends: seconds until each person's scan was over.
        store: reads, writes and round trips.
    """

    calls: int
    ends: Sequence[float]
    peak_mb: float
    store: tuple[int, ...]


class Place:
    """App and simulator, and people who are signed in."""

    def __init__(self, served: Process, simulator: str) -> None:
        self.served, self.simulator = served, simulator
        self.people: list[httpx.Client] = []

    def control(self) -> dict[str, Any]:
        return dict(httpx.get(f"{self.simulator}/control").raise_for_status().json())

    def switch(self, **switches: object) -> None:
        httpx.post(f"{self.simulator}/control/switches", json=switches).raise_for_status()

    def scan(self) -> Scan:
        """Let everybody scan at once."""
        self.forget_peak()
        calls, store, started = self.control()["calls"]["total"], self._store(), time.perf_counter()
        for person in self.people:
            person.post("/api/genres/scan", json={"sources": ["liked"]}).raise_for_status()
        ends: dict[httpx.Client, float] = {}
        while len(ends) < len(self.people):
            time.sleep(0.1)
            for person in self.people:
                if person not in ends and is_over(person):
                    ends[person] = time.perf_counter() - started
        return Scan(
            calls=self.control()["calls"]["total"] - calls,
            ends=sorted(ends.values()),
            peak_mb=self.peak_mb(),
            store=tuple(now - then for now, then in zip(self._store(), store, strict=True)),
        )

    def forget_peak(self) -> None:
        """Let the app's peak of memory begin at what it uses now (Linux, proc(5))."""
        clear = Path(f"/proc/{self.served.running.pid}/clear_refs")
        if clear.exists():
            clear.write_text("5")

    def peak_mb(self) -> float:
        return memory_mb(self.served.running.pid)

    def _store(self) -> tuple[int, int, int]:
        metrics = self.people[0].get("/api/kv-metrics").raise_for_status().json()["metrics"]
        return metrics["kvReads"], metrics["kvWrites"], metrics["calls"]


def is_over(person: httpx.Client) -> bool:
    state = person.get("/api/genres/scan").raise_for_status().json()
    assert state["status"] in {"running", "waiting", "completed"}, state
    return bool(state["status"] == "completed")


@contextmanager
def place(*library: str, users: int = 1) -> Iterator[Place]:
    """Start app and simulator, and sign people in; `library` are the simulator's arguments."""
    port, simulator_port = free_port(), free_port()
    simulator = f"http://127.0.0.1:{simulator_port}/simulator"
    settings = outside(simulator) | OPEN
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        arguments = ("demo", "--simulator-only", *library)
        stack.enter_context(Process(folders[0], *arguments, port=simulator_port))
        there = Place(stack.enter_context(Process(folders[1], "serve", port=port, **settings)), simulator)
        there.switch(latency_ms=LATENCY_MS)
        for _ in range(users):
            headers = {"Sec-Fetch-Site": "same-origin"}
            person = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60)
            there.people.append(stack.enter_context(person))
            sign_in(person)
        yield there


def song_ids(seed: int, songs: int) -> set[str]:
    """Return what the simulator has given to the account with this seed."""
    return {Ref("track", seed, number).id for number in range(songs)}


def placed(person: httpx.Client, genre: str) -> Iterator[str]:
    """Yield the ids of the songs that a genre leads; every song with a genre has one that leads it."""
    offset = 0
    while offset is not None:
        query: dict[str, str | int] = {"match": "lead", "limit": 200, "offset": offset}
        page = (
            person.get(f"/api/genres/{quote(genre, safe='')}/tracks", params=query).raise_for_status().json()
        )
        yield from (track["id"] for track in page["tracks"])
        offset = page["nextOffset"]


def exact(there: Place) -> bool:
    """Whether everybody's library has each of their songs once, and nothing else."""
    found = []
    for seed, (person, account) in enumerate(zip(there.people, there.control()["accounts"], strict=True), 1):
        library = person.get("/api/genres").raise_for_status().json()
        ids = [one for genre in library["genres"] if genre["count"] for one in placed(person, genre["name"])]
        found += [
            library["totalTracks"] == account["liked"],
            len(ids) + library["withoutGenre"] == account["liked"],
            len(ids) == len(set(ids)),
            set(ids) <= song_ids(seed, account["liked"]),
        ]
    return all(found)


def row(songs: int, name: str, scan: Scan) -> str:
    seconds = " to ".join(f"{end:.1f}" for end in sorted({scan.ends[0], scan.ends[-1]}))
    cells = (f"{songs:,}", name, f"{scan.calls:,}", seconds, f"{scan.peak_mb:.0f}", *scan.store)
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def measure(songs: int, users: int, *, edits: bool) -> bool:
    with place("--songs", str(songs), users=users) as there:
        people = f" by {users} people" if users > 1 else ""
        there.switch(like_every_s=LIKE_EVERY_S if edits else 0)
        first = there.scan()
        there.switch(like_every_s=0)
        print(row(songs, f"first{people}", first), flush=True)
        fresh = sum(account["liked"] - songs for account in there.control()["accounts"])
        held = [check(f"songs exact, {fresh} of them liked during the scan", holds=exact(there))]
        print(f"  looking through every genre: {there.peak_mb():.0f} MB at the peak")
        second = there.scan()
        print(row(songs, f"second{people}", second), flush=True)
        most = users * (math.ceil(songs / PAGE) + MOST_BESIDES_PAGES) + math.ceil(fresh / PAGE)
        held += [
            check(f"first scan: {first.calls} calls, at most {most}", holds=first.calls <= most),
            check(
                f"second scan: {second.calls} calls, at most {MOST_FOR_NOTHING_NEW} each",
                holds=second.calls <= users * MOST_FOR_NOTHING_NEW,
            ),
            check("songs still exact", holds=exact(there)),
        ]
    return all(held)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=re.split(r"\n\n", __doc__ or "")[0])
    parser.add_argument("songs", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--users", type=int, default=1)
    parser.add_argument("--edits", action="store_true")
    given = parser.parse_args(arguments)
    print("| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS))
    held = [measure(songs, given.users, edits=given.edits) for songs in given.songs]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
