"""A playlist of every family in one run, then kept in step: calls counted, every song compared.

    python -m benchmarks.playlists [FOLDER]

FOLDER holds a library as `app.demo.library.load_library` reads it; without one it is that of
GENRE_SORTER_LIBRARY, else the demo's own. App and simulator are processes of their own; Spotify answers
after 20 ms, the app's own pace and daily budget are opened wide. What each playlist has to hold follows
from the JSON of genres and the library's own list of songs, not from the preview. Every second playlist
becomes a mirror, 40 songs are liked and 20 unliked, then all of that is undone and refreshed five times.
Exits with 1 when a playlist does not hold exactly what it should, or a step makes other calls than it may.
"""

import math
import os
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app.demo.library import DemoLibrary, DemoTrack, built_in_library, load_library
from benchmarks.main_job import check
from benchmarks.scan_sizes import Place, place

LIKED, UNLIKED, REFRESHES = 40, 20, 5
MOST_FOR_NOTHING_NEW = 2
CREATE, ADD, TAKE_OUT = (
    "POST /v1/me/playlists",
    "POST /v1/playlists/{id}/items",
    "DELETE /v1/playlists/{id}/items",
)
LOOK, READ_ON = "GET /v1/playlists/{id}", "GET /v1/playlists/{id}/items"
LIST, SONGS = "GET /v1/me/playlists", "GET /v1/me/tracks"

Shelf = dict[str, list[str]]
"""Playlists by id, each as the URIs of its songs in order."""


def uri_of(song: DemoTrack) -> str:
    return f"spotify:track:{song.id}"


class Bench:
    """One listener, whose likes are known in order."""

    def __init__(self, there: Place, library: DemoLibrary) -> None:
        self.there, self.person = there, there.people[0]
        self.likes = list(library.tracks)
        self.songs = {uri_of(song): song for song in library.tracks}
        self.held: list[bool] = []

    @contextmanager
    def counted(self, name: str) -> Iterator[Counter[str]]:
        """Count the calls of a step by route, and print them."""
        before, started = self._calls(), time.perf_counter()
        calls = Counter[str]()
        yield calls
        calls.update(self._calls() - before)
        told = ", ".join(f"{count} {route}" for route, count in sorted(calls.items())) or "none"
        print(f"{name}: {calls.total()} calls, {time.perf_counter() - started:.1f} s ({told})", flush=True)

    def _calls(self) -> Counter[str]:
        return Counter(self.there.control()["calls"]["spotify"])

    def check(self, name: str, *, holds: bool) -> None:
        self.held.append(check(name, holds=holds))

    def get(self, path: str, **params: str | int) -> Any:
        return self.person.get(f"/api/{path}", params=params).raise_for_status().json()

    def post(self, path: str, body: object = None) -> Any:
        return self.person.post(f"/api/{path}", json=body).raise_for_status().json()

    def scan(self) -> None:
        """Scan, and let what goes on behind the scan come to its end."""
        self.there.scan()
        while self.get("genres/scan")["behind"]:
            time.sleep(0.2)

    def ended(self, run: str) -> list[dict[str, Any]]:
        """Wait for a run, and return what it says of each playlist."""
        while (state := self.get(f"playlists/runs/{run}"))["status"] in {"running", "waiting"}:
            time.sleep(0.1)
        assert state["status"] == "completed", state
        return list(state["playlists"])

    def shelf(self) -> Shelf:
        """Return what Spotify has, as the simulator tells it."""
        return {one["id"]: one["uris"] for one in self.there.control()["playlists"] if one["followed"]}

    def edit(self, **changes: list[str]) -> None:
        """Like and unlike songs at Spotify, by URI."""
        ids = {name: [uri.rpartition(":")[2] for uri in uris] for name, uris in changes.items()}
        self.there.switch(library=ids)
        gone = {uri for uris in changes.values() for uri in uris}
        left = [song for song in self.likes if uri_of(song) not in gone]
        self.likes = [*(self.songs[uri] for uri in changes.get("like", ())), *left]

    def of_family(self, family: dict[str, Any]) -> set[str]:
        """Return the songs that a family's genres lead, without those that are only inferred."""
        return {
            song["uri"]
            for genre in family["genres"]
            for song in self._led_by(genre["name"])
            if song["certainty"] != "inferred"
        }

    def _led_by(self, genre: str) -> Iterator[dict[str, Any]]:
        offset = 0
        while offset is not None:
            path = f"genres/{quote(genre, safe='')}/tracks"
            page = self.get(path, match="lead", limit=200, offset=offset)
            yield from page["tracks"]
            offset = page["nextOffset"]

    def in_order(self, uris: Collection[str]) -> list[str]:
        """Return what of it Spotify can add, newest like first, each recording's oldest like alone."""
        songs = [one for one in self.likes if one.playable and not one.is_local and uri_of(one) in uris]
        oldest = {song.isrc: song for song in songs}
        return [uri_of(song) for song in songs if not song.isrc or oldest[song.isrc] is song]

    def choose(self, uris: Iterable[str], count: int) -> list[str]:
        """Return so many of these songs, spread evenly; none of which there is a second recording."""
        copies = Counter(song.isrc for song in self.likes)
        alone = {uri_of(song) for song in self.likes if copies[song.isrc] == 1}
        there = [uri for uri in uris if uri in alone]
        return there[:: len(there) // count][:count]


def calls_to_make(songs: int) -> int:
    """One to make a playlist, one for a hundred songs; a hundred are read back in one, then fifty."""
    return 1 + math.ceil(songs / 100) + 1 + math.ceil(max(0, songs - 100) / 50)


def make_all(bench: Bench, wanted: dict[str, list[str]]) -> dict[str, str]:
    """Make a playlist of every family in one run, and return the families' playlists by id."""
    selections = [{"include": [f"family:{family}"]} for family in wanted]
    with bench.counted("preview"):
        preview = bench.post("playlists/preview", {"selections": selections})
    with bench.counted(
        f"making {len(wanted)} playlists of {sum(map(len, wanted.values())):,} songs"
    ) as calls:
        steps = bench.ended(bench.post("playlists", {"preview": preview["id"]})["run"])
    made = {step["id"]: family for step, family in zip(steps, wanted, strict=True)}
    pages = sum(math.ceil(max(0, len(uris) - 100) / 50) for uris in wanted.values())
    posts = sum(math.ceil(len(uris) / 100) for uris in wanted.values())
    expected = Counter({CREATE: len(wanted), ADD: posts, LOOK: len(wanted), READ_ON: pages})
    bench.check(
        "every playlist holds its family, song by song and in order",
        holds=bench.shelf() == {playlist: wanted[family] for playlist, family in made.items()},
    )
    bench.check("each with 1 + ceil(n/100) calls and those to read it back", holds=calls == +expected)
    for one, uris in zip(preview["playlists"], wanted.values(), strict=True):
        print(f"    {one['name']}: {len(uris):,} songs, {one['callsNeeded']} calls")
    foretold = [one["callsNeeded"] for one in preview["playlists"]]
    bench.check(
        "as many as the preview said", holds=foretold == [calls_to_make(len(one)) for one in wanted.values()]
    )
    return made


def refresh_without_news(bench: Bench, name: str) -> None:
    """Refresh all playlists when nothing has come or gone; a list of playlists tells fifty in a call."""
    before = bench.shelf()
    with bench.counted(f"{name}: scan") as scan:
        bench.scan()
    with bench.counted(f"{name}: refresh of all") as calls:
        bench.ended(bench.post("playlists/refresh")["run"])
    lists = math.ceil(len(bench.get("user-playlists")["playlists"]) / 50)
    few = scan.keys() == {SONGS} and scan.total() <= MOST_FOR_NOTHING_NEW
    bench.check(f"at most {MOST_FOR_NOTHING_NEW} calls for the likes", holds=few)
    bench.check("one call for fifty playlists", holds=calls == {LIST: lists})
    bench.check("every playlist as before", holds=bench.shelf() == before)


def bring_in_step(bench: Bench, expected: Shelf) -> list[str]:
    """Refresh all playlists after likes came and went, and return those that changed."""
    before = bench.shelf()
    changed = [one for one in expected if expected[one] != before[one]]
    with bench.counted("preview of all"):
        preview = bench.post("playlists/refresh/preview")
    with bench.counted(f"refresh of {len(changed)} playlists that change") as calls:
        bench.ended(bench.post("playlists", {"preview": preview["id"]})["run"])
    adding = sum(not set(expected[one]) <= set(before[one]) for one in changed)
    taking = sum(not set(before[one]) <= set(expected[one]) for one in changed)
    added = sum(len(set(expected[one]) - set(before[one])) for one in changed)
    removed = sum(len(set(before[one]) - set(expected[one])) for one in changed)
    told = f"{added} songs are added, and {removed} taken out of mirrors alone"
    bench.check(told, holds=bench.shelf() == expected)
    foretold = calls.total() == preview["callsNeeded"]
    bench.check(f"{calls.total()} calls, as the preview said", holds=foretold)
    writes = (calls[ADD], calls[TAKE_OUT])
    bench.check(f"{adding} calls to add, {taking} to take out", holds=writes == (adding, taking))
    return changed


def undo(bench: Bench, playlists: list[str], before: Shelf) -> None:
    with bench.counted(f"undo of {len(playlists)} playlists"):
        for one in playlists:
            bench.ended(bench.post(f"playlists/{one}/undo")["run"])
    bench.check("items and order are as before", holds=bench.shelf() == before)


def measure(bench: Bench) -> None:
    with bench.counted("first scan"):
        bench.scan()
    families = [one for one in bench.get("genres")["families"] if one["count"]]
    members = {one["id"]: bench.of_family(one) for one in families}
    songs = [uri for uris in members.values() for uri in bench.in_order(uris)]
    moving = bench.choose(songs, LIKED + UNLIKED)
    new, leaving = moving[::3] + moving[1::3], moving[2::3]
    bench.edit(unlike=new)
    bench.scan()
    made = make_all(bench, {family: bench.in_order(uris) for family, uris in members.items()})
    mirrors = set(list(made)[::2])
    for one in mirrors:
        bench.person.put(f"/api/playlists/{one}", json={"mode": "mirror"}).raise_for_status()
    refresh_without_news(bench, "nothing new")
    before = bench.shelf()
    bench.edit(like=new)
    with bench.counted(f"scan after {len(new)} likes"):
        bench.scan()
    bench.edit(unlike=leaving)
    with bench.counted(f"scan after {len(leaving)} unlikes all over the library"):
        bench.scan()
    on_top = {family: [uri for uri in new if uri in uris] for family, uris in members.items()}
    expected = {
        one: on_top[family] + [uri for uri in before[one] if one not in mirrors or uri not in leaving]
        for one, family in made.items()
    }
    undo(bench, bring_in_step(bench, expected), before)
    for turn in range(REFRESHES):
        refresh_without_news(bench, f"after the undo, {turn + 1}")


def main() -> int:
    folder = (*sys.argv[1:], os.environ.get("GENRE_SORTER_LIBRARY"))[0]
    library = load_library(Path(folder)) if folder else built_in_library()
    arguments = ("--library", str(Path(folder).resolve())) if folder else ()
    with place(*arguments) as there:
        bench = Bench(there, library)
        measure(bench)
        print(f"peak memory of the app: {there.peak_mb():.0f} MB")
    return 0 if all(bench.held) else 1


if __name__ == "__main__":
    sys.exit(main())
