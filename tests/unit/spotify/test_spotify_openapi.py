"""Whatever of Spotify's own schemas is missing, null or renamed, answers are read and keep what counts."""

import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.spotify.models import (
    ArtistDetails,
    Playlist,
    PlaylistItem,
    PlaylistSummary,
    SavedTrack,
    SpotifyUser,
    Track,
)
from app.spotify.paging import Page, read_embedded, read_page
from tests.unit.spotify.document import Document, with_holes

DOCUMENT = Document(Path(os.environ["GENRE_SORTER_OPENAPI"]))
RANDOMS = st.randoms(use_true_random=False)
HOLES = st.sampled_from((0.0, 0.05, 0.3, 0.9))


def answer(call: str, random: Random, holes: float) -> dict[str, Any]:
    body: dict[str, Any] = with_holes(DOCUMENT.answer(call, random), random, holes)
    return body


def first(row: dict[str, Any], *names: str) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)


def whole(rows: object) -> list[dict[str, Any]]:
    return [row for row in rows if row is not None] if isinstance(rows, list) else []


def is_kept(track: Track | None, raw: dict[str, Any] | None) -> bool:
    """Whether a song is what was sent."""
    if track is None or raw is None:
        return track is raw
    isrc = (raw.get("external_ids") or {}).get("isrc")
    sent = (raw.get("id"), raw.get("uri") or "", raw.get("name") or "", isrc, raw.get("duration_ms") or 0)
    artists = [(artist.get("id"), artist.get("name") or "") for artist in whole(raw.get("artists"))]
    return (track.id, track.uri, track.name, track.isrc, track.duration_ms) == sent and [
        (artist.id, artist.name) for artist in track.artists
    ] == artists


def read(body: dict[str, Any], model: Any) -> Page[Any]:
    """Read a page that says anything at all."""
    told = isinstance(body.get("items"), list) or isinstance(body.get("total"), int)
    page: Page[Any] = read_page(model, body if told else body | {"total": 0}, offset=0, limit=50)
    if isinstance(body.get("total"), int):
        assert page.total == body["total"]
    return page


@given(RANDOMS, HOLES)
def test_liked_songs(random: Random, holes: float) -> None:
    body = answer("GET /me/tracks", random, holes)
    rows = whole(body.get("items"))
    page = read(body, SavedTrack)
    assert len(page.items) == len(rows)
    for entry, row in zip(page.items, rows, strict=True):
        assert is_kept(entry.track, row.get("track"))


@given(RANDOMS, HOLES)
def test_entries_of_a_playlist(random: Random, holes: float) -> None:
    body = answer("GET /playlists/{playlist_id}/items", random, holes)
    rows = whole(body.get("items"))
    page = read(body, PlaylistItem)
    assert len(page.items) == len(rows)
    for entry, row in zip(page.items, rows, strict=True):
        assert is_kept(entry.track, first(row, "item", "track"))


def is_same(playlist: Playlist, raw: dict[str, Any]) -> bool:
    """Whether a playlist is what was sent."""
    parts = [part for name in ("items", "tracks") if isinstance(part := raw.get(name), dict)]
    total = next((part["total"] for part in parts if "total" in part), None)
    owner = (raw.get("owner") or {}).get("id") or ""
    sent = (raw["id"], raw.get("name") or "", raw.get("snapshot_id") or "", total, owner)
    return (playlist.id, playlist.name, playlist.snapshot_id, playlist.total, playlist.owner.id) == sent


@given(RANDOMS, HOLES)
def test_playlists(random: Random, holes: float) -> None:
    body = answer("GET /me/playlists", random, holes)
    rows = [row for row in whole(body.get("items")) if row.get("id") is not None]
    page = read(body, PlaylistSummary)
    assert len(page.items) == len(rows)
    for playlist, row in zip(page.items, rows, strict=True):
        assert is_same(playlist, row)


@pytest.mark.parametrize("call", ["GET /playlists/{playlist_id}", "POST /me/playlists"])
@given(random=RANDOMS, holes=HOLES)
def test_a_playlist_with_its_entries(call: str, random: Random, holes: float) -> None:
    body = answer(call, random, holes)
    body["id"] = body.get("id") or "asked for"
    assert is_same(Playlist.model_validate(body), body)
    part = next((part for name in ("items", "tracks") if isinstance(part := body.get(name), dict)), {})
    rows = whole(part.get("items"))
    page = read_embedded(PlaylistItem, body)
    assert len(page.items) == len(rows)
    for entry, row in zip(page.items, rows, strict=True):
        assert is_kept(entry.track, first(row, "item", "track"))


@given(RANDOMS, HOLES)
def test_who_it_is(random: Random, holes: float) -> None:
    body = answer("GET /me", random, holes)
    body["id"] = body.get("id") or "listener"
    user = SpotifyUser.model_validate(body)
    assert (user.id, user.username) == (body.get("account_id") or body["id"], body["id"])


@given(RANDOMS, HOLES)
def test_artists(random: Random, holes: float) -> None:
    rows = whole(answer("GET /artists", random, holes).get("artists"))
    page = read_page(ArtistDetails, {"items": rows}, offset=0, limit=50)
    assert [(artist.id, artist.genres) for artist in page.items] == [
        (row.get("id"), tuple(whole(row.get("genres"))) or None) for row in rows
    ]
