"""A library and playlists with every oddity that Spotify is known for, all read in one scan."""

from collections.abc import Callable

import pytest

from tests.e2e.listener import Listener
from tests.e2e.server import Server

SONGS = 200
LOST = 1
"""Rows of Liked Songs whose song Spotify no longer has; all other songs of the playlists are liked too."""


@pytest.fixture
def server(new_server: Callable[..., Server]) -> Server:
    return new_server("demo", "--oddities", "--songs", str(SONGS)).start()


@pytest.fixture
def odd(server: Server, new_listener: Callable[[Server], Listener]) -> Listener:
    return new_listener(server)


def scan_everything(listener: Listener) -> None:
    playlists = listener.json("/api/user-playlists")["playlists"]
    assert len({one["id"] for one in playlists}) == len(playlists)
    readable = [f"playlist:{one['id']}" for one in playlists if one["readable"]]
    assert 0 < len(readable) < len(playlists)
    listener.http.post("/api/genres/scan", json={"sources": ["liked", *readable]}).raise_for_status()
    listener.wait_for_scan()


def test_every_oddity_is_read_and_told_and_no_song_is_missing_or_double(
    server: Server, odd: Listener
) -> None:
    scan_everything(odd)
    songs = server.control()["liked"] - LOST
    library = odd.library()
    placed = {track for genre in library["genres"] for track in genre["trackIds"]}
    assert library["totalTracks"] == len(placed) + library["withoutGenre"] == songs
    report = odd.json("/api/genres/scan")["report"]
    assert report["lost"] == []
    told = ("vanished", "notSongs", "repeated", "local", "unplayable")
    assert not [name for name in told if not report[name]], report
    for path in ("/scan", "/genres", "/genres/none"):
        assert odd.see(path).status_code == 200


def test_answers_that_fail_by_chance_lose_no_song(server: Server, odd: Listener) -> None:
    with server.switched(fail_share=0.2):
        scan_everything(odd)
    assert odd.library()["totalTracks"] == server.control()["liked"] - LOST
