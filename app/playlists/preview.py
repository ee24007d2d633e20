"""Previewing: turning a selection into exactly what will be written. Nothing is written here."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from app.clock import Clock
from app.errors import Action, InvalidInputError
from app.genres.fold import Fold
from app.genres.service import GenresService
from app.genres.songs import Song
from app.playlists.models import Plan, PlannedPlaylist, Selection
from app.playlists.repository import PlaylistsRepository
from app.spotify.limits import DESCRIPTION_LIMIT, NAME_LIMIT, PLAYLIST_LIMIT, fitting

PLAN_LIFE = timedelta(days=1)
MOST_PLAYLISTS = 50
"""Playlists of one preview."""


class NothingSelectedError(InvalidInputError):
    """A selection holds no song that Spotify could put into a playlist."""

    code = "nothing-selected"
    title = "Nothing to put into a playlist"
    safe = "Nothing was written."
    action = Action("Back to the library", "/genres")


class TooManyPlaylistsError(InvalidInputError):
    """More playlists are asked for at once than anybody would look through before they are made."""

    code = "too-many-playlists"
    title = "Too many playlists at once"
    safe = "Nothing was written."
    action = Action("Back to the library", "/genres")


class Wanted(BaseModel):
    """One playlist that a listener asks for; without a name it is named after its genres."""

    model_config = ConfigDict(frozen=True)

    selection: Selection
    name: str = Field(default="", max_length=NAME_LIMIT)
    description: str = Field(default="", max_length=DESCRIPTION_LIMIT)


class PreviewService:
    """Makes and changes plans."""

    def __init__(self, repository: PlaylistsRepository, genres: GenresService, clock: Clock) -> None:
        self.repository = repository
        self.genres = genres
        self.clock = clock

    async def make(self, user_id: str, wanted: Sequence[Wanted]) -> Plan:
        """Plan a playlist for each of `wanted` and keep the plan for a day; one too long becomes several.

        Raises:
            TooManyPlaylistsError: `wanted` is longer than `MOST_PLAYLISTS`.
            NothingSelectedError: no playlist would get a song.
        """
        if len(wanted) > MOST_PLAYLISTS:
            raise TooManyPlaylistsError(
                f"That would be {len(wanted)} playlists; {MOST_PLAYLISTS} can be made at once. "
                "Untick some, or put them together in one."
            )
        whole = [await self._plan(user_id, one) for one in wanted]
        planned = [part for playlist in whole for part in in_parts(playlist)]
        if not planned and any(playlist.skipped_inferred for playlist in whole):
            raise NothingSelectedError("All these songs are only inferred; tick that you want such songs.")
        if not planned:
            raise NothingSelectedError("The selection holds no song that Spotify can put into a playlist.")
        now = self.clock.now()
        plan = Plan(
            id=secrets.token_urlsafe(16),
            user_id=user_id,
            created_at=now,
            expires_at=now + PLAN_LIFE,
            playlists=tuple(planned),
        )
        await self.repository.put_plan(plan)
        return plan

    async def _plan(self, user_id: str, wanted: Wanted) -> PlannedPlaylist:
        library = await self.genres.get_library(user_id)
        placed = library.select(wanted.selection.include, match=wanted.selection.match)
        songs = [one.song for one in placed if wanted.selection.inferred or not one.inferred]
        playable = [song for song in songs if song.playable and not song.is_local]
        named = name_of(wanted.selection, library.fold)
        description = wanted.description or f"My liked songs in {named}, sorted by genre-sorter."
        return PlannedPlaylist(
            name=fitting(wanted.name or named, NAME_LIMIT),
            description=fitting(description, DESCRIPTION_LIMIT),
            selection=wanted.selection,
            uris=_each_once(playable),
            skipped_local=sum(song.is_local for song in songs),
            skipped_unplayable=sum(not song.playable and not song.is_local for song in songs),
            skipped_inferred=len(placed) - len(songs),
        )


def name_of(selection: Selection, fold: Fold) -> str:
    """Name a selection by its families and genres: "rock, folk and fado"."""
    names = [_label(item, fold) for item in selection.include]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _label(item: str, fold: Fold) -> str:
    kind, _, name = item.partition(":")
    return fold.get(name).name if kind == "family" else name


def in_parts(planned: PlannedPlaylist) -> list[PlannedPlaylist]:
    """Split a playlist that holds more songs than Spotify takes in "rock", "rock (2)" ...; none if empty."""
    whole, uris = fitting(planned.name, NAME_LIMIT - len(" (99)")), planned.uris
    first = planned.model_copy(update={"uris": uris[:PLAYLIST_LIMIT]})
    rest = [
        first.model_copy(
            update={
                "name": f"{whole} ({number})",
                "uris": uris[start : start + PLAYLIST_LIMIT],
                "skipped_local": 0,
                "skipped_unplayable": 0,
                "skipped_inferred": 0,
            }
        )
        for number, start in enumerate(range(PLAYLIST_LIMIT, len(uris), PLAYLIST_LIMIT), 2)
    ]
    return [first, *rest] if uris else []


def _each_once(songs: Iterable[Song]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(song.uri for song in songs))
