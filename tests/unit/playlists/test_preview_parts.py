"""Playlists longer than Spotify takes are planned as several."""

import pytest

from app.playlists.models import PlannedPlaylist, Selection
from app.playlists.planning import in_parts
from app.spotify.limits import NAME_LIMIT, PLAYLIST_LIMIT
from tests.unit.playlists.spotify_wire import track_uris


def planned(songs: int, name: str = "rock") -> PlannedPlaylist:
    selection = Selection(include=("family:rock",))
    return PlannedPlaylist(
        name=name, description="", selection=selection, uris=track_uris(songs), skipped_local=3
    )


@pytest.mark.parametrize(
    ("songs", "sizes"),
    [
        (0, []),
        (1, [1]),
        (PLAYLIST_LIMIT, [PLAYLIST_LIMIT]),
        (PLAYLIST_LIMIT + 1, [PLAYLIST_LIMIT, 1]),
        (2 * PLAYLIST_LIMIT + 5, [PLAYLIST_LIMIT, PLAYLIST_LIMIT, 5]),
    ],
)
def test_no_part_is_longer_than_a_playlist_and_no_song_is_lost(songs: int, sizes: list[int]) -> None:
    parts = in_parts(planned(songs))
    assert [len(part.uris) for part in parts] == sizes
    assert [uri for part in parts for uri in part.uris] == list(track_uris(songs))
    assert [part.name for part in parts] == ["rock", "rock (2)", "rock (3)"][: len(parts)]
    assert sum(part.skipped_local for part in parts) == (3 if parts else 0)


def test_the_numbers_of_parts_survive_a_long_name() -> None:
    second = in_parts(planned(PLAYLIST_LIMIT + 1, "x" * NAME_LIMIT))[1]
    assert len(second.name) <= NAME_LIMIT
    assert second.name.endswith(" (2)")
