"""Songs of playlists as pages show them."""

from collections.abc import Sequence

from app.genres.library import Library
from app.genres.library_pages import LibraryPages
from app.genres.links import Links
from app.genres.page_models import SongRow


class SongRows:
    """Rows of songs by URI; a song that is not in the library has a link and no name.

    `open_url` is where links to songs lead.
    """

    def __init__(self, library: Library, open_url: str) -> None:
        self._placed = {placed.song.uri: placed for placed in library.songs}
        self._links = Links(open_url)
        self._pages = LibraryPages(library, self._links)

    def of(self, uris: Sequence[str]) -> tuple[SongRow, ...]:
        """Return a row for each song."""
        return tuple(self.one(uri) for uri in uris)

    def one(self, uri: str) -> SongRow:
        """Return the row of a song."""
        if placed := self._placed.get(uri):
            return self._pages.song_row(placed)
        return SongRow(
            id=uri,
            name="",
            url=self._links.uri(uri),
            image=None,
            artists=(),
            album="",
            lead=None,
            tags=(),
            hue=None,
            depth=None,
            family=None,
            certainty=None,
            sources=(),
            year=None,
            added_at=None,
            playable=True,
            is_local=False,
            copies=(),
        )
