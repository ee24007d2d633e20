"""What a new playlist is called, how it is described and which colours its cover has."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from app.accounts.connections import ConnectionsService
from app.accounts.preferences import Preferences, PreferencesService
from app.accounts.sessions import SessionsService
from app.clock import Clock
from app.errors import NotFoundError
from app.genres.families import Family
from app.genres.fold import Fold
from app.genres.library import FAMILY, GENRE
from app.playlists.models import PlannedPlaylist, Selection, Tint
from app.playlists.naming.templates import DESCRIPTION, NAME, Word, render
from app.spotify.errors import COVERS_SCOPE, NeedsReconnectError
from app.spotify.limits import DESCRIPTION_LIMIT, NAME_LIMIT

MOST_TINTS = 4
"""Cards that a cover shows."""


@dataclass(frozen=True, slots=True)
class Names:
    """One person's way of naming, on one day."""

    preferences: Preferences
    today: date
    user: str = ""
    covers: bool = False

    def given_to(self, planned: PlannedPlaylist, fold: Fold, *, genre: str) -> PlannedPlaylist:
        """Return a playlist with the name and description that nobody has typed, and a cover if it is new.

        `genre` is its selection in words.
        """
        families = families_of(planned.selection, fold)
        values: dict[Word, str] = {
            "genre": genre,
            "family": in_words(family.name for family in families),
            "count": str(len(planned.uris)),
            "date": self.today.isoformat(),
            "year": str(self.today.year),
            "user": self.user,
        }
        wished = self.preferences
        name = planned.name or render(wished.name_template, values, NAME_LIMIT)
        description = planned.description or render(wished.description_template, values, DESCRIPTION_LIMIT)
        return planned.model_copy(
            update={
                "name": name or render(NAME, values, NAME_LIMIT),
                "description": description or render(DESCRIPTION, values, DESCRIPTION_LIMIT),
                "cover": tints_of(families) if self.covers and not planned.playlist_id else (),
            }
        )


class Naming:
    """Knows how everybody wants new playlists named."""

    def __init__(
        self,
        preferences: PreferencesService,
        sessions: SessionsService,
        connections: ConnectionsService,
        clock: Clock,
    ) -> None:
        self._preferences = preferences
        self._sessions = sessions
        self._connections = connections
        self._clock = clock

    async def names_for(self, user_id: str) -> Names:
        """Return how a person wants playlists named, which asks the store for their preferences as a rule."""
        preferences = await self._preferences.get(user_id)
        return await self.try_for(user_id, preferences)

    async def try_for(self, user_id: str, preferences: Preferences) -> Names:
        """Return how playlists would be named by preferences that need not be kept."""
        templates = preferences.name_template + preferences.description_template
        return Names(
            preferences,
            self._clock.now().date(),
            user=await self._sessions.find_name(user_id) if "{user}" in templates else "",
            covers=preferences.covers and await self.may_upload(user_id),
        )

    async def may_upload(self, user_id: str) -> bool:
        """Return whether Spotify lets covers be set for a person."""
        try:
            return await self._connections.allows(user_id, COVERS_SCOPE)
        except NeedsReconnectError:
            return False


def families_of(selection: Selection, fold: Fold) -> list[Family]:
    """Return the families that a selection is of, each once, in its order; not those that are undone."""
    families = {}
    for item in selection.include:
        is_family = item.startswith(FAMILY)
        with suppress(NotFoundError):
            family = fold.get(
                item.removeprefix(FAMILY) if is_family else fold.family_of(item.removeprefix(GENRE))
            )
            families[family.id] = family
    return list(families.values())


def tints_of(families: Iterable[Family]) -> tuple[Tint, ...]:
    """Return the colours of families, each once, as many as a cover shows."""
    return tuple(dict.fromkeys(Tint(family.hue, family.depth) for family in families))[:MOST_TINTS]


def in_words(names: Iterable[str]) -> str:
    """Return names as a sentence has them: "Rock, Folk and Pop"."""
    *others, last = [*names] or [""]
    return f"{', '.join(others)} and {last}" if others else last
