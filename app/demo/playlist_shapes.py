"""The JSON of Spotify's playlists: `items` and `item`, for older apps `tracks` and `track`."""

from html import escape

from app.demo.catalogue import Catalogue
from app.demo.episode_shapes import episode_shape
from app.demo.listing import Json, page, timestamp
from app.demo.records import Account, Entry, Playlist
from app.demo.shapes import Shapes

NOBODY = {"external_urls": {}, "href": "", "id": "", "type": "user", "uri": "spotify:user:"}


class PlaylistShapes:
    """Writes playlists for the kind of app that `shapes` writes songs for."""

    def __init__(self, shapes: Shapes, catalogue: Catalogue) -> None:
        self._shapes, self._catalogue = shapes, catalogue
        self._items, self._item = ("tracks", "track") if shapes.old else ("items", "item")

    def metadata(self, playlist: Playlist, owner: Account) -> Json:
        """Return a playlist without its songs, the description HTML-escaped as Spotify reads it back."""
        return {
            **self._shapes.named("playlist", playlist.id),
            "collaborative": playlist.collaborative,
            "description": escaped(playlist.description),
            "images": self.images(playlist),
            "name": playlist.name,
            "owner": {**self._user(owner), "display_name": owner.name},
            "primary_color": None,
            "public": playlist.public,
            "snapshot_id": playlist.snapshot_id,
        }

    def listed(self, playlist: Playlist, owner: Account, *, counted: bool) -> Json:
        """Return a playlist in a list of them, if `counted` with how many songs it has."""
        shape = self.metadata(playlist, owner)
        if counted:
            total = None if playlist.hides_total else len(playlist.entries)
            shape[self._items] = {"href": self._href(playlist), "total": total}
        return shape

    def whole(self, playlist: Playlist, owner: Account, items: Json) -> Json:
        """Return a playlist with its first songs."""
        shape = {**self.metadata(playlist, owner), self._items: items}
        return {**shape, "followers": {"href": None, "total": 0}} if self._shapes.old else shape

    def items(self, playlist: Playlist, added_by: Account, places: slice, *, episodes: bool) -> Json:
        """Return a page of a playlist's places in order."""
        limit, offset = places.stop - places.start, places.start
        entries = playlist.entries[places]
        items = [self._place(entry, added_by, episodes=episodes) for entry in entries]
        total = len(playlist.entries)
        return page(self._href(playlist), items, limit=limit, offset=offset, total=total)

    def _place(self, entry: Entry, added_by: Account, *, episodes: bool) -> Json:
        """One place; null stands where the song is lost, or an episode that was not asked for."""
        track = self._catalogue.find_track(entry.uri)
        episode = self._catalogue.find_episode(entry.uri) if episodes else None
        item = self._shapes.track(track) if track else episode and episode_shape(self._shapes, episode)
        return {
            "added_at": timestamp(entry.added_at) if entry.added_at else None,
            "added_by": NOBODY if entry.by_nobody else self._user(added_by),
            "is_local": bool(track and track.is_local),
            self._item: item,
            "primary_color": None,
            "video_thumbnail": {"url": None},
        }

    def _href(self, playlist: Playlist) -> str:
        return f"{self._shapes.api_url}/playlists/{playlist.id}/{self._items}"

    def _user(self, account: Account) -> Json:
        return self._shapes.named("user", account.user_id)

    def images(self, playlist: Playlist) -> list[Json] | None:
        """Return the picture that was uploaded, else that of the first song, else null."""
        if playlist.cover:
            return self._one_picture(f"playlist-{playlist.id}")
        songs = (self._catalogue.find_track(entry.uri) for entry in playlist.entries)
        album_id = next((song.album_id for song in songs if song and song.album_id), None)
        return self._one_picture(album_id) if album_id else None

    def _one_picture(self, picture_id: str) -> list[Json]:
        return [{**self._shapes.cover(picture_id)[0], "height": None, "width": None}]


def escaped(text: str) -> str:
    """Return the text as Spotify gives a description back (seen 2024-2026: quotes and slashes too)."""
    return escape(text).replace("/", "&#x2F;")
