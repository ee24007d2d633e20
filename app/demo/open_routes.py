"""Where links to Spotify lead in the demo: plain pages, and the pictures of albums."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import Response

from app.demo.catalogue import Catalogue
from app.demo.covers import render_cover
from app.demo.deps import WorldDep
from app.demo.models import DemoTrack
from app.demo.render import render_page
from app.demo.world import World

A_DAY = "public, max-age=86400"
FOR_EVER = "public, max-age=31536000, immutable"
# A picture opened by itself must not act as a page of ours.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Line:
    """A song on a page; no link where it is lost or local."""

    title: str
    artists: str
    track_id: str | None


@dataclass(frozen=True, slots=True)
class OpenPage:
    """Something that Spotify would show."""

    kind: str
    title: str
    subtitle: str
    album_id: str
    songs: Sequence[Line]


@router.get("/open/{kind}/{object_id}")
async def open_page(kind: str, object_id: str, world: WorldDep) -> Response:
    """Show what would open at Spotify."""
    find = FINDERS.get(kind)
    found = find(world, object_id) if find else None
    if found is None:
        return render_page(world.options, "missing.html", status=404)
    return render_page(world.options, "open.html", found=found)


@router.get("/images/{album_id}.svg")
async def cover(album_id: str, world: WorldDep) -> Response:
    """Return an album's picture; it is drawn, so one file serves every size."""
    sleeve = _playlist_sleeve(world, album_id) or _album_sleeve(world, album_id)
    if sleeve is None:
        return Response(status_code=404)
    picture = render_cover(*sleeve, album_id)
    headers = {"Cache-Control": FOR_EVER, "Content-Security-Policy": PICTURE_POLICY}
    return Response(picture, media_type="image/svg+xml", headers=headers)


def _playlist_sleeve(world: World, picture_id: str) -> tuple[str, str] | None:
    """A picture that was uploaded is not shown to anybody: one is drawn in its place."""
    found = world.find_playlist(picture_id.removeprefix("playlist-"))
    return (found.name, "") if found and found.cover else None


def _album_sleeve(world: World, album_id: str) -> tuple[str, str] | None:
    album = world.catalogue.find_album(album_id)
    artist = world.catalogue.find_artist(album.artist_id) if album and album.artist_id else None
    return (album.name, artist.name if artist else "") if album else None


@router.get("/simulator.css")
async def styles() -> Response:
    """Return what the simulator's pages need beside the product's style sheets."""
    css = files("app.demo").joinpath("pages/simulator.css").read_bytes()
    return Response(css, media_type="text/css", headers={"Cache-Control": A_DAY})


def _track(world: World, track_id: str) -> OpenPage | None:
    song = world.catalogue.find_track(f"spotify:track:{track_id}")
    if song is None:
        return None
    return OpenPage("song", song.name, _artists(world.catalogue, song), song.album_id, ())


def _album(world: World, album_id: str) -> OpenPage | None:
    album = world.catalogue.find_album(album_id)
    if album is None:
        return None
    songs = world.catalogue.songs_of(album_id)
    artist = world.catalogue.find_artist(album.artist_id) if album.artist_id else None
    lines = _lines(world.catalogue, songs)
    return OpenPage("album", album.name, artist.name if artist else "", album_id, lines)


def _artist(world: World, artist_id: str) -> OpenPage | None:
    artist = world.catalogue.find_artist(artist_id)
    if artist is None:
        return None
    songs = world.catalogue.songs_of(artist_id)
    return OpenPage("artist", artist.name, "", "", _lines(world.catalogue, songs))


def _playlist(world: World, playlist_id: str) -> OpenPage | None:
    found = world.find_playlist(playlist_id)
    if found is None:
        return None
    songs = [world.catalogue.find_track(entry.uri) for entry in found.entries]
    return OpenPage("playlist", found.name, found.description, "", _lines(world.catalogue, songs))


FINDERS: Mapping[str, Callable[[World, str], OpenPage | None]] = {
    "track": _track,
    "album": _album,
    "artist": _artist,
    "playlist": _playlist,
}


def _lines(catalogue: Catalogue, songs: Sequence[DemoTrack | None]) -> list[Line]:
    return [
        Line(song.name, _artists(catalogue, song), song.id)
        if song
        else Line("No longer at Spotify", "", None)
        for song in songs
    ]


def _artists(catalogue: Catalogue, song: DemoTrack) -> str:
    return ", ".join(artist.name for artist in catalogue.artists_of(song))
