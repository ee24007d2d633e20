"""A correction moves songs, and playlists follow as their mode says: from one word to the simulator."""

from collections.abc import Iterator

import pytest

from app.demo.library import built_in_library
from tests.e2e.listener import Listener
from tests.e2e.server import Server

FROM, TO = "jazz", "dub techno"


@pytest.fixture
def listener(demo: Server) -> Iterator[Listener]:
    with Listener(demo.url) as listener:
        yield listener.sign_in().scan()


def refreshed(listener: Listener) -> None:
    run = listener.http.post("/api/playlists/refresh").raise_for_status().json()["run"]
    assert listener.wait_for_run(run)["status"] == "completed"


def test_a_corrected_artists_songs_leave_a_mirror_and_stay_where_songs_are_only_added(
    demo: Server, listener: Listener
) -> None:
    artist, songs = max(by_artist(listener).items(), key=lambda found: len(found[1]))
    wanted = {"include": [f"family:{FROM}"]}
    body = {"selections": [wanted | {"name": mode, "mode": mode} for mode in ("add", "mirror")]}
    preview = listener.http.post("/api/playlists/preview", json=body).raise_for_status().json()
    made = listener.wait_for_run(listener.create(preview["id"]))["playlists"]
    before = [held(demo, one["id"]) for one in made]
    assert songs <= set(before[1])
    said = {"genres": [TO]}
    listener.http.put(f"/api/genres/corrections/artist:{artist}", json=said).raise_for_status()
    belong = family_of(listener)
    assert not songs & belong
    for _ in range(2):
        refreshed(listener)
        add, mirror = (held(demo, one["id"]) for one in made)
        assert add == before[0]
        assert mirror == [uri for uri in before[1] if uri in belong]


def family_of(listener: Listener) -> set[str]:
    """Return the songs that the family's genres lead."""
    (family,) = (one for one in listener.library()["families"] if one["id"] == FROM)
    genres = [genre["name"] for genre in family["genres"]]
    return {track["uri"] for genre in genres for track in listener.tracks(genre, "lead")}


def by_artist(listener: Listener) -> dict[str, set[str]]:
    """Return the songs of the family that have one artist alone, if a playlist can have them."""
    belong, found = family_of(listener), dict[str, set[str]]()
    for song in built_in_library().tracks:
        uri = f"spotify:track:{song.id}"
        if uri in belong and len(song.artists) == 1 and song.playable and not song.is_local:
            found.setdefault(song.artists[0], set()).add(uri)
    return found


def held(server: Server, playlist_id: str) -> list[str]:
    (found,) = (one["uris"] for one in server.control()["playlists"] if one["id"] == playlist_id)
    return list(found)
