"""Ends that nobody plans: what was acknowledged is there afterwards, and what was begun goes on by itself."""

import math
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.e2e.listener import Listener
from tests.e2e.server import Server, until

NewServer = Callable[..., Server]
NewListener = Callable[[Server], Listener]

SLOW = {"SPOTIFY_RATE_PER_SECOND": "12", "MUSICBRAINZ_RATE_PER_SECOND": "3"}
LATENCY_MS = 30
MOMENTS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "early": lambda scan: scan["scanned"] >= 200,
    "late": lambda scan: scan["scanned"] >= 1000,
    "all songs read": lambda scan: scan["phase"] == "artists",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_scan_goes_on_after_a_crash_without_losing_or_doubling_a_song(
    moment: str, new_server: NewServer, new_listener: NewListener, scanned: Listener
) -> None:
    server = new_server(**SLOW).start()
    listener = new_listener(server)
    server.switch(latency_ms=LATENCY_MS)
    listener.start_scan()
    until(lambda: MOMENTS[moment](listener.json("/api/genres/scan")), moment)
    server.kill()
    pages_left = math.ceil(scanned.library()["totalTracks"] / 50) + 1

    server.start()
    assert listener.json("/api/genres/scan")["status"] == "running"
    listener.wait_for_scan()
    assert server.pages_read() < pages_left
    assert listener.library() == scanned.library()
    assert listener.unplaced() == scanned.unplaced()


def nothing_yet(control: dict[str, Any]) -> bool:
    return True


def one_is_there(control: dict[str, Any]) -> bool:
    return bool(control["playlists"])


def one_has_songs(control: dict[str, Any]) -> bool:
    return any(playlist["uris"] for playlist in control["playlists"])


def the_second_has_songs(control: dict[str, Any]) -> bool:
    return sum(bool(playlist["uris"]) for playlist in control["playlists"]) > 1


@pytest.mark.parametrize("moment", [nothing_yet, one_is_there, one_has_songs, the_second_has_songs])
def test_playlists_are_made_once_though_a_crash_comes_after_create(
    moment: Callable[[dict[str, Any]], bool], new_server: NewServer, new_listener: NewListener
) -> None:
    server = new_server().start()
    listener = new_listener(server).scan()
    preview = listener.preview(["family:rock"], ["family:jazz"], ["soul"])
    server.switch(latency_ms=LATENCY_MS)
    run = listener.create(preview["id"])
    until(lambda: moment(server.control()), moment.__name__)
    server.kill()

    server.start()
    result = listener.wait_for_run(run)
    assert result["status"] == "completed"
    held = {playlist["name"]: playlist for playlist in server.control()["playlists"]}
    assert len(held) == len(server.control()["playlists"])
    wanted = {playlist["name"]: playlist["trackUris"] for playlist in preview["playlists"]}
    assert {name: playlist["uris"] for name, playlist in held.items()} == wanted
    made = listener.json("/api/my-playlists")["playlists"]
    assert {(one["id"], one["songs"]) for one in made} == {
        (playlist["id"], len(playlist["uris"])) for playlist in held.values()
    }


def test_a_restarted_app_knows_its_listeners_and_what_it_made(
    new_server: NewServer, new_listener: NewListener
) -> None:
    server = new_server().start()
    listener = new_listener(server).scan()
    listener.wait_for_run(listener.create(listener.preview(["family:blues"])["id"]))
    library, made = listener.library(), listener.json("/api/my-playlists")
    assert made["playlists"]
    server.kill()
    server.start()
    assert listener.json("/session")["authenticated"]
    assert listener.library() == library
    assert listener.json("/api/my-playlists") == made
    assert "Blues" in listener.see("/playlists").text


def test_being_told_to_stop_ends_open_event_streams_and_the_process(
    new_server: NewServer, new_listener: NewListener
) -> None:
    server = new_server(SPOTIFY_RATE_PER_SECOND="1").start()
    listener = new_listener(server)
    listener.start_scan()
    with listener.http.stream("GET", "/api/genres/scan/events") as stream:
        events = stream.iter_lines()
        assert next(events)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        for _ in events:  # a stream that is cut off, not ended, raises
            pass
    stopping.join()
    assert "timeout graceful shutdown exceeded" not in server.log()
    assert "kv.writes-lost" not in server.log()


def test_a_second_process_on_the_same_database_is_refused(new_server: NewServer) -> None:
    first, second = new_server().start(), new_server()
    second.env = {**second.env, "KV_URL": f"sqlite:///{first.folder}/genre-sorter.db"}
    assert second.launch().wait(timeout=30) != 0
    assert "is open in another genre-sorter process" in second.log()
    assert httpx.get(f"{first.url}/readyz").is_success
