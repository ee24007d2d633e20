"""The standard workload: what an evening of one listener costs the store.

    python -m benchmarks.standard_workload

Replays `standard_workload.jsonl` with a library of 1,000 songs on a simulated clock, so that pauses take no
time: with trusted memory, with plain lifetimes and without batching, each on a new SQLite file. Exits with 1
when the app's numbers are not exactly those of a store that counts for itself, or when a bound is passed.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

import structlog

from app.kv.ledger import LEDGER
from benchmarks.logged_store import Counts
from benchmarks.main_job import check
from benchmarks.workload_replay import EVENTS, Replayed, replay, simulator
from benchmarks.workload_trace import POLLS
from benchmarks.workload_trace import SONGS as SONGS_PLAYED
from tests.e2e.watched_store import kind_of

SONGS = 1000
TRUSTED, PLAIN, UNBATCHED = "trusted memory", "plain lifetimes", "no batching"
MODES: Mapping[str, Mapping[str, bool]] = {
    TRUSTED: {},
    PLAIN: {"kv_trust_memory": False},
    UNBATCHED: {"kv_write_batching": False},
}
MOST_READS = 80
MOST_PLAYER_CALLS = 14
LEAST_SESSION_HITS = {TRUSTED: 0.95, PLAIN: 0.70, UNBATCHED: 0.95}
WRITTEN_BY_JOBS = {"run", "scan", "library", "library-songs", "artist-genres", LEDGER.prefix}
"""Also while a request is under way; the ledger is in every round."""
OPERATIONS = ("reads", "writes", "deletes", "lists")
TOLD_BY_KIND = OPERATIONS[:3]

Claim = tuple[str, bool]


def by_kind(counts: Counts) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for (_, operation, kind), count in counts.items():
        found[kind, operation] += count
    return found


def in_all(counts: Counts, day: date | None = None) -> dict[str, int]:
    return {
        name: sum(n for (on, operation, _), n in counts.items() if operation == name and day in {None, on})
        for name in OPERATIONS
    }


def session_hits(found: Replayed) -> float:
    return float(found.metrics["kinds"]["session"]["hitRatio"])


def all_calls(found: Replayed) -> int:
    return sum(found.spotify_calls.values())


def player_calls(found: Replayed) -> int:
    return sum(count for call, count in found.spotify_calls.items() if call.endswith("/me/player"))


def agreements(found: Replayed) -> Iterator[Claim]:
    """Compare what the app tells with what the store counted for itself, to the last operation."""
    told = {
        (kind, name): counts[name]
        for kind, counts in found.metrics["kinds"].items()
        for name in TOLD_BY_KIND
        if counts[name]
    }
    asked = {key: count for key, count in by_kind(found.asked.counts).items() if key[1] in TOLD_BY_KIND}
    yield "kv-metrics by kind", told == asked
    totals = found.metrics["metrics"]
    told_in_all = {name: totals[f"kv{name.capitalize()}"] for name in OPERATIONS} | {"calls": totals["calls"]}
    yield "kv-metrics in all", told_in_all == in_all(found.asked.counts) | {"calls": found.asked.calls}
    today = date.fromisoformat(found.usage["date"])
    used = in_all(found.until_usage, today)
    yield "kv-usage of the day after a clean restart", found.usage["operations"] == used
    days = len({day for day, _, _ in found.until_end})
    yield f"the stored ledger of {days} days by kind", days > 1 and found.ledger == found.until_end


def bounds(mode: str, found: Replayed) -> Iterator[Claim]:
    yield "every answer is a success", not found.listener.odd
    counted = found.usage["activity"]["authFailures"]
    yield f"{EVENTS} events at once: {counted} counted", counted == EVENTS
    hits, least = session_hits(found), LEAST_SESSION_HITS[mode]
    yield f"session hits {hits:.1%}, more than {least:.0%}", hits > least
    yield "no request wrote a key twice", not found.listener.wrote_twice(but=WRITTEN_BY_JOBS)
    heard, played = len(found.listener.heard), len(found.listener.songs)
    yield f"{POLLS} polls tell {heard} of {played} songs", heard == played == SONGS_PLAYED
    calls = player_calls(found)
    yield f"{calls} calls to the player, at most {MOST_PLAYER_CALLS}", calls <= MOST_PLAYER_CALLS
    if mode != PLAIN:
        reads = in_all(found.asked.counts)["reads"]
        yield f"{reads} reads, at most {MOST_READS}", reads <= MOST_READS


def print_modes(shown: Mapping[str, Replayed]) -> None:
    print("| | " + " | ".join(shown) + " |\n|---|" + "---|" * len(shown))
    totals = {mode: in_all(found.asked.counts) for mode, found in shown.items()}
    for name in OPERATIONS:
        print(f"| {name} | " + " | ".join(str(total[name]) for total in totals.values()) + " |")
    print("| round trips | " + " | ".join(str(found.asked.calls) for found in shown.values()) + " |")
    print("| session hits | " + " | ".join(f"{session_hits(found):.1%}" for found in shown.values()) + " |")
    hits = [found.metrics["cacheEfficiency"]["hitRatioValue"] for found in shown.values()]
    print("| all hits | " + " | ".join(f"{ratio:.1%}" for ratio in hits) + " |")
    for what, calls in (("calls to Spotify", all_calls), ("of them to its player", player_calls)):
        print(f"| {what} | " + " | ".join(str(calls(found)) for found in shown.values()) + " |")


def print_kinds(shown: Mapping[str, Replayed]) -> None:
    """Show what each kind costs, the writes beside the number of different keys."""
    trusted, plain, unbatched = (by_kind(found.asked.counts) for found in shown.values())
    keys = Counter(kind_of(key) for key in shown[TRUSTED].asked.keys)
    print("| kind | reads | plain | writes | unbatched | keys | deletes | hits |")
    print("|---|---|---|---|---|---|---|---|")
    for kind in sorted({kind for (kind, name), count in trusted.items() if name in TOLD_BY_KIND and count}):
        reads, writes, deletes = (trusted[kind, name] for name in TOLD_BY_KIND)
        hits = shown[TRUSTED].metrics["kinds"][kind]["hits"]
        read, written = plain[kind, "reads"], unbatched[kind, "writes"]
        row = (kind, reads, read, writes, written, keys[kind], deletes, hits)
        print(f"| {' | '.join(map(str, row))} |")


def main() -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with simulator(SONGS) as address:
        shown = {mode: asyncio.run(replay(address, **settings)) for mode, settings in MODES.items()}
    print(f"{shown[TRUSTED].listener.requests} requests of one listener with {SONGS} songs")
    print_modes(shown)
    print_kinds(shown)
    held = []
    for mode, found in shown.items():
        print(f"{mode}: what the app tells is what the store counted for itself, and the bounds")
        held += [check(name, holds=holds) for name, holds in (*agreements(found), *bounds(mode, found))]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
