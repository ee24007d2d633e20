"""What is chosen in a preview, and what of it has to be seen before it is written."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.playlists.models import Namesake, Plan, PlannedPlaylist, Selection
from app.playlists.planning import in_parts
from app.playlists.preview_form import Choices
from app.spotify.limits import PLAYLIST_LIMIT
from tests.unit.playlists.spotify_wire import track_uris

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROCK, JAZZ = Selection(include=("family:rock",)), Selection(include=("family:jazz",))
THERE, OTHER = "t" * 22, "o" * 22
NEW = PlannedPlaylist(name="rock", description="Loud", selection=ROCK, uris=track_uris(3), asked=ROCK)
UPDATE = NEW.model_copy(
    update={
        "task": "update",
        "playlist_id": THERE,
        "selection": ROCK.joined(JAZZ),
        "add": track_uris(3)[:1],
        "mode": "mirror",
        "calls": 4,
    }
)


def plan_of(*playlists: PlannedPlaylist) -> Plan:
    own = (Namesake(id=OTHER, name="Blues"),)
    return Plan(
        id="p",
        user_id="u",
        created_at=NOW,
        expires_at=NOW + timedelta(days=1),
        playlists=playlists,
        own=own,
    )


def chosen(**fields: object) -> Choices:
    return Choices.of((f"{name}-0", value) for name, value in fields.items())


@pytest.mark.parametrize(
    ("planned", "fields", "again"),
    [
        (NEW, {}, False),
        (NEW, {"name": "loud", "description": "Very", "mode": "mirror", "where": ""}, False),
        (NEW, {"drop": track_uris(1)[0]}, False),
        (NEW, {"order": "oldest"}, True),
        (NEW, {"where": THERE}, True),
        (NEW, {"where": "", "into": THERE}, True),
        (NEW, {"name": " blues"}, True),
        (NEW, {"name": "blues", "second": "true"}, False),
        (NEW.model_copy(update={"dropped": track_uris(1)}), {"name": "rock"}, True),
        (NEW.model_copy(update={"dropped": track_uris(1)}), {"drop": track_uris(1)[0]}, False),
        (NEW.model_copy(update={"replaces": THERE}), {"name": "rock"}, False),
        (UPDATE, {"where": THERE, "mode": "mirror", "order": "newest"}, False),
        (UPDATE, {"mode": "add"}, True),
        (UPDATE, {"where": ""}, True),
    ],
)
def test_other_songs_and_places_are_looked_at_again(
    planned: PlannedPlaylist, fields: dict[str, Any], *, again: bool
) -> None:
    assert chosen(**fields).look_again(plan_of(planned)) is again


def test_a_plan_is_written_as_chosen() -> None:
    one, two, three = track_uris(3)
    fields = {"name": "  night \n drive ", "description": "Dark", "mode": "frozen", "drop": two}
    (new,) = chosen(**fields).applied(plan_of(NEW)).playlists
    assert (new.name, new.description, new.mode, new.uris) == ("night drive", "Dark", "frozen", (one, three))
    assert new.dropped == (two,)
    (same,) = chosen(name=" ", description="").applied(plan_of(NEW)).playlists
    assert same == NEW


def test_an_update_keeps_its_name_and_takes_no_call_when_all_is_left_out() -> None:
    one, two, _ = track_uris(3)
    (update,) = chosen(name="other", mode="mirror", drop=one).applied(plan_of(UPDATE)).playlists
    assert (update.name, update.add, update.calls_needed) == ("rock", (), 0)
    (update,) = chosen(drop=two).applied(plan_of(UPDATE)).playlists
    assert update == UPDATE  # it is in it already


def test_what_was_asked_for_is_planned_anew_elsewhere_in_the_way_of_that_place() -> None:
    (wanted,) = chosen(where="", mode="mirror", order="oldest").wanted(plan_of(UPDATE))
    assert (wanted.selection, wanted.target, wanted.mode, wanted.order) == (ROCK, None, None, "oldest")
    (wanted,) = chosen(mode="add").wanted(plan_of(UPDATE))
    assert (wanted.target, wanted.mode, wanted.order) == (THERE, "add", "newest")
    (wanted,) = Choices({}).wanted(plan_of(NEW.model_copy(update={"replaces": OTHER})))
    assert wanted.target == OTHER


def test_parts_of_a_playlist_that_was_split_are_planned_anew_as_one() -> None:
    whole = NEW.model_copy(update={"uris": track_uris(PLAYLIST_LIMIT + 1)})
    parts = in_parts(whole, series="s")
    wanted = chosen(name="loud").wanted(plan_of(*parts, NEW))
    assert [one.name for one in wanted] == ["loud", ""]
