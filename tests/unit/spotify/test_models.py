from datetime import UTC, datetime
from typing import Any

import pytest

from app.spotify.models import Album, Playlist, PlaylistItem, PlaylistSummary, SavedTrack, SpotifyUser, Track

ID = "4uLU6hMCjMI75M1A2tKUQC"


def test_the_stable_account_id_is_the_key() -> None:
    user = SpotifyUser.model_validate({"account_id": "acc", "id": "listener", "display_name": None})
    assert (user.id, user.username, user.display_name) == ("acc", "listener", None)


@pytest.mark.parametrize("account_id", [{}, {"account_id": None}, {"account_id": ""}])
def test_without_an_account_id_the_id_is_the_key(account_id: dict[str, Any]) -> None:
    user = SpotifyUser.model_validate({**account_id, "id": "listener", "images": None})
    assert (user.id, user.username, user.images) == ("listener", "listener", ())


def test_a_full_track() -> None:
    track = Track.model_validate(
        {
            "id": ID,
            "uri": f"spotify:track:{ID}",
            "name": "Never",
            "artists": [{"id": "a", "name": "A"}, None, {"id": None, "name": "B"}],
            "album": {
                "id": "x",
                "name": "X",
                "images": [{"url": "https://i.example/1"}],
                "release_date": "1987",
            },
            "duration_ms": 212_000,
            "external_ids": {"isrc": "GBARL9300135"},
            "is_playable": False,
            "restrictions": {"reason": "market"},
            "type": "track",
            "something_new": {"deep": [1]},
        }
    )
    assert [(artist.id, artist.name) for artist in track.artists] == [("a", "A"), (None, "B")]
    assert track.isrc == "GBARL9300135"
    assert track.album.release_year == 1987
    assert track.album.images[0].url == "https://i.example/1"
    assert not track.playable
    assert track.restrictions is not None
    assert track.restrictions.reason == "market"


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {
            "artists": None,
            "album": None,
            "external_ids": None,
            "duration_ms": None,
            "type": None,
            "uri": None,
        },
        {"external_ids": {"isrc": None}, "album": {"images": None, "name": None, "release_date": None}},
    ],
)
def test_a_track_of_nothing_but_nulls(raw: dict[str, Any]) -> None:
    assert Track.model_validate(raw) == Track()
    assert Track().playable


def test_a_local_file() -> None:
    saved = SavedTrack.model_validate(
        {
            "added_at": "2020-01-02T03:04:05Z",
            "track": {
                "id": None,
                "uri": "spotify:local:Artist:Album:Title:123",
                "is_local": True,
                "name": "Title",
                "artists": [{"id": None, "uri": None, "name": "Artist"}],
                "album": {"id": None, "images": [], "name": "Album", "release_date": None},
            },
        }
    )
    assert saved.added_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert saved.track is not None
    assert saved.track.is_local
    assert saved.track.id is None


@pytest.mark.parametrize("added_at", [None, "", "yesterday", {}, "1970-01-01T00:00:00Z"])
def test_an_odd_time_costs_only_the_time(added_at: object) -> None:
    saved = SavedTrack.model_validate({"added_at": added_at, "track": {"name": "Song"}})
    assert saved.added_at is None
    assert saved.track is not None


def test_times_are_aware_and_in_utc() -> None:
    naive = SavedTrack.model_validate({"added_at": "2020-01-02T03:04:05"})
    shifted = SavedTrack.model_validate({"added_at": "2020-01-02T05:04:05+02:00"})
    assert naive.added_at == shifted.added_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert shifted.added_at is not None
    assert shifted.added_at.tzinfo is UTC


@pytest.mark.parametrize(
    "body",
    [
        {"item": {"name": "new"}},
        {"track": {"name": "new"}},
        {"item": {"name": "new"}, "track": {"name": "old"}},
        {"item": None, "track": {"name": "new"}},
    ],
)
def test_an_entry_is_called_item_or_track(body: dict[str, Any]) -> None:
    entry = PlaylistItem.model_validate(body)
    assert entry.track is not None
    assert entry.track.name == "new"


def test_an_episode_says_so() -> None:
    entry = PlaylistItem.model_validate(
        {"item": {"type": "episode", "name": "Ep", "id": ID, "uri": "spotify:episode:1"}}
    )
    assert entry.track is not None
    assert (entry.track.type, entry.track.artists) == ("episode", ())


@pytest.mark.parametrize(
    ("part", "total"),
    [
        ({"items": {"href": "x", "total": 7}}, 7),
        ({"tracks": {"total": 7}}, 7),
        ({"items": None, "tracks": {"total": 7}}, 7),
        ({"items": {"total": 7}, "tracks": {"total": 9}}, 7),
        ({"items": {"total": None}}, None),
        ({"items": []}, None),
        ({}, None),
    ],
)
def test_the_length_of_a_playlist(part: dict[str, Any], total: int | None) -> None:
    assert PlaylistSummary.model_validate({"id": ID, **part}).total == total


def test_a_playlist_of_odd_things() -> None:
    playlist = Playlist.model_validate(
        {
            "id": ID,
            "name": None,
            "description": "R&amp;B &#x27;n&#x27; soul",
            "external_urls": {"spotify": "javascript:alert(1)"},
            "images": None,
            "owner": {"id": "listener", "display_name": None},
            "public": None,
        }
    )
    assert playlist.description == "R&B 'n' soul"
    assert playlist.url == ""
    assert playlist.images == ()
    assert playlist.owner.id == "listener"


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("1981-09-17", 1981),
        ("1976-12", 1976),
        ("1987", 1987),
        ("0000", None),
        ("", None),
        (None, None),
        ("19x7", None),
    ],
)
def test_release_years(date: str | None, year: int | None) -> None:
    assert Album(release_date=date).release_year == year


def test_a_model_survives_being_written_and_read() -> None:
    track = Track.model_validate(
        {"id": ID, "external_ids": {"isrc": "GBARL9300135"}, "restrictions": {"reason": "x"}}
    )
    assert Track.model_validate_json(track.model_dump_json()) == track
