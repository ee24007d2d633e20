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
    songs = world.catalogue.albums.get(album_id)
    if not songs:
        return Response(status_code=404)
    picture = render_cover(songs[0].album, _artists(world.catalogue, songs[0]), album_id)
    headers = {"Cache-Control": FOR_EVER, "Content-Security-Policy": PICTURE_POLICY}
    return Response(picture, media_type="image/svg+xml", headers=headers)


@router.get("/simulator.css")
async def styles() -> Response:
    """Return what the simulator's pages need beside the product's style sheets."""
    css = files("app.demo").joinpath("pages/simulator.css").read_bytes()
    return Response(css, media_type="text/css", headers={"Cache-Control": A_DAY})


def _track(world: World, track_id: str) -> OpenPage | None:
    song = world.catalogue.tracks.get(f"spotify:track:{track_id}")
    if song is None:
        return None
    return OpenPage("song", song.name, _artists(world.catalogue, song), song.album_id, ())


def _album(world: World, album_id: str) -> OpenPage | None:
    songs = world.catalogue.albums.get(album_id)
    if not songs:
        return None
    artists = _artists(world.catalogue, songs[0])
    return OpenPage("album", songs[0].album, artists, album_id, _lines(world.catalogue, songs))


def _artist(world: World, artist_id: str) -> OpenPage | None:
    artist = world.catalogue.artists.get(artist_id)
    if artist is None:
        return None
    songs = [song for song in world.catalogue.tracks.values() if artist_id in song.artists]
    return OpenPage("artist", artist.name, "", "", _lines(world.catalogue, songs))


def _playlist(world: World, playlist_id: str) -> OpenPage | None:
    found = world.find_playlist(playlist_id)
    if found is None:
        return None
    songs = [world.catalogue.tracks.get(entry.uri or "") for entry in found.entries]
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
