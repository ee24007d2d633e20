"""Reading a library from a folder."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.demo.library import DemoArtist, LibraryError, load_library

ARTISTS = [
    {"id": "A" * 22, "name": "Nina Simone", "genres": ["soul", "vocal jazz"]},
    {"id": "B" * 22, "name": "Nobody Known", "genres": []},
]
SONG = {
    "id": "t" * 22,
    "name": "A line\u2028in two",
    "album": "Album",
    "album_id": "l" * 22,
    "release_date": "1966-03",
    "duration_ms": 201000,
    "added_at": "2024-11-30T02:39:04Z",
    "isrc": "QZ7944411460",
    "artists": [{"id": "A" * 22, "name": "Nina Simone"}, {"id": "C" * 22, "name": "Not In The File"}],
}
ODD = {
    **SONG,
    "id": "u" * 22,
    "name": "",
    "album": "",
    "release_date": "0000",
    "duration_ms": 0,
    "artists": [],
}
LOCAL = {**SONG, "id": None, "album_id": "", "isrc": None, "is_local": True, "playable": False}


def write(folder: Path, name: str, rows: list[Any]) -> None:
    text = "\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / name).write_text(text + "\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "artists.jsonl", ARTISTS)
    write(tmp_path, "tracks.jsonl", [SONG, ODD, LOCAL])
    return tmp_path


def test_songs_keep_their_order_and_all_they_say(folder: Path) -> None:
    song, odd, local = load_library(folder).tracks
    assert (song.id, song.name, song.release_date) == ("t" * 22, "A line\u2028in two", "1966-03")
    assert song.artists == ("A" * 22, "C" * 22)
    assert song.added_at == datetime(2024, 11, 30, 2, 39, 4, tzinfo=UTC)
    assert (song.is_local, song.playable) == (False, True)
    assert (odd.name, odd.artists, odd.release_date, odd.duration_ms) == ("", (), "0000", 0)
    assert (local.id, local.isrc, local.is_local, local.playable) == (None, None, True, False)


def test_artists_that_only_a_song_names_have_no_genres(folder: Path) -> None:
    artists = load_library(folder).artists
    assert artists["A" * 22] == DemoArtist("A" * 22, "Nina Simone", ("soul", "vocal jazz"))
    assert artists["C" * 22] == DemoArtist("C" * 22, "Not In The File", ())
    assert len(artists) == 3


@pytest.mark.parametrize("name", ["tracks.jsonl", "artists.jsonl"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(LibraryError, match=f"{name}: No such file"):
        load_library(folder)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="nowhere"):
        load_library(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "rows", "message"),
    [
        ("tracks.jsonl", [SONG, "{"], r"tracks\.jsonl, line 2: Invalid JSON"),
        ("tracks.jsonl", [SONG, "", "[1]"], r"tracks\.jsonl, line 3: "),
        ("tracks.jsonl", [{**SONG, "added_at": "yesterday"}], r"line 1: added_at: "),
        ("tracks.jsonl", [{**SONG, "artists": [{"name": "x"}]}], r"line 1: artists\.0\.id: Field required"),
        ("artists.jsonl", [{"id": "A", "name": "x"}], r"artists\.jsonl, line 1: genres: Field required"),
    ],
)
def test_a_malformed_line_is_named(folder: Path, name: str, rows: list[Any], message: str) -> None:
    write(folder, name, rows)
    with pytest.raises(LibraryError, match=message):
        load_library(folder)


if os.environ.get("GENRE_SORTER_LIBRARY"):

    def test_a_real_library_loads_whole() -> None:
        library = load_library(Path(os.environ["GENRE_SORTER_LIBRARY"]))
        assert (len(library.tracks), len(library.artists)) == (6_576, 3_123)
        assert sum(bool(artist.genres) for artist in library.artists.values()) == 1_942
        assert all(artist in library.artists for track in library.tracks for artist in track.artists)
