"""What each kind promises."""

import re
from datetime import timedelta

import pytest

from app.keyspaces import ALL, KEPT_ON_DISCONNECT, SPOTIFY_DATA, STORED
from app.kv.keyspace import AtBound, Keyspace, Owner
from app.settings import Settings
from app.templating import Templating

SPACES = {space.prefix: space for space in ALL.spaces if isinstance(space, Keyspace)}
DAY = 86_400

# kind: seconds in memory, seconds in the store, at the bound, stale while the store is down
PROMISES = {
    "session": (60, 7 * DAY, AtBound.WAIT, False),
    "user-sessions": (60, 30 * DAY, AtBound.WAIT, False),
    "access-requests": (300, 90 * DAY, AtBound.WAIT, True),
    "operator-session": (60, DAY // 2, AtBound.WAIT, False),
    "connection": (60, 200 * DAY, AtBound.WAIT, False),
    "plan": (60, DAY, AtBound.WAIT, False),
    "run": (60, 30 * DAY, AtBound.WAIT, False),
    "open-run": (60, 7 * DAY, AtBound.WAIT, False),
    "playlists": (300, None, AtBound.WAIT, True),
    "playlist-songs": (300, None, AtBound.WAIT, True),
    "playlist-listing": (300, 30 * DAY, AtBound.WAIT, True),
    "playlist-contents": (300, 90 * DAY, AtBound.WAIT, True),
    "open-reading": (60, 7 * DAY, AtBound.WAIT, False),
    "playlist-undo": (None, 30 * DAY, AtBound.WAIT, False),
    "board": (60, None, AtBound.MERGE, True),
    "auto-sort": (300, None, AtBound.WAIT, True),
    "family-rules": (300, None, AtBound.WAIT, True),
    "corrections": (300, None, AtBound.WAIT, True),
    "preferences": (300, None, AtBound.WAIT, True),
    "user": (300, None, AtBound.WAIT, True),
    "library": (3600, 60 * DAY, AtBound.WAIT, True),
    "library-songs": (None, 60 * DAY, AtBound.WAIT, True),
    "library-use": (3600, 30 * DAY, AtBound.WAIT, True),
    "artist-genres": (3600, 228 * DAY, AtBound.WAIT, True),
    "scan": (60, 7 * DAY, AtBound.WAIT, False),
    "open-scan": (60, 7 * DAY, AtBound.WAIT, False),
    "open-fill": (60, DAY, AtBound.WAIT, False),
    "listening": (60, DAY, AtBound.DROP_OLDEST, False),
    "player-calls": (60, DAY + 60, AtBound.MERGE, False),
    "analytics": (60, 30 * DAY, AtBound.MERGE, True),
    "visitors": (60, DAY, AtBound.MERGE, True),
    "upstream": (None, 2 * DAY, AtBound.WAIT, False),
}


def seconds(life: timedelta | None) -> float | None:
    return None if life is None else life.total_seconds()


@pytest.mark.parametrize("kind", PROMISES)
def test_a_kind_keeps_its_promise(kind: str) -> None:
    space = SPACES[kind]
    kept = (seconds(space.cache_ttl), seconds(space.ttl), space.at_bound, space.stale_if_down)
    assert kept == PROMISES[kind]


def test_everything_that_belongs_to_a_person_has_its_promise_here() -> None:
    assert {kind for kind, space in SPACES.items() if space.owner is not Owner.NONE} <= set(PROMISES)


def test_a_person_who_disconnects_keeps_or_loses_every_kind() -> None:
    lost, kept = set(SPOTIFY_DATA.spaces), set(KEPT_ON_DISCONNECT)
    assert not lost & kept
    assert lost | kept == {space for space in SPACES.values() if space.owner is not Owner.NONE}


def told(*, personal: bool) -> list[str]:
    """The kinds that people are told of, in the order of the list."""
    settings = Settings(_env_file=None, contact="x")
    environment = Templating(settings, {"stored": STORED}).environments["en"]
    lists = environment.get_template("about/_stored.html").make_module().lists
    return re.findall(r'data-kind="([^"]+)"', lists(personal=personal))


def test_every_kind_is_told_in_plain_words_once() -> None:
    assert sorted(told(personal=False)) == sorted(space.prefix for space in ALL.spaces)


def test_a_person_is_told_of_all_that_is_theirs_and_of_nothing_else() -> None:
    theirs = [kind for kind, space in SPACES.items() if space.owner is not Owner.NONE]
    assert sorted(told(personal=True)) == sorted(theirs)
