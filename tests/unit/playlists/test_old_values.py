"""What earlier versions kept is still read."""

import json
from datetime import UTC, datetime

from app.playlists.changes import change_of, observed
from app.playlists.models import Entry, Plan, Run, Selection
from app.playlists.records import MadePlaylists, PlaylistSongs

AT = "2026-11-22T12:00:00Z"
SELECTION = {"include": ["family:rock"], "match": "any"}
URIS = [f"spotify:track:{letter * 22}" for letter in "abc"]


def read(model: type, value: object) -> object:
    return model.model_validate_json(json.dumps(value))  # type: ignore[attr-defined]


def test_playlists_made() -> None:
    made = {
        "id": "p" * 22,
        "name": "rock",
        "url": "https://open.test/p",
        "run_id": "r",
        "selection": SELECTION,
        "songs": 3,
        "created_at": AT,
    }
    kept = read(MadePlaylists, {"playlists": [made]})
    assert isinstance(kept, MadePlaylists)
    (one,) = kept.playlists
    assert one.selection == Selection(include=("family:rock",))
    assert (one.mode, one.order, one.schedule) == ("add", "newest", "off")
    assert (one.gone, one.change, one.series) == (False, None, None)
    assert one.created_at == datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_songs_put_in_and_what_has_become_of_them() -> None:
    kept = read(PlaylistSongs, {"uris": URIS})
    assert isinstance(kept, PlaylistSongs)
    assert kept.items == tuple(Entry(uri, "", mine=True) for uri in URIS)
    songs = observed(kept, [Entry(URIS[0], "1"), Entry(URIS[2], "3")], "v2")
    assert [one.uri for one in songs.out] == [URIS[1]]
    assert change_of(songs, [Entry(uri) for uri in URIS], "add").add == ()


def test_songs_that_are_kept_now_come_back_as_they_were() -> None:
    songs = PlaylistSongs(
        items=(Entry(URIS[0], "1", mine=True), Entry("")), snapshot_id="v", out=(Entry(URIS[1], "2"),)
    )
    assert PlaylistSongs.model_validate_json(songs.model_dump_json()) == songs


def test_a_plan_and_its_run() -> None:
    planned = {
        "name": "rock",
        "description": "",
        "selection": SELECTION,
        "uris": URIS,
        "skipped_local": 1,
        "skipped_unplayable": 0,
    }
    plan = read(Plan, {"id": "1", "user_id": "u", "created_at": AT, "expires_at": AT, "playlists": [planned]})
    assert isinstance(plan, Plan)
    assert [one.uri for one in plan.playlists[0].additions] == URIS
    assert (plan.playlists[0].task, plan.playlists[0].changes) == ("make", True)
    step = {
        "name": "rock",
        "selection": SELECTION,
        "total": 3,
        "status": "filling",
        "playlist_id": "p" * 22,
        "url": None,
        "added": 2,
        "verified": None,
        "problem": None,
    }
    run = read(
        Run,
        {
            "id": "1",
            "user_id": "u",
            "started_at": AT,
            "status": "running",
            "resumes_at": None,
            "steps": [step],
        },
    )
    assert isinstance(run, Run)
    assert (run.steps[0].task, run.steps[0].to_remove) == ("make", 0)
