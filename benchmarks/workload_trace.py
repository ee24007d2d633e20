"""The trace of the standard workload: what one listener does in an evening, with the pauses between.

    python -m benchmarks.workload_trace > benchmarks/standard_workload.jsonl

makes it anew, the same every time. The evening goes past midnight UTC.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

FILE = Path(__file__).parent / "standard_workload.jsonl"
START = datetime(2026, 11, 22, 19, 40, tzinfo=UTC)
SEED = 3
PAGES, CHECKS = 200, 200
ERRORS, TIMES, BOARD_READS = 50, 50, 60
SONGS, POLLS, POLL_EVERY_S = 12, 120, 28.7
"""Polls end while the twelfth of the demo's newest songs plays."""
SITTINGS = 30
SUPPER, SUPPER_S = 9, 3000.0
SCAN = [("scan", ""), *[("page", "/scan")] * 2, ("page", "/genres"), ("wish", "")]
FAMILIES = ("rock", "jazz", "electronic", "pop", "folk")
PLAYLISTS = dict(zip((2, 7, 13, 20, 26), FAMILIES, strict=True))
GENRES = ("soul", "art%20rock", "ambient", "dream%20pop")
SEEN = (
    *("/genres", "/genres", "/genres", "/genres/none"),
    *(f"/genres?family={family}" for family in FAMILIES),
    *(f"/genres/{genre}" for genre in GENRES),
)
LESS_SEEN = ("/playlists", "/scan", "/about", "/community")
BOARDS = ("/api/leaderboard", "/api/scoreboard", "/api/recent-playlists", "/stats")
BESIDE_A_PAGE = {"check": 0.3, "times": 0.5, "error": 0.7, "board": 0.9}
"""What a page asks and tells beside being shown, and how many seconds after that."""


@dataclass(frozen=True)
class Step:
    """One thing that a listener does.

    Attributes:
        at_s: when, in seconds after the start; later if what comes before takes so long.
        do: sign-in, scan, wish (now playing, and a place on the boards), page, preview, create and sign-out;
            pages do check (who is signed in), poll (what plays), error and times, a program board.
        what: the path of a page or board, or what a preview is of; {preview} and {run} are the latest.
    """

    at_s: float
    do: str
    what: str = ""


def read() -> list[Step]:
    return [Step(**json.loads(line)) for line in FILE.read_text().splitlines()]


def make(chance: random.Random) -> list[Step]:
    evening = list(look_around(chance))
    wished = next(step for step in evening if step.do == "wish")
    polls = [Step(wished.at_s + 1 + number * POLL_EVERY_S, "poll") for number in range(POLLS)]
    return sorted((*evening, *polls), key=lambda step: step.at_s)


def look_around(chance: random.Random) -> Iterator[Step]:
    told = {
        "check": set(chance.sample(range(PAGES), CHECKS - SITTINGS)),
        "times": set(chance.sample(range(PAGES), TIMES)),
        "error": set(chance.sample(range(PAGES), ERRORS)),
        "board": set(chance.sample(range(PAGES), BOARD_READS)),
    }
    pages, at_s = 0, 0.0
    yield Step(at_s, "sign-in", "/auth/spotify?next=/scan&feature=player")
    for number, sitting in enumerate(sittings(chance)):
        pause_s = SUPPER_S if number == SUPPER else chance.uniform(90, 600)
        at_s += pause_s if number else 0.5
        yield Step(at_s, "check")
        for do, what in sitting:
            at_s += look_s(chance)
            yield Step(at_s, do, what)
            if do == "page":
                for beside in (one for one, numbers in told.items() if pages in numbers):
                    board = chance.choice(BOARDS) if beside == "board" else ""
                    yield Step(at_s + BESIDE_A_PAGE[beside], beside, board)
                pages += 1
    yield Step(at_s + 30, "sign-out")


def sittings(chance: random.Random) -> list[list[tuple[str, str]]]:
    """Return what is done at a stretch: the scan first, five playlists, and looking around."""
    planned = [[("page", "/genres")] for _ in range(SITTINGS)]
    planned[0] = list(SCAN)
    for number, family in PLAYLISTS.items():
        planned[number] += [("preview", f"family:{family}"), ("page", "/playlists/preview/{preview}")]
        planned[number] += [("create", ""), ("page", "/playlists/runs/{run}"), ("page", "/playlists")]
    left = PAGES - sum(do == "page" for sitting in planned for do, _ in sitting)
    for _ in range(left):
        page = chance.choice(SEEN if chance.random() < 0.85 else LESS_SEEN)
        chance.choice(planned).append(("page", page))
    return planned


def look_s(chance: random.Random) -> float:
    """Return how long a page is looked at before the next; one in ten is read."""
    return chance.uniform(60, 180) if chance.random() < 0.1 else min(55.0, 1.5 + chance.expovariate(1 / 14))


if __name__ == "__main__":
    for step in make(random.Random(SEED)):
        print(json.dumps(asdict(step) | {"at_s": round(step.at_s, 1)}))
