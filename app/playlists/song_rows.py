"""Songs of playlists as pages show them."""

from collections.abc import Sequence

from app.genres.library import Library
from app.genres.library_pages import LibraryPages
from app.genres.links import Links
from app.genres.page_models import SongRow


class SongRows:
    """Rows of songs by URI; a song that has left the library since has none.

    `open_url` is where links to songs lead.
    """

    def __init__(self, library: Library, open_url: str) -> None:
        self._placed = {placed.song.uri: placed for placed in library.songs}
        self._pages = LibraryPages(library, Links(open_url))

    def of(self, uris: Sequence[str]) -> tuple[SongRow, ...]:
        """Return the rows of those songs that are in the library."""
        return tuple(self._pages.song_row(self._placed[uri]) for uri in uris if uri in self._placed)
