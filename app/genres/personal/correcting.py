"""Taking a person's corrections: what is said of an artist or a song of their library, and taken back."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from app.clock import Clock
from app.errors import ConflictError, NotFoundError
from app.genres.library import Library
from app.genres.links import Links
from app.genres.personal.correction_page_models import ChangeView
from app.genres.personal.correction_pages import CorrectionPages
from app.genres.personal.correction_schemas import (
    ChangeOut,
    CorrectionOut,
    CorrectionsFile,
    CorrectionsOut,
    FiledCorrection,
    MoveOut,
)
from app.genres.personal.corrections import MOST_CORRECTIONS, Correction, Corrections
from app.genres.personal.repository import PersonalRepository
from app.genres.personal.targets import find_target, settled, songs_of
from app.genres.personal.typed import spelled
from app.genres.service import GenresService


class TooManyCorrectionsError(ConflictError):
    """The person has as many corrections as are kept."""

    code = "too-many-corrections"
    title = f"There are {MOST_CORRECTIONS:,} corrections already"
    safe = "All of them are kept."


class CorrectionsService:
    """Corrections by person; `open_url` is where links to artists and songs lead."""

    def __init__(
        self, genres: GenresService, repository: PersonalRepository, clock: Clock, *, open_url: str
    ) -> None:
        self._genres = genres
        self._repository = repository
        self._clock = clock
        self._links = Links(open_url)

    async def get_pages(self, user_id: str) -> CorrectionPages:
        """Return what makes pages of a person's corrections.

        Raises:
            NoLibraryError: there is no library.
        """
        library = await self._genres.get_library(user_id)
        return CorrectionPages(library, self._links)

    async def find_change(self, user_id: str) -> ChangeView | None:
        """Return what a person changed last, as pages tell it."""
        library = await self._genres.find_library(user_id)
        return CorrectionPages(library, self._links).change() if library else None

    async def has_genre(self, user_id: str, name: str) -> bool:
        """Return whether a song of the person's library has a genre."""
        library = await self._genres.find_library(user_id)
        return library is not None and name in library.genres

    async def list_all(self, user_id: str) -> CorrectionsOut:
        """Return a person's corrections, the newest first, and what each settles now."""
        library = await self._genres.find_library(user_id)
        corrections = (
            library.origin.corrections if library else (await self._repository.find(user_id)).corrections
        )
        songs = settled(library, corrections) if library else Counter[str]()
        entries = sorted(corrections.entries.items(), key=lambda one: one[1].made_at, reverse=True)
        return CorrectionsOut(
            corrections=tuple(
                CorrectionOut(
                    target=target,
                    label=said.label,
                    genres=said.genres,
                    made_at=said.made_at,
                    songs=songs[target],
                )
                for target, said in entries
            )
        )

    async def export(self, user_id: str) -> CorrectionsFile:
        """Return a person's corrections as a file."""
        entries = (await self._repository.find(user_id)).corrections.entries
        return CorrectionsFile(
            corrections=tuple(
                FiledCorrection(target=target, label=said.label, genres=said.genres)
                for target, said in entries.items()
            )
        )

    async def add(self, user_id: str, filed: Iterable[FiledCorrection]) -> None:
        """Take corrections of a file in addition to those there are, in place of those about the same.

        Raises:
            GenresTypedError: something in it is no genre.
            TooManyCorrectionsError: no more can be kept.
        """
        fold, now = await self._genres.get_fold(user_id), self._clock.now()
        said = {
            one.target: Correction(genres=spelled(one.genres, fold), label=one.label, made_at=now)
            for one in filed
        }
        await self._repository.change_corrections(user_id, lambda mine: _joined(mine, said))

    async def correct(self, user_id: str, wanted: str, genres: Iterable[str]) -> ChangeOut:
        """Let a person's genres take the place of what sources say of an artist or a song.

        Raises:
            NotFoundError: it is not in the person's library.
            GenresTypedError: these are no genres, or too many.
            TooManyCorrectionsError: no more can be kept.
        """
        library = await self._genres.get_library(user_id)
        target = find_target(library, wanted)
        said = Correction(genres=spelled(genres, library.fold), label=target.label, made_at=self._clock.now())
        return await self._change(user_id, target.name, lambda now: _plus(now, target.name, said))

    async def withdraw(self, user_id: str, wanted: str) -> ChangeOut:
        """Take back what a person said of an artist or a song, also of one that has left the library.

        Raises:
            NotFoundError: they said nothing of it.
        """
        entries = (await self._repository.find(user_id)).corrections.entries
        meant = [name for name in entries if wanted in (name, name.partition(":")[2])]
        if len(meant) != 1:
            raise NotFoundError("There is no such correction.")
        return await self._change(user_id, meant[0], lambda now: now.without(meant[0]))

    async def undo(self, user_id: str, target: str) -> ChangeOut:
        """Undo the last change, if it was about this target; else nothing changes."""
        return await self._change(user_id, target, lambda now: now.undone(target))

    async def _change(
        self, user_id: str, target: str, change: Callable[[Corrections], Corrections]
    ) -> ChangeOut:
        before = await self._genres.find_library(user_id)
        corrections = await self._repository.change_corrections(user_id, change)
        after = await self._genres.find_library(user_id)
        moved = _moved(target, before, after) if before and after else ()
        said = corrections.entries.get(target)
        return ChangeOut(
            target=target,
            label=corrections.last.label if corrections.last else "",
            genres=said.genres if said else (),
            moved=moved,
            summary=_summary(moved),
        )


def _plus(corrections: Corrections, target: str, said: Correction) -> Corrections:
    return _limited(corrections.plus(target, said), corrections)


def _joined(corrections: Corrections, said: Mapping[str, Correction]) -> Corrections:
    return _limited(Corrections(entries={**corrections.entries, **said}), corrections)


def _limited(corrections: Corrections, before: Corrections) -> Corrections:
    if MOST_CORRECTIONS < len(corrections.entries) > len(before.entries):
        raise TooManyCorrectionsError("Take some back under My corrections first.")
    return corrections


def _moved(target: str, before: Library, after: Library) -> tuple[MoveOut, ...]:
    """Say where songs of an artist, or a song, went."""
    leads = {placed.song.key: placed.placement.lead for placed in songs_of(before, target)}
    went = Counter(
        placed.placement.lead
        for placed in songs_of(after, target)
        if placed.placement.lead != leads.get(placed.song.key)
    )
    return tuple(MoveOut(genre=genre, songs=songs) for genre, songs in went.most_common())


def _summary(moved: Iterable[MoveOut]) -> str:
    parts = (
        f"{one.songs} song{'' if one.songs == 1 else 's'} to {one.genre or 'no genre yet'}" for one in moved
    )
    return ", ".join(parts) or "No song moves"
