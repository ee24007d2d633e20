"""How fast the app answers, against its routes without its middleware and against a bare /hello.

    python -m benchmarks.http_ratios [--soak SECONDS]

The app runs as `genre-sorter serve` starts it, with a library of 500 songs and its log in a file. Beside it
run the same app without our middleware, and FastAPI with one route. This process asks over sixteen
connections for 256 people behind a proxy. Every figure is the median of five runs, all candidates in turn in
each of them, so that they meet the same machine; gates are ratios within a run. A ratio is that of requests
for a second that the server's processor worked, of which whoever else uses the machine takes little; on an
idle machine it is that of requests a second, which stand beside it. Exits with 1 when a gate is missed.
"""

import argparse
import asyncio
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

import httpx

from benchmarks.http_load import Asked, Load, load
from benchmarks.layer_times import layer_times
from benchmarks.main_job import Process, check, free_port, memory_mb, outside, scan, sign_in
from benchmarks.plain_app import HELLO
from benchmarks.scan_sizes import OPEN
from benchmarks.workload_replay import simulator

RUNS = 5
SECONDS_A_RUN = 2.0
SONGS = 500
TOKEN = "benchmark"  # noqa: S105 - opens nothing but this
SETTINGS = OPEN | {"OPERATOR_TOKEN": TOKEN, "LOG_FORMAT": "json"}  # as the image has it
TIMES = '{"pageLoadTime":812.5,"timeToFirstByte":42.1,"firstContentfulPaint":310,"interactionToNextPaint":24}'
OURS, SAME = "as served", "without middleware"
SESSION, METRICS, GENRES, TELEMETRY = "/session", "/api/kv-metrics", "/api/genres", "/api/log-perf"
BARE = (HELLO, "")
LEAST_OF_SAME, LEAST_OF_HELLO, MOST_P99 = 0.7, {GENRES: 0.5, TELEMETRY: 0.4}, 3
MOST_MB, MOST_GROWTH_MB, MOST_START_S = 150, 5, 1.5
SOAK_STEP_S = 1.0

Name = tuple[str, str]
"""What is asked, and of whom."""


class Plain(Process):
    """What the app is measured against."""

    module = "benchmarks.plain_app"


@dataclass(frozen=True)
class Seen:
    """What one candidate did in one run."""

    per_second: float
    per_cpu_second: float
    p99_ms: float


Run = Mapping[Name, Seen]


def signed_in(port: int) -> str:
    """Sign a listener in, who is an operator too and scans; return their cookies."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30) as person:
        sign_in(person)
        assert person.post("/operator/session", data={"token": TOKEN}).status_code == 303
        scan(person)
        return "; ".join(f"{name}={value}" for name, value in person.cookies.items())


@contextmanager
def served() -> Iterator[Mapping[Name, tuple[Process, Asked]]]:
    """Start everything; give what is asked, and the process that answers."""
    with ExitStack() as stack:
        settings = SETTINGS | outside(stack.enter_context(simulator(SONGS)))

        def started(kind: type[Process], what: str) -> Process:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            return stack.enter_context(kind(folder, what, port=free_port(), **settings))

        ours, same, hello = started(Process, "serve"), started(Plain, "same"), started(Plain, "hello")
        candidates = {BARE: (hello, Asked.get(hello.port, HELLO))}
        for name, process in ((OURS, ours), (SAME, same)):
            cookies = signed_in(process.port)
            for path in (SESSION, METRICS, GENRES):
                candidates[path, name] = process, Asked.get(process.port, path, cookies)
            candidates[TELEMETRY, name] = process, Asked.post(process.port, TELEMETRY, TIMES)
        yield candidates


def cpu_s(process: Process) -> float:
    """Return for how long processors have worked for a process (Linux, proc(5))."""
    fields = Path(f"/proc/{process.running.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(process: Process, asked: Asked) -> Seen:
    before = cpu_s(process)
    found: Load = asyncio.run(load(asked, SECONDS_A_RUN))
    return Seen(found.per_second, found.count / (cpu_s(process) - before), found.p99_ms)


def speed(seen: Seen) -> float:
    return seen.per_cpu_second


def ratio(runs: Sequence[Run], one: Name, other: Name, of: Callable[[Seen], float] = speed) -> float:
    """Return the median of the ratios within each run."""
    return statistics.median(of(run[one]) / of(run[other]) for run in runs)


def print_runs(runs: Sequence[Run]) -> None:
    print(
        "| asked | of | a second | a second of processor | of /hello's | p99 ms |\n|---|---|---|---|---|---|"
    )
    for name in runs[0]:
        columns = zip(*(astuple(run[name]) for run in runs), strict=True)
        wall, cpu, p99 = (statistics.median(column) for column in columns)
        print(
            f"| {' | '.join(name)} | {wall:,.0f} | {cpu:,.0f} | {ratio(runs, name, BARE):.2f} | {p99:.1f} |"
        )


def speed_gates(runs: Sequence[Run]) -> Iterator[bool]:
    for path in (SESSION, METRICS):
        seen = ratio(runs, (path, OURS), (path, SAME))
        yield check(
            f"{path}: {seen:.2f} of the same {SAME}, at least {LEAST_OF_SAME}", holds=seen >= LEAST_OF_SAME
        )
        late = ratio(runs, (path, OURS), (path, SAME), lambda one: one.p99_ms)
        yield check(f"{path}: p99 {late:.1f} times that, at most {MOST_P99}", holds=late <= MOST_P99)
    for path, least in LEAST_OF_HELLO.items():
        seen = ratio(runs, (path, OURS), BARE)
        yield check(f"{path}: {seen:.2f} of {HELLO}, at least {least}", holds=seen >= least)


def memory_gates(process: Process, asked: Sequence[Asked], seconds: float) -> Iterator[bool]:
    """Ask for all of it in turn, and see whether the peak of memory grows once all has been asked for."""
    peaks = []
    for _ in range(2):
        ends = time.monotonic() + seconds / 2
        while time.monotonic() < ends:
            for one in asked:
                asyncio.run(load(one, SOAK_STEP_S))
        peaks.append(memory_mb(process.running.pid))
    yield check(f"peak memory {peaks[1]:.0f} MB, at most {MOST_MB}", holds=peaks[1] <= MOST_MB)
    grown = peaks[1] - peaks[0]
    yield check(
        f"it grows by {grown:.1f} MB in {seconds / 2:.0f} s, at most {MOST_GROWTH_MB}",
        holds=grown <= MOST_GROWTH_MB,
    )


def start_gate(process: Process) -> bool:
    """Kill and start the app, and see how long it works until it answers."""
    seen = []
    for _ in range(RUNS):
        began = time.perf_counter()
        process.kill_and_start()
        seen.append((cpu_s(process), time.perf_counter() - began))
    worked_s, took_s = (statistics.median(column) for column in zip(*seen, strict=True))
    size_mb = (process.folder / "kv.db").stat().st_size / 1e6
    print(f"ready after {took_s:.2f} s with a database of {size_mb:.1f} MB")
    return check(f"{worked_s:.2f} s of processor, at most {MOST_START_S}", holds=worked_s <= MOST_START_S)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--soak", type=float, default=20, metavar="SECONDS", help="how long memory is watched"
    )
    given = parser.parse_args(arguments)
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, load before {os.getloadavg()[0]:.2f}")
    for layer, took_us in asyncio.run(layer_times()).items():
        print(f"{took_us:6.1f} us {layer}")
    with served() as candidates:
        runs = [{name: measured(*one) for name, one in candidates.items()} for _ in range(RUNS)]
        print_runs(runs)
        ours = candidates[SESSION, OURS][0]
        soaked = [asked for process, asked in candidates.values() if process is ours]
        held = [*speed_gates(runs), *memory_gates(ours, soaked, given.soak), start_gate(ours)]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
