"""Writing one playlist: once, in order, whatever gets lost on the way."""

import pytest

from app.playlists.models import PlannedPlaylist, Selection, Step
from app.playlists.records import PlaylistSongs
from app.playlists.writer import Hooks, PlaylistWriter
from app.spotify.client import SpotifyClient
from app.spotify.errors import OutcomeUnknownError, SpotifyError, SpotifyRefusedError
from tests.fakes import FakeClock
from tests.unit.playlists.spotify_wire import PlaylistsAtSpotify, Tokens, track_uris

pytestmark = pytest.mark.anyio

URIS = track_uris(250)
PLANNED = PlannedPlaylist(
    name="rock", description="", selection=Selection(include=("family:rock",)), uris=URIS
)
NEW = Step(name="rock", selection=PLANNED.selection, total=250)


class Saved:
    """Keeps the last step saved, as the store would over a crash."""

    def __init__(self) -> None:
        self.step = NEW

    async def __call__(self, step: Step) -> None:
        self.step = step


async def write(
    spotify: SpotifyClient, clock: FakeClock, saved: Saved, known: frozenset[str] = frozenset()
) -> Step:
    writer = PlaylistWriter(spotify, Tokens(), clock=clock, known_ids=known)
    step, _ = await writer.write(saved.step, PLANNED, known=PlaylistSongs(), hooks=Hooks(save=saved))
    return step


async def test_a_playlist_is_made_in_hundreds_in_order_and_counted(
    spotify: SpotifyClient, clock: FakeClock, at_spotify: PlaylistsAtSpotify
) -> None:
    step = await write(spotify, clock, saved := Saved())
    (playlist_id,) = at_spotify.playlists
    assert tuple(at_spotify.uris(playlist_id)) == URIS
    assert at_spotify.posts == 4
    assert (step.added, step.verified, step.problem) == (250, 250, None)
    assert step.url
    assert (saved.step.playlist_id, saved.step.added) == (playlist_id, 250)


async def test_a_creation_whose_answer_is_lost_is_found_again(
    spotify: SpotifyClient, clock: FakeClock, at_spotify: PlaylistsAtSpotify
) -> None:
    at_spotify.faults = ["lost"]
    step = await write(spotify, clock, Saved())
    assert list(at_spotify.playlists) == [step.playlist_id]
    assert step.verified == 250


async def test_a_creation_that_failed_is_told_and_the_next_try_makes_one(
    spotify: SpotifyClient, clock: FakeClock, at_spotify: PlaylistsAtSpotify
) -> None:
    at_spotify.faults = ["down"]
    saved = Saved()
    with pytest.raises(OutcomeUnknownError):
        await write(spotify, clock, saved)
    assert saved.step.status == "creating"
    await write(spotify, clock, saved)
    assert len(at_spotify.playlists) == 1


async def test_a_crash_between_creation_and_answer_makes_no_second_one(
    spotify: SpotifyClient, clock: FakeClock, at_spotify: PlaylistsAtSpotify
) -> None:
    saved = Saved()
    saved.step = NEW.model_copy(update={"status": "creating"})
    lost = at_spotify.put("rock", [])
    step = await write(spotify, clock, saved)
    assert step.playlist_id == lost
    assert len(at_spotify.playlists) == 1


@pytest.mark.parametrize("uris", [["spotify:track:" + "a" * 22], []])
async def test_somebody_elses_playlist_of_the_same_name_is_never_taken(
    spotify: SpotifyClient, clock: FakeClock, at_spotify: PlaylistsAtSpotify, uris: list[str]
) -> None:
    saved = Saved()
    saved.step = NEW.model_copy(update={"status": "creating"})
    other = at_spotify.put("rock", list(uris))
    step = await write(spotify, clock, saved, known=frozenset({other}))
    assert step.playlist_id != other
    assert at_spotify.uris(other) == uris


@pytest.mark.parametrize("batch", [1, 2, 3])
async def test_songs_whose_answer_is_lost_are_not_added_twice(
    spotify: SpotifyClient, clock: FakeClock, at_spotify: PlaylistsAtSpotify, batch: int
) -> None:
    at_spotify.faults = [None] * batch + ["lost"]
    step = await write(spotify, clock, Saved())
    assert tuple(at_spotify.uris(step.playlist_id or "")) == URIS


@pytest.mark.parametrize("batch", [1, 2, 3])
async def test_a_fill_that_failed_goes_on_where_it_was(
    spotify: SpotifyClient, clock: FakeClock, at_spotify: PlaylistsAtSpotify, batch: int
) -> None:
    at_spotify.faults = [None] * batch + ["down"]
    saved = Saved()
    with pytest.raises(OutcomeUnknownError):
        await write(spotify, clock, saved)
    step = await write(spotify, clock, saved)
    assert tuple(at_spotify.uris(step.playlist_id or "")) == URIS
    assert len(at_spotify.playlists) == 1


@pytest.mark.parametrize(("status", "noted"), [("creating", 0), ("filling", 100), ("filling", 200)])
async def test_a_crash_after_a_batch_that_was_not_noted_adds_it_once(
    spotify: SpotifyClient, clock: FakeClock, at_spotify: PlaylistsAtSpotify, status: str, noted: int
) -> None:
    saved = Saved()
    made = at_spotify.put("rock", list(URIS[: noted + 100]))
    saved.step = NEW.model_copy(update={"status": status, "playlist_id": made, "added": noted})
    await write(spotify, clock, saved)
    assert tuple(at_spotify.uris(made)) == URIS


async def test_a_refusal_is_passed_on(
    spotify: SpotifyClient, clock: FakeClock, at_spotify: PlaylistsAtSpotify
) -> None:
    at_spotify.faults = ["refused"]
    with pytest.raises(SpotifyRefusedError):
        await write(spotify, clock, Saved())
    assert at_spotify.playlists == {}


async def test_a_playlist_whose_length_spotify_does_not_tell_is_not_filled_again(
    spotify: SpotifyClient, clock: FakeClock, at_spotify: PlaylistsAtSpotify
) -> None:
    saved = Saved()
    made = at_spotify.put("rock", list(URIS[:100]))
    at_spotify.counted = False
    saved.step = NEW.model_copy(update={"status": "filling", "playlist_id": made, "added": 100})
    with pytest.raises(SpotifyError):
        await write(spotify, clock, saved)
    assert at_spotify.uris(made) == list(URIS[:100])


async def test_a_song_that_spotify_takes_and_does_not_have_is_told_and_not_added_again(
    spotify: SpotifyClient, clock: FakeClock, at_spotify: PlaylistsAtSpotify
) -> None:
    at_spotify.kept_as = {URIS[3]: None, URIS[120]: None}
    writer = PlaylistWriter(spotify, Tokens(), clock=clock, known_ids=frozenset())
    step, known = await writer.write(NEW, PLANNED, known=PlaylistSongs(), hooks=Hooks(save=Saved()))
    assert (step.verified, step.problem) == (248, "2 songs that Spotify took are not in it.")
    assert at_spotify.posts == 4
    assert [one.uri for one in known.out] == [URIS[3], URIS[120]]


async def test_a_song_that_spotify_shows_under_another_id_is_there_and_the_apps(
    spotify: SpotifyClient, clock: FakeClock, at_spotify: PlaylistsAtSpotify
) -> None:
    other = "spotify:track:" + "z" * 22
    at_spotify.kept_as, at_spotify.isrcs = {URIS[3]: other}, {other: "SAME"}
    planned = PLANNED.model_copy(update={"isrcs": ("", "", "", "SAME")})
    writer = PlaylistWriter(spotify, Tokens(), clock=clock, known_ids=frozenset())
    step, known = await writer.write(NEW, planned, known=PlaylistSongs(), hooks=Hooks(save=Saved()))
    assert (step.verified, step.problem, known.out) == (250, None, ())
    assert at_spotify.posts == 4
    assert known.items[3] == (other, "SAME", True)
