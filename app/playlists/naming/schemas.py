"""JSON of the preferences routes."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from app.accounts.preferences import Language, Preferences, Theme
from app.genres.personal.families import PersonalFamilies
from app.genres.personal.rules import FAMILY, GENRE, MOST_RULES, Item
from app.playlists.naming.templates import MOST_LETTERS, WORDS, unknown_words
from app.schemas import ApiModel


def _known(template: str) -> str:
    if unknown := unknown_words(template):
        known = ", ".join(f"{{{word}}}" for word in WORDS)
        raise ValueError(f"{', '.join(unknown)} cannot be filled in; there are {known}")
    return template


def _item(value: object) -> object:
    return GENRE + value if isinstance(value, str) and not value.startswith(FAMILY) else value


Template = Annotated[str, Field(max_length=MOST_LETTERS), AfterValidator(_known)]
Hidden = Annotated[Item, BeforeValidator(_item)]
"""A genre by its name, or a family as `family:<id>`."""


class PreferencesOut(ApiModel):
    """A person's preferences; an empty template is the usual one, an empty language the browser's.

    Attributes:
        hidden_genres: names of genres, and families as `family:<id>`.
    """

    theme: Theme
    language: str
    shortcuts: bool
    name_template: str
    description_template: str
    covers: bool
    now_playing: bool
    listening_feed: bool
    community: bool
    hidden_genres: tuple[str, ...]

    @classmethod
    def of(cls, preferences: Preferences, fold: PersonalFamilies) -> "PreferencesOut":
        """Tell what is kept, and what the person's rules hide."""
        hidden = tuple(item if item.startswith(FAMILY) else name for item, name in fold.hidden)
        return cls(**preferences.model_dump(), hidden_genres=hidden)


class PreferencesIn(ApiModel):
    """What to set; what is left out stays as it is."""

    theme: Theme | None = None
    language: Language | None = None
    shortcuts: bool | None = None
    name_template: Template | None = None
    description_template: Template | None = None
    covers: bool | None = None
    now_playing: bool | None = None
    listening_feed: bool | None = None
    community: bool | None = None
    hidden_genres: Annotated[tuple[Hidden, ...], Field(max_length=MOST_RULES)] | None = None
