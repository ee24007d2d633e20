"""JSON of the preferences routes."""

from typing import Annotated

from pydantic import AfterValidator, Field

from app.accounts.preferences import Preferences
from app.playlists.naming.templates import MOST_LETTERS, WORDS, unknown_words
from app.schemas import ApiModel


def _known(template: str) -> str:
    if unknown := unknown_words(template):
        known = ", ".join(f"{{{word}}}" for word in WORDS)
        raise ValueError(f"{', '.join(unknown)} cannot be filled in; there are {known}")
    return template


Template = Annotated[str, Field(max_length=MOST_LETTERS), AfterValidator(_known)]


class PreferencesOut(ApiModel):
    """A person's preferences; an empty template stands for the usual one."""

    name_template: str
    description_template: str
    covers: bool
    now_playing: bool
    listening_feed: bool
    community: bool

    @classmethod
    def of(cls, preferences: Preferences) -> "PreferencesOut":
        """Tell what is kept."""
        return cls.model_validate(preferences.model_dump())


class PreferencesIn(ApiModel):
    """What to set; what is left out stays as it is."""

    name_template: Template | None = None
    description_template: Template | None = None
    covers: bool | None = None
    now_playing: bool | None = None
    listening_feed: bool | None = None
    community: bool | None = None
