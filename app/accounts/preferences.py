"""What a person wants done their way; it is theirs, not Spotify's, and stays when they disconnect."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from app.kv.cached import CachedKV
from app.kv.errors import UserGoneError
from app.kv.keyspace import Keyspace, Owner
from app.languages import languages


def _spoken(language: str) -> str:
    if language and language not in languages():
        raise ValueError(f"there is {', '.join(languages())}")
    return language


Theme = Literal["system", "light", "dark"]
Language = Annotated[str, AfterValidator(_spoken)]
"""A language that pages can be in, as it is chosen; empty for what the browser asks for."""


class Preferences(BaseModel):
    """One person's preferences.

    Attributes:
        theme: how pages look; `system` is as the device has it.
        language: what they are written in, also one that there is no more; empty for the browser's.
        shortcuts: whether single keys work on pages.
        name_template: what new playlists are called; empty for the usual.
        description_template: how they are described; empty for the usual.
        covers: whether new playlists get a cover in their families' colours.
        now_playing: whether the app asks Spotify what is playing.
        listening_feed: whether others see it while it plays.
        community: whether name and counts stand on the boards.
    """

    model_config = ConfigDict(frozen=True)

    theme: Theme = "system"
    language: str = ""
    shortcuts: bool = True
    name_template: str = ""
    description_template: str = ""
    covers: bool = False
    now_playing: bool = False
    listening_feed: bool = False
    community: bool = False


PREFERENCES = Keyspace(
    "preferences", Preferences, owner=Owner.KEY, cache_ttl=timedelta(minutes=5), stale_if_down=True
)


class PreferencesService:
    """Keeps preferences."""

    def __init__(self, kv: CachedKV) -> None:
        self._kv = kv

    async def get(self, user_id: str) -> Preferences:
        """Return what a person has set, and the usual for the rest.

        The usual is kept too: nearly everybody has it, and every preview would ask the store for what is not
        there.
        """
        usual, kept = Preferences(), None
        with suppress(UserGoneError):
            kept = await self._kv.update(
                PREFERENCES(user_id),
                lambda found: found.model_copy() if found is usual else found,
                default=usual,
                later=True,
            )
        return kept or usual

    async def get_many(self, user_ids: Iterable[str]) -> Mapping[str, Preferences]:
        """Return what several people have set; of some there may be nothing."""
        found = await self._kv.get_many([PREFERENCES(user_id) for user_id in user_ids])
        return {key.parts[0]: preferences for key, preferences in found.items()}

    async def change(self, user_id: str, fields: Mapping[str, object]) -> Preferences:
        """Set some preferences, by the names of their fields; the others stay."""
        usual = Preferences()
        changed = await self._kv.update(
            PREFERENCES(user_id), lambda kept: kept.model_copy(update=dict(fields)), default=usual
        )
        return changed or usual
