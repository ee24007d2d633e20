"""The main job on a library: sign in, scan, sort, preview, three playlists; counted by the simulator.

    python benchmarks/main_job.py [--kill] [FOLDER]

FOLDER holds `tracks.jsonl` and `artists.jsonl`; without it GENRE_SORTER_LIBRARY is read, and without that the
demo's own library is used. The simulator answers after 20 ms and MusicBrainz is strict: one request a second,
one at a time. Simulator and app are processes of their own. With --kill the app is ended by SIGKILL three
times during the scan and started again. Exits with 1 when a number is wrong.
"""

import json
import math
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

import httpx

CLIENT_ID = "benchmark"
LATENCY_MS = 20
PLAYLISTS = 3
KILLED_AT = (0.25, 0.5, 0.75)
# A scan saves how far it is every ten pages or five seconds, and looks at the total again when it goes on.
REREAD_PAGES = 12


def free_port() -> int:
    """Return a port that nobody has.

    It is none of those that Linux gives to outgoing connections (from 32768 on): another process could get
    it between this moment and the server's start.
    """
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def outside(simulator: str) -> dict[str, str]:
    """Return the settings that have the app ask the simulator for everything."""
    return {
        "SPOTIFY_API_URL": f"{simulator}/api/v1",
        "SPOTIFY_ACCOUNTS_URL": f"{simulator}/accounts",
        "SPOTIFY_OPEN_URL": f"{simulator}/open",
        "MUSICBRAINZ_URL": f"{simulator}/musicbrainz",
        "WIKIDATA_URL": f"{simulator}/wikidata/sparql",
        "LASTFM_URL": f"{simulator}/lastfm/2.0",
    }


class Process:
    """A `genre-sorter` process that can be killed and started again on the same folder and port."""

    module = "app.cli"

    def __init__(self, folder: Path, *arguments: str, port: int, **settings: str) -> None:
        self.folder, self.arguments, self.port = folder, arguments, port
        self.env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.env |= {"PORT": str(port), "KV_URL": f"sqlite:///{folder}/kv.db", "SPOTIFY_CLIENT_ID": CLIENT_ID}
        self.env |= {"CONTACT": "benchmark@example.org", "PYTHONPATH": str(Path(__file__).parent.parent)}
        self.env |= settings

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.running.terminate()
        self.running.wait(timeout=20)

    def start(self) -> None:
        command = [sys.executable, "-m", self.module, *self.arguments]
        with (self.folder / "log").open("ab") as log:
            self.running = subprocess.Popen(command, cwd=self.folder, env=self.env, stderr=log)
        wait_for(self.port, "/simulator/control" if "demo" in self.arguments else "/healthz")

    def kill_and_start(self) -> None:
        self.running.kill()
        self.running.wait(timeout=20)
        self.start()


def wait_for(port: int, path: str) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=2) as client:
        for _ in range(1500):
            with suppress(httpx.HTTPError):
                client.get(path).raise_for_status()
                return
            time.sleep(0.02)
    raise SystemExit(f"nothing answers on port {port}")


def sign_in(app: httpx.Client) -> None:
    consent = app.get("/auth/spotify", follow_redirects=True)
    hidden = re.search(r'name="consent" value="([^"]+)"', consent.text)
    assert hidden, consent.text
    back = app.post(
        consent.url.copy_with(query=None),
        data={"consent": hidden[1], "decision": "agree"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert app.get(back.headers["location"]).status_code == 303


def scan(app: httpx.Client) -> tuple[float, float]:
    """Return the seconds until the first families and until the end."""
    started = time.perf_counter()
    app.post("/api/genres/scan", json={"sources": ["liked"]}).raise_for_status()
    first = 0.0
    with app.stream("GET", "/api/genres/scan/events", timeout=None) as events:
        kind = ""
        for line in events.iter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data" and kind == "genres" and not first:
                if any(family["count"] for family in json.loads(value)["families"]):
                    first = time.perf_counter() - started
            elif name == "data" and kind == "done":
                assert json.loads(value)["status"] == "completed", value
    return first, time.perf_counter() - started


def scan_through_kills(app: httpx.Client, served: Process) -> tuple[float, float]:
    """Kill the app on the way, some songs apart; nobody presses Scan again."""
    started = time.perf_counter()
    app.post("/api/genres/scan", json={"sources": ["liked"]}).raise_for_status()
    shares = list(KILLED_AT)
    while (state := app.get("/api/genres/scan").json())["status"] in {"running", "waiting"}:
        if shares and state["total"] and state["scanned"] >= shares[0] * state["total"]:
            print(f"killed at {state['scanned']} of {state['total']} songs")
            served.kill_and_start()
            del shares[0]
        time.sleep(0.2)
    assert state["status"] == "completed", state
    assert not shares, "the scan was over before the last kill"
    return math.nan, time.perf_counter() - started


def make_playlists(app: httpx.Client, library: dict[str, Any]) -> list[dict[str, Any]]:
    largest = sorted(library["families"], key=lambda family: -family["count"])[:PLAYLISTS]
    chosen = [{"include": [f"family:{family['id']}"]} for family in largest]
    preview = app.post("/api/playlists/preview", json={"selections": chosen}).raise_for_status().json()
    runs = [app.post("/api/playlists", json={"preview": preview["id"]}).json()["run"] for _ in range(2)]
    assert runs[0] == runs[1]
    while (run := app.get(f"/api/playlists/runs/{runs[0]}").json())["status"] == "running":
        time.sleep(0.1)
    assert run["status"] == "completed", run
    return list(preview["playlists"])


def check(name: str, *, holds: bool) -> bool:
    print(f"  {'ok' if holds else 'WRONG'}  {name}")
    return holds


def report(
    library: dict[str, Any], control: dict[str, Any], seconds: tuple[float, float], *, kills: int
) -> list[bool]:
    calls = control["calls"]
    total, without = library["totalTracks"], library["withoutGenre"]
    families = {family["id"]: family["count"] for family in library["families"]}
    leads = sum(genre["count"] for family in library["families"] for genre in family["genres"])
    other = [
        genre["name"]
        for family in library["families"]
        if family["id"] == "other"
        for genre in family["genres"]
    ]
    pages = calls["spotify"]["GET /v1/me/tracks"]
    allowed = math.ceil(total / 50) + 2 + kills * REREAD_PAGES
    placed = {track for genre in library["genres"] for track in genre["trackIds"]}
    musicbrainz = sum(calls["musicbrainz"].values())
    print(f"{total} songs, {library['totalArtists']} artists, {library['totalGenres']} genres")
    print(
        f"whole scan {seconds[1]:.1f} s"
        + (f", {kills} kills" if kills else f", first families {seconds[0]:.1f} s")
    )
    print(f"{pages} calls to /me/tracks, {calls['total']} to Spotify in all, {musicbrainz} to MusicBrainz")
    print(f"{without} songs without a genre: {1 - without / total:.1%} have one; genres in other: {other}")
    print(
        "families:",
        ", ".join(f"{name} {count}" for name, count in sorted(families.items(), key=lambda f: -f[1])),
    )
    held = [
        check("families + without genre = songs", holds=sum(families.values()) + without == total),
        check("lead genres + without genre = songs", holds=leads + without == total),
        check("every liked song is there", holds=total == control["liked"]),
        check("none is there twice", holds=len(placed) + without == total),
        check(f"at most {allowed} calls to /me/tracks", holds=pages <= allowed),
        check("no call to a removed endpoint", holds=calls["removed"] == 0),
    ]
    if not kills:
        held.append(check("first families within 5 s", holds=0 < seconds[0] <= 5))
    return held


def memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return math.nan
    peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
    return int(peak[1]) / 1024 if peak else math.nan


def run(folder: str | None, *, kill: bool) -> bool:
    port, simulator_port = free_port(), free_port()
    simulator = f"http://127.0.0.1:{simulator_port}/simulator"
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        library = ["--library", str(Path(folder).resolve())] if folder else []
        stack.enter_context(Process(folders[0], "demo", "--simulator-only", *library, port=simulator_port))
        switches = {"latency_ms": LATENCY_MS, "musicbrainz_strict": True}
        httpx.post(f"{simulator}/control/switches", json=switches).raise_for_status()
        served = stack.enter_context(Process(folders[1], "serve", port=port, **outside(simulator)))
        headers = {"Sec-Fetch-Site": "same-origin"}
        app = stack.enter_context(
            httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30)
        )
        sign_in(app)
        seconds = scan_through_kills(app, served) if kill else scan(app)
        control = httpx.get(f"{simulator}/control").json()
        sorted_library = app.get("/api/genres?tracks=true").raise_for_status().json()
        held = report(sorted_library, control, seconds, kills=len(KILLED_AT) if kill else 0)
        planned = make_playlists(app, sorted_library)
        made = {one["name"]: one["uris"] for one in httpx.get(f"{simulator}/control").json()["playlists"]}
        expected = {one["name"]: one["trackUris"] for one in planned}
        held.append(check(f"{PLAYLISTS} playlists, each song once and in order", holds=made == expected))
        metrics = app.get("/api/kv-metrics").json()["metrics"]
        print(f"store: {metrics['kvReads']} reads, {metrics['kvWrites']} writes in {metrics['calls']} calls")
        print(f"peak memory of the app: {memory_mb(served.running.pid):.0f} MB")
    return all(held)


def main() -> int:
    folders = [argument for argument in sys.argv[1:] if argument != "--kill"]
    folder = folders[0] if folders else os.environ.get("GENRE_SORTER_LIBRARY")
    return 0 if run(folder, kill="--kill" in sys.argv) else 1


if __name__ == "__main__":
    sys.exit(main())
