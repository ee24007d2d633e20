from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo.catalogue import Catalogue, mbid, spotify_url
from app.demo.generated import music
from app.demo.generated.numbers import Kind, Ref, ref_of_id, ref_of_mbid
from app.demo.models import DemoLibrary
from app.demo.people import is_id, new_id

NUMBERS = st.integers(0, 2**32 - 1)


@given(kind=st.sampled_from(("track", "artist", "album")), seed=NUMBERS, number=NUMBERS)
def test_an_id_holds_its_number(kind: Kind, seed: int, number: int) -> None:
    ref = Ref(kind, seed, number)
    assert is_id(ref.id)
    assert ref_of_id(ref.id) == ref
    assert ref_of_mbid(ref.mbid) == ref


def test_other_ids_stand_for_nothing() -> None:
    assert not any(ref_of_id(new_id()) for _ in range(100))
    assert ref_of_id("z" * 22) is None
    assert ref_of_id("x") is None


@pytest.mark.parametrize(("songs", "least", "most"), [(1000, 450, 500), (50_000, 12_500, 16_000)])
def test_there_are_as_many_artists_as_people_have(songs: int, least: int, most: int) -> None:
    assert least < music.artists_within(songs) <= most


def test_new_artists_come_one_at_a_time_and_ever_more_seldom() -> None:
    found = [music.artists_within(songs) for songs in range(30_000)]
    assert found[:2] == [0, 1]
    assert all(0 <= later - earlier <= 1 for earlier, later in pairwise(found))
    assert found[1000] / 1000 > found[10_000] / 10_000 > found[29_999] / 29_999


def test_a_song_is_the_same_whenever_it_is_asked_for_and_another_for_another_seed() -> None:
    assert music.song(5, 77) == music.song(5, 77)
    assert music.song(5, 77) != music.song(6, 77)


def test_songs_have_ids_of_their_own_and_some_share_a_recording() -> None:
    songs = [music.song(3, number) for number in range(2000)]
    codes = [song.isrc for song in songs if song.isrc]
    assert len({song.id for song in songs}) == 2000
    assert 5 < len(codes) - len(set(codes)) < 20
    assert any(not song.playable for song in songs)
    assert any(song.isrc is None for song in songs)
    artists = {one for song in songs for one in song.artists}
    assert len(artists) > 0.9 * music.artists_within(2000)


def test_everything_is_found_again_by_its_id() -> None:
    catalogue = Catalogue(DemoLibrary((), {}))
    song = music.song(9, 1234)
    assert catalogue.find_track(f"spotify:track:{song.id}") == song
    album = catalogue.find_album(song.album_id)
    assert album
    assert album.name == song.album
    assert 1 <= catalogue.track_number(song) <= album.total_tracks
    assert [artist.id for artist in catalogue.artists_of(song)] == list(song.artists)
    assert catalogue.find_track(f"spotify:track:{song.album_id}") is None
    assert catalogue.find_artist(song.id or "") is None


def test_an_artist_s_songs_are_found_however_late_the_artist_comes() -> None:
    catalogue = Catalogue(DemoLibrary((), {}))
    for number in (0, 1, 700, 12_345):
        artist = music.artist(2, number)
        assert any(song.artists[0] == artist.id for song in catalogue.songs_of(artist.id))


def test_most_generated_artists_are_known_to_musicbrainz() -> None:
    catalogue = Catalogue(DemoLibrary((), {}))
    artists = [music.artist(4, number) for number in range(1000)]
    known = [artist for artist in artists if catalogue.artist_at(spotify_url(artist))]
    assert 980 < len(known) < 1000
    assert 750 < sum(bool(artist.genres) for artist in known) < 850
    assert all(catalogue.artist_of_mbid(mbid(artist)) == artist for artist in known)
    assert len({artist.name for artist in artists}) > 950
