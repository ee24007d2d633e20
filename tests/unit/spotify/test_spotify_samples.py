"""Every recorded answer of Spotify's is understood by the model that reads its kind."""

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from app.spotify.complaints import complaint
from app.spotify.models import (
    Artist,
    Image,
    Playlist,
    PlaylistItem,
    PlaylistSummary,
    SavedTrack,
    SpotifyUser,
    Track,
)
from app.spotify.paging import read_page

FOLDER = Path(os.environ["GENRE_SORTER_SAMPLES"]) / "spotify"
FILES = sorted(FOLDER.glob("*.json"))
PAGES: dict[str, type[BaseModel]] = {
    "current_user_playlist_1": PlaylistSummary,
    "current_user_playlist_2": PlaylistSummary,
    "playlist_items": PlaylistItem,
    "recently_played_tracks": SavedTrack,
    "saved_tracks": SavedTrack,
    "top_artists": Artist,
}
OBJECTS: dict[str, type[BaseModel]] = {
    "artist": Artist,
    "current_user": SpotifyUser,
    "new_playlist": Playlist,
    "playlist_1": Playlist,
    "playlist_2": Playlist,
    "playlist_3": Playlist,
}
ERRORS = {"playlist_not_found": "Resource not found", "rate_limit": "API rate limit exceeded"}
NOT_READ_YET = {"library_contains", "playlist_cover_image", "playlist_update_items"}


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_is_read_by_one_test(file: Path) -> None:
    known = {*PAGES, *OBJECTS, *ERRORS, *NOT_READ_YET}
    assert file.stem in known or file.stem.startswith(("playback_", "current_playing"))


@pytest.mark.parametrize("name", PAGES)
def test_pages_lose_no_entry(name: str) -> None:
    body = load(name)
    page = read_page(PAGES[name], body, offset=0, limit=body["limit"])

    assert len(page.items) == len(body["items"]) > 0
    assert page.skipped == 0
    assert page.total >= len(page.items)


@pytest.mark.parametrize("name", ["saved_tracks", "playlist_items"])
def test_songs_are_complete(name: str) -> None:
    body = load(name)
    for raw, item in zip(body["items"], read_page(PlaylistItem, body, offset=0, limit=50).items, strict=True):
        track = item.track
        assert track is not None
        assert (track.id, track.uri, track.name) == tuple(raw["track"][key] for key in ("id", "uri", "name"))
        assert [artist.name for artist in track.artists] == [one["name"] for one in raw["track"]["artists"]]
        assert track.isrc == raw["track"]["external_ids"]["isrc"]
        assert item.added_at is not None


@pytest.mark.parametrize("name", OBJECTS)
def test_objects_are_read(name: str) -> None:
    body = load(name)
    assert OBJECTS[name].model_validate(body).model_dump()["id"] == body["id"]


@pytest.mark.parametrize("name", ["playlist_1", "playlist_2", "playlist_3"])
def test_playlists_know_their_length(name: str) -> None:
    playlist = Playlist.model_validate(load(name))
    assert playlist.total is not None
    assert playlist.snapshot_id
    assert playlist.url.startswith("https://open.spotify.com/playlist/")


@pytest.mark.parametrize(
    "file", sorted(FOLDER.glob("*play*ing*_track.json")) + sorted(FOLDER.glob("playback_*"))
)
def test_whatever_plays_is_a_track_or_an_episode(file: Path) -> None:
    item = json.loads(file.read_text())["item"]
    assert Track.model_validate(item).name == item["name"]


@pytest.mark.parametrize(("name", "message"), ERRORS.items())
def test_errors_are_read(name: str, message: str) -> None:
    assert complaint(httpx.Response(404, json=load(name))) == (message, "")


def test_covers_are_read() -> None:
    assert all(Image.model_validate(image).url for image in load("playlist_cover_image"))
