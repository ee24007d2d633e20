"""All that is kept of a person, as a file."""

import json

import pytest

from app.accounts.export import ExportService
from app.accounts.models import Connection, Session, SessionRef, User, UserSessions
from app.accounts.preferences import PREFERENCES, Preferences
from app.accounts.repository import CONNECTION, SESSION, USER_SESSIONS
from app.community.models import Board, BoardPlaylist, Member
from app.community.repository import BOARD
from app.keyspaces import ALL
from app.kv.cached import CachedKV
from app.playlists.records import PlaylistSongs
from app.playlists.repository import MADE_SONGS
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio

ANNA = User(id="a:nna", name="\u97f3", avatar=None)


async def exported(kv: CachedKV, clock: FakeClock) -> tuple[str, dict[str, list[dict[str, object]]]]:
    parts = await ExportService(kv, ALL, clock).export(ANNA)
    text = "".join([part async for part in parts])
    told = json.loads(text)
    assert set(told) == {"exportedAt", "user", "kept"}
    assert told["user"] == {"id": "a:nna", "name": "\u97f3", "avatar": None}
    return text, told["kept"]


async def test_who_has_nothing_gets_a_whole_file(kv: CachedKV, clock: FakeClock) -> None:
    assert (await exported(kv, clock))[1] == {}


async def test_everything_of_the_person_and_nothing_of_others(kv: CachedKV, clock: FakeClock) -> None:
    for user_id in ("a:nna", "a", "berta"):
        await kv.put_later(PREFERENCES(user_id), Preferences(name_template=f"{user_id}'s"))
    for number in range(12):
        await kv.put(MADE_SONGS("a:nna", f"list-{number:02}"), PlaylistSongs())
    text, kept = await exported(kv, clock)
    (preferences,) = kept["preferences"]
    assert (preferences["key"], preferences["value"]["name_template"]) == ([], "a:nna's")  # type: ignore[index]
    assert [one["key"] for one in kept["playlist-songs"]] == [[f"list-{number:02}"] for number in range(12)]
    assert "berta" not in text


async def test_tokens_and_what_tells_sessions_apart_are_hidden(kv: CachedKV, clock: FakeClock) -> None:
    now = clock.now()
    ref = SessionRef(key="canary-session", created_at=now)
    await kv.put(USER_SESSIONS(ANNA.id), UserSessions(sessions=(ref,)))
    await kv.put(SESSION("canary-session"), Session(user=ANNA, created_at=now, seen_at=now))
    connection = Connection(
        user_id=ANNA.id,
        sealed_access_token="canary-access",
        sealed_refresh_token="canary-refresh",
        scope="user-library-read",
        expires_at=now,
        authorized_at=now,
    )
    await kv.put(CONNECTION(ANNA.id), connection)
    text, kept = await exported(kv, clock)
    assert "canary" not in text
    assert set(kept) == {"session", "user-sessions", "connection"}
    assert "user-library-read" in text
    assert kept["session"][0]["key"] == []


async def test_of_what_several_people_share_everybody_gets_their_own_part(
    kv: CachedKV, clock: FakeClock
) -> None:
    board = Board()
    for user_id in (ANNA.id, "berta"):
        member = Member(user_id=user_id, name=f"{user_id}'s name", avatar=None, joined_at=clock.now())
        board = board.joined_by(member).with_playlists_of(
            user_id,
            (
                BoardPlaylist(
                    user_id=user_id,
                    id=f"{user_id}-1",
                    name="Jazz",
                    url="/1",
                    items=("genre:jazz",),
                    songs=3,
                    created_at=clock.now(),
                ),
            ),
        )
    await kv.put(BOARD("all"), board)
    text, kept = await exported(kv, clock)
    (told,) = kept["board"]
    assert told["value"]["members"][0]["user_id"] == told["value"]["playlists"][0]["user_id"] == ANNA.id  # type: ignore[index]
    assert "berta" not in text
