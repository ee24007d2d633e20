"""What a kept playlist's page knows without asking Spotify."""

from datetime import timedelta

import pytest

from app.genres.families import Families
from app.genres.library import Library, Origin
from app.playlists.kept.forms import KeptQuery
from app.playlists.kept.page_models import KeptPage
from app.playlists.kept.pages import KeptPages
from app.playlists.models import Entry, Selection
from app.playlists.records import UNDO_LIFE, Change, MadePlaylist, PlaylistSongs
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio

FAMILIES = Families.load()


def page(clock: FakeClock, *include: str, songs: PlaylistSongs | None = None, **made: object) -> KeptPage:
    playlist = MadePlaylist(
        id="p" * 22,
        name="mine",
        url="https://open.test",
        run_id="run",
        selection=Selection(include=include or ("family:jazz",)),
        songs=3,
        created_at=clock.now(),
    ).model_copy(update=made)
    library = Library((), FAMILIES, Origin(scanned_at=clock.now(), whole=True, waiting=(), sources={}))
    pages = KeptPages(clock, open_url="https://open.test")
    return pages.playlist(playlist, songs or PlaylistSongs(), library, query=KeptQuery())


@pytest.mark.parametrize(
    ("include", "family"),
    [
        (("family:jazz",), "Jazz"),
        (("family:jazz", "genre:bebop"), "Jazz"),
        (("genre:bebop", "genre:cool jazz"), "Jazz"),
        (("family:jazz", "genre:techno"), None),
        (("family:own-gone",), "Undone family"),
    ],
)
def test_a_playlist_of_one_family_has_its_colour(
    clock: FakeClock, include: tuple[str, ...], family: str | None
) -> None:
    found = page(clock, *include).line.family
    assert (found.name if found else None) == family


async def test_a_change_can_be_undone_until_thirty_days_have_passed_and_not_when_it_is_gone(
    clock: FakeClock,
) -> None:
    change = Change(kind="updated", at=clock.now(), added=1)
    assert page(clock, change=change).line.undo_until == clock.now() + UNDO_LIFE
    assert page(clock, change=change, gone=True).line.undo_until is None
    assert page(clock, change=change.model_copy(update={"kind": "undone"})).line.undo_until is None
    await clock.advance((UNDO_LIFE + timedelta(seconds=1)).total_seconds())
    assert page(clock, change=change).line.undo_until is None


def test_a_run_that_has_not_finished_a_playlist_is_named(clock: FakeClock) -> None:
    song = Entry("spotify:track:" + "x" * 22)
    assert page(clock).unfinished is None
    assert page(clock, songs=PlaylistSongs(items=(song,))).unfinished is None
    assert page(clock, songs=PlaylistSongs(adding=(song,))).unfinished == "run"
    assert page(clock, songs=PlaylistSongs(writing="later")).unfinished == "later"


def test_songs_taken_out_come_in_pages(clock: FakeClock) -> None:
    out = tuple(Entry(f"spotify:track:{number:022}") for number in range(250))
    found = page(clock, songs=PlaylistSongs(out=out)).out
    assert (len(found.songs), found.total, found.next_offset) == (200, 250, 200)
    assert found.uris == tuple(one.uri for one in out[:200])
