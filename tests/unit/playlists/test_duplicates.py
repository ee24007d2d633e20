"""Which of some songs go into a playlist, and what is told of those that may be one."""

from app.genres.songs import ArtistRef, Song
from app.playlists.duplicates import choose
from app.playlists.models import Duplicate


def song(letter: str, name: str = "", *, isrc: str | None = None, by: str = "Nina", **more: bool) -> Song:
    return Song(
        id=letter * 22, name=name or letter, artists=(ArtistRef(by * 5, by),), isrc=isrc or None, **more
    )


def uri(letter: str) -> str:
    return f"spotify:track:{letter * 22}"


def test_songs_stay_in_the_order_of_their_likes() -> None:
    choice = choose([song("a", isrc="1"), song("b", isrc="2"), song("c")])
    assert [(one.uri, one.isrc) for one in choice.entries] == [
        (uri("a"), "1"),
        (uri("b"), "2"),
        (uri("c"), ""),
    ]
    assert choice.duplicates == ()


def test_of_one_recording_the_older_like_wins() -> None:
    choice = choose([song("a", isrc="1"), song("b"), song("c", isrc="1"), song("d", isrc="1")])
    assert [one.uri for one in choice.entries] == [uri("b"), uri("d")]
    assert choice.duplicates == (
        Duplicate(kept=uri("d"), other=uri("a"), kind="recording"),
        Duplicate(kept=uri("d"), other=uri("c"), kind="recording"),
    )


def test_the_playable_one_wins_over_an_older_like_that_is_not() -> None:
    choice = choose([song("a", isrc="1"), song("b", isrc="1", playable=False)])
    assert [one.uri for one in choice.entries] == [uri("a")]
    assert (choice.unplayable, choice.duplicates) == (1, ())


def test_of_one_title_by_the_same_artists_both_stay_and_are_told() -> None:
    choice = choose(
        [song("a", "Feeling  Good"), song("b", "feeling good"), song("c", "Feeling Good", by="Muse")]
    )
    assert len(choice.entries) == 3
    assert choice.duplicates == (Duplicate(kept=uri("b"), other=uri("a"), kind="title"),)


def test_local_files_and_songs_without_an_address_are_left_out() -> None:
    local = Song(id=None, name="tape", artists=(), is_local=True, address="spotify:local:a:b:c:1")
    nowhere = Song(id=None, name="nowhere", artists=())
    choice = choose([song("a"), local, nowhere])
    assert ([one.uri for one in choice.entries], choice.local, choice.unplayable) == ([uri("a")], 2, 0)


def test_what_the_listener_drops_is_left_out_and_does_not_win() -> None:
    choice = choose([song("a", isrc="1"), song("b", isrc="1")], dropped={uri("b")})
    assert [one.uri for one in choice.entries] == [uri("a")]
    assert choice.duplicates == ()
