"""Making the pages of corrections out of a library and what its person said."""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from app.errors import NotFoundError
from app.genres.library import Library, PlacedSong
from app.genres.library_pages import PAGE_ROWS, LibraryPages
from app.genres.links import Links
from app.genres.personal.correction_page_models import (
    ChangeView,
    Choice,
    CorrectPage,
    CorrectQuery,
    GenreField,
    NonePage,
    NoneQuery,
    OpenWork,
    QueueRow,
    Said,
    SaidPage,
    Standing,
    Tile,
)
from app.genres.personal.corrections import ARTIST, SONG, Correction
from app.genres.personal.queue import Unsettled, unsettled
from app.genres.personal.targets import Target, find_target, settled, songs_of, targets_of
from app.genres.personal.typed import Fault

FIRST_ARTISTS = 10
SHOWN_SONGS = 20
SHOWN_STANDINGS = 3


class CorrectionPages:
    """Makes pages of one library and its person's corrections."""

    def __init__(self, library: Library, links: Links) -> None:
        self._library = library
        self._corrections = library.origin.corrections
        self._links = links
        self._rows = LibraryPages(library, links)

    def correct_page(
        self, query: CorrectQuery, *, back: str, about: str = "", typed: str = "", fault: Fault | None = None
    ) -> CorrectPage:
        """Return the page of a song or an artist.

        Raises:
            NotFoundError: it is not in the library.
        """
        if not (query.song or query.artist):
            raise NotFoundError("Say which song or artist is meant.")
        wanted = SONG + query.song if query.song else f"{ARTIST}{query.artist}"
        target = find_target(self._library, wanted)
        songs = songs_of(self._library, target.name)
        targets = targets_of(songs[0].song) if query.song else (target,)
        # Whole artists first, but what was said of the song alone is what is looked at again.
        choices = [*targets[1:], targets[0]]
        said = [one for one in choices if one.name in self._corrections.entries]
        chosen = about or (said[-1] if said else choices[0]).name
        return CorrectPage(
            title=target.label,
            is_song=not target.is_artist,
            row=self._rows.song_row(_typical(songs)),
            standings=self._standings(songs),
            said=tuple(self._said(one.name, self._corrections.entries[one.name]) for one in said),
            choices=tuple(self._choice(one) for one in choices),
            chosen=chosen,
            field=self._field(chosen, typed, fault),
            query=query,
            next=back,
        )

    def none_page(self, query: NoneQuery, *, typed: str = "", fault: Fault | None = None) -> NonePage:
        """Return what has no genre yet, with one of it open."""
        queue = unsettled(self._library)
        at = next((at for at, one in enumerate(queue) if one.target.name == query.about), query.at)
        first = [one for one in queue if one.target.is_artist][:FIRST_ARTISTS]
        after = query.offset + PAGE_ROWS
        return NonePage(
            total=len(self._library.without_genre),
            alone=sum(not one.target.is_artist for one in queue),
            settled=sum(self._settled.values()),
            first=len(first),
            first_settle=len({placed.song.key for one in first for placed in one.songs}),
            waiting=len(self._library.origin.waiting),
            at=min(at, len(queue)),
            open=self._open(queue[at], query.about or "") if at < len(queue) else None,
            field=GenreField(self._names, typed, fault),
            queue=tuple(
                QueueRow(one.target.label, one.target.is_artist, len(one.songs), number)
                for number, one in enumerate(queue[query.offset : after], query.offset)
            ),
            queue_total=len(queue),
            offset=query.offset,
            next_offset=after if after < len(queue) else None,
        )

    def change(self) -> ChangeView | None:
        """Return what was changed last."""
        if (last := self._corrections.last) is None:
            return None
        said = self._corrections.entries.get(last.target)
        return ChangeView(last.target, last.label, self._said(last.target, said) if said else None)

    def list_page(self, offset: int = 0, rows: int = PAGE_ROWS) -> SaidPage:
        """Return corrections, the newest first."""
        entries = sorted(self._corrections.entries.items(), key=lambda one: one[1].made_at, reverse=True)
        after = offset + rows
        return SaidPage(
            said=tuple(self._said(target, said) for target, said in entries[offset:after]),
            total=len(entries),
            next_offset=after if after < len(entries) else None,
        )

    @cached_property
    def _settled(self) -> Counter[str]:
        return settled(self._library, self._corrections)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """The person's genres, those on most songs first."""
        genres = sorted(self._library.genres.values(), key=lambda genre: (-genre.count, genre.name))
        return tuple(genre.name for genre in genres)

    def _field(self, target: str, typed: str, fault: Fault | None) -> GenreField:
        said = self._corrections.entries.get(target)
        return GenreField(self._names, typed or ", ".join(said.genres if said and not fault else ()), fault)

    def _choice(self, target: Target) -> Choice:
        songs = songs_of(self._library, target.name)
        count = sum(self._would_settle(target, placed) for placed in songs)
        return Choice(target.name, target.label, target.is_artist, count)

    def _would_settle(self, target: Target, placed: PlacedSong) -> bool:
        """Whether a word about the target would lead a song: it comes first, or nobody else is known."""
        if not target.is_artist:
            return True
        if self._corrections.of_song(placed.song.key):
            return False
        return f"{ARTIST}{placed.song.artists[0].id}" == target.name or placed.placement.lead is None

    def _standings(self, songs: Iterable[PlacedSong]) -> tuple[Standing, ...]:
        leads = Counter(placed.placement.lead for placed in songs if placed.placement.lead)
        return tuple(Standing(self._tile(name), count) for name, count in leads.most_common(SHOWN_STANDINGS))

    def _open(self, one: Unsettled, about: str) -> OpenWork:
        target = one.target
        artist_id = target.name.removeprefix(ARTIST) if target.is_artist else None
        return OpenWork(
            target=target.name,
            label=target.label,
            is_artist=target.is_artist,
            url=self._links.artist(artist_id),
            chosen=about if about in (SONG + placed.song.key for placed in one.songs) else target.name,
            total=len(one.songs),
            songs=tuple(self._rows.song_row(placed) for placed in one.songs[:SHOWN_SONGS]),
            more=max(0, len(one.songs) - SHOWN_SONGS),
        )

    def _said(self, target: str, said: Correction) -> Said:
        return Said(
            target=target,
            label=said.label,
            is_artist=target.startswith(ARTIST),
            tiles=tuple(map(self._tile, said.genres)),
            songs=self._settled[target],
            made_at=said.made_at,
        )

    def _tile(self, genre: str) -> Tile:
        fold = self._library.fold
        family = fold.get(fold.family_of(genre))
        return Tile(fold.canonical(genre), family.hue, family.depth)


def _typical(songs: list[PlacedSong]) -> PlacedSong:
    """Return a song with the commonest lead genre."""
    lead, _ = Counter(placed.placement.lead for placed in songs).most_common(1)[0]
    return next(placed for placed in songs if placed.placement.lead == lead)
