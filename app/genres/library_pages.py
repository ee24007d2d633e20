"""Making the library's pages out of a library."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from app.genres.families import Family
from app.genres.families_file import HIDDEN
from app.genres.filters import EVERYTHING, NOTHING_LISTED, FilterView, Listed, SongFilter, filter_view
from app.genres.labels import label_of
from app.genres.library import FAMILY, GENRE, FamilyCount, GenreCount, Library, PlacedSong
from app.genres.links import Links
from app.genres.page_models import (
    FamilyBand,
    GenreGroup,
    GenreLine,
    GenrePage,
    GenreQuery,
    GenresPage,
    LibraryQuery,
    LibrarySort,
    ScanStrip,
    SelectionForm,
    SelectionSummary,
    SongRow,
    SongSort,
)
from app.genres.personal.smaller import Smaller, without_smaller
from app.genres.sources.names import SOURCE_NAMES

PLAIN_ROWS = 1000
"""So many songs stand on one page; more come in pages of `PAGE_ROWS`."""
PAGE_ROWS = 200
SIZES = ((0.12, 4), (0.06, 3), (0.02, 2))
TOP_GENRES = 4

T = TypeVar("T")


class LibraryPages:
    """Makes pages of one library, or of those of its songs that a filter lets through."""

    def __init__(
        self,
        library: Library,
        links: Links,
        chosen: SongFilter = EVERYTHING,
        *,
        listed: Listed = NOTHING_LISTED,
    ) -> None:
        self._whole = library
        self._library = library.only(chosen, listed) if chosen.is_on else library
        self._filter = chosen
        self._listed = listed
        self._families = library.fold
        self._links = links

    def genres_page(self, query: LibraryQuery, scan: ScanStrip | None) -> GenresPage:
        """Return the library, one family opened, or what is searched for.

        Raises:
            NotFoundError: there is no such family.
        """
        library, sort = self._library, query.sort
        opened = self._families.get(query.family) if query.family else None
        genres, smaller = self._genres_of(opened, query) if opened else ((), None)
        needle = query.q.strip().casefold()
        shown = [one for one in library.families if needle in one.family.name.casefold()]
        whole = self._whole.select([FAMILY + opened.id]) if opened else self._whole.songs
        without = len(library.without_genre)
        return GenresPage(
            total=len(library.songs),
            artists=library.artists,
            genres=len(library.genres),
            families=tuple(self._band(one) for one in self._sorted_families(shown, sort)),
            family=self._band(self._count_of(opened)) if opened else None,
            groups=self._groups(opened, genres, sort) if opened else self._found(needle, sort),
            without_genre=without,
            without_share=self._share(without),
            unplaceable=sum(
                not any(one.id for one in placed.song.artists) for placed in library.without_genre
            ),
            q=query.q,
            sort=sort,
            scanned_at=library.origin.scanned_at,
            scan=scan,
            complete=library.complete,
            inferred=self._whole.inferred,
            notice=query.notice,
            smaller=smaller,
            targets=tuple(one for one in self._families.all if one.id not in {HIDDEN, query.family}),
            filter=self._view(whole),
        )

    def genre_page(self, name: str, query: GenreQuery) -> GenrePage:
        """Return the songs of a genre.

        Raises:
            NotFoundError: no song has it.
        """
        genre = self._whole.get_genre(name)
        family = self._families.get(genre.family)
        every, leading = (self._library.of_genre(name, match) for match in ("any", "lead"))
        songs = sorted_songs(every if query.match == "any" else leading, query.sort)
        rows, after = _slice(songs, query.offset, PLAIN_ROWS if len(songs) <= PLAIN_ROWS else PAGE_ROWS)
        return GenrePage(
            name=genre.name,
            family=family.id,
            family_name=family.name,
            hue=family.hue,
            depth=family.depth,
            inferred=self._whole.inferred,
            lead_count=len(leading),
            second_count=len(every) - len(leading),
            filter=self._view(self._whole.of_genre(name, query.match)),
            match=query.match,
            sort=query.sort,
            songs=tuple(self.song_row(placed) for placed in rows),
            total=len(songs),
            offset=query.offset,
            next_offset=after,
        )

    def selection(self, form: SelectionForm) -> SelectionSummary:
        """Return how many songs a selection has; in one playlist none is there twice."""
        without = tuple(dict.fromkeys(form.exclude))
        chosen = tuple(item for item in dict.fromkeys(form.select) if item not in without)
        labels = ((item, label_of(item, self._families)) for item in without)
        apart = form.together == "each"
        songs = self._library.select(chosen, match=form.match, exclude=without)
        left_out = 0 if form.inferred else sum(placed.inferred for placed in songs)
        repeated = self._library.repeated(chosen, match=form.match, exclude=without, inferred=form.inferred)
        return SelectionSummary(
            chosen=len(chosen),
            songs=len(songs) - left_out,
            repeated=repeated if apart else 0,
            left_out=left_out,
            without=tuple(sorted(labels, key=lambda one: one[1].name.casefold())),
            effective=self._library.effective(chosen, match=form.match, exclude=without),
        )

    def song_row(self, placed: PlacedSong) -> SongRow:
        """Return a song as a row."""
        song, place = placed.song, placed.placement
        family = self._families.get(place.family) if place.family else None
        return SongRow(
            id=song.key,
            name=song.name,
            url=self._links.track(song),
            image=song.album.image,
            artists=tuple(artist.name for artist in song.artists),
            album=song.album.name,
            lead=place.lead,
            tags=tuple(genre for genre in place.genres if genre != place.lead),
            hue=family.hue if family else None,
            depth=family.depth if family else None,
            family=place.family,
            certainty=place.certainty,
            sources=tuple(SOURCE_NAMES[source] for source in place.sources if source in SOURCE_NAMES),
            year=song.album.year,
            added_at=song.added_at,
            playable=song.playable,
            is_local=song.is_local,
            copies=tuple(dict.fromkeys(copy.song.album.name for copy in self._library.copies_of(song))),
        )

    def _view(self, whole: Iterable[PlacedSong]) -> FilterView:
        """Return what the filter shows of songs."""
        counts = Counter(self._listed.standing(one.placement, one.song.key) for one in whole)
        return filter_view(self._filter, counts, self._listed)

    def _band(self, one: FamilyCount) -> FamilyBand:
        share = self._share(one.count)
        return FamilyBand(
            id=one.family.id,
            name=one.family.name,
            hue=one.family.hue,
            depth=one.family.depth,
            count=one.count,
            share=share,
            size=next((size for least, size in SIZES if share >= least), 1),
            top_genres=tuple(genre.name for genre in one.genres[:TOP_GENRES]),
        )

    def _count_of(self, family: Family) -> FamilyCount:
        counts = (one for one in self._library.families if one.family.id == family.id)
        return next(counts, FamilyCount(family, 0, ()))

    def _sorted_families(self, shown: Iterable[FamilyCount], sort: LibrarySort) -> list[FamilyCount]:
        if sort == "name":
            return sorted(shown, key=lambda one: one.family.name.casefold())
        if sort == "newest":
            return sorted(shown, key=lambda one: self._library.newest_of(FAMILY + one.family.id))
        return sorted(shown, key=lambda one: (-one.count, one.family.order))

    def _sorted_genres(self, shown: Iterable[GenreCount], sort: LibrarySort) -> list[GenreCount]:
        if sort == "name":
            return sorted(shown, key=lambda genre: genre.name)
        if sort == "newest":
            return sorted(shown, key=lambda genre: self._library.newest_of(GENRE + genre.name))
        return sorted(shown, key=lambda genre: (-genre.lead_count, -genre.count, genre.name))

    def _genres_of(self, family: Family, query: LibraryQuery) -> tuple[Sequence[GenreCount], Smaller | None]:
        """Return a family's genres that have a line of their own, and those that share one."""
        genres = [genre for genre in self._library.genres.values() if genre.family == family.id]
        filtered = self._library is not self._whole
        return without_smaller(genres, 0 if filtered or query.smaller else self._families.least_songs)

    def _groups(
        self, family: Family, genres: Sequence[GenreCount], sort: LibrarySort
    ) -> tuple[GenreGroup, ...]:
        """Return a family's genres, those of its parts under the parts' names."""
        parts: defaultdict[str | None, list[GenreCount]] = defaultdict(list)
        for genre in genres:
            parts[self._families.subfamily_of(genre.name)].append(genre)
        names: list[tuple[str | None, str | None]] = [(None, None)]
        names += [(part.id, part.name) for part in family.subfamilies]
        longest = max((genre.lead_count for genre in genres), default=0)
        return tuple(
            self._group(name, self._sorted_genres(parts[part], sort), longest)
            for part, name in names
            if parts[part]
        )

    def _found(self, needle: str, sort: LibrarySort) -> tuple[GenreGroup, ...]:
        found = [
            genre for genre in self._library.genres.values() if needle and needle in genre.name.casefold()
        ]
        if not found:
            return ()
        longest = max(genre.lead_count for genre in found)
        return (self._group(None, self._sorted_genres(found, sort), longest),)

    def _group(self, name: str | None, genres: Sequence[GenreCount], longest: int) -> GenreGroup:
        lines = tuple(self._line(genre, longest) for genre in genres)
        return GenreGroup(name, sum(genre.lead_count for genre in genres), lines)

    def _line(self, genre: GenreCount, longest: int) -> GenreLine:
        family = self._families.get(genre.family)
        songs = self._count_of(family).count
        return GenreLine(
            name=genre.name,
            family=family.id,
            family_name=family.name,
            hue=family.hue,
            depth=family.depth,
            lead_count=genre.lead_count,
            count=genre.count,
            share=genre.lead_count / songs if songs else 0.0,
            bar=genre.lead_count / longest if longest else 0.0,
        )

    def _share(self, count: int) -> float:
        return count / len(self._library.songs) if self._library.songs else 0.0


def sorted_songs(songs: Sequence[PlacedSong], sort: SongSort) -> Sequence[PlacedSong]:
    """Sort songs that stand newest first."""
    if sort == "name":
        return sorted(songs, key=lambda placed: placed.song.name.casefold())
    if sort == "artist":
        return sorted(songs, key=lambda placed: [artist.name.casefold() for artist in placed.song.artists])
    return songs


def _slice(rows: Sequence[T], offset: int, limit: int) -> tuple[Sequence[T], int | None]:
    """Return a page of `rows` and where the next one starts."""
    after = offset + limit
    return rows[offset:after], after if after < len(rows) else None
