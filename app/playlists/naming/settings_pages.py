"""What the settings page shows: templates, and what they make of the person's own library."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from app.accounts.preferences import Preferences
from app.accounts.settings_models import AccountSettings
from app.genres.labels import Label
from app.genres.library import FAMILY, GENRE, Library
from app.playlists.labels import labels_of
from app.playlists.models import PlannedPlaylist, Selection
from app.playlists.naming.names import Names
from app.playlists.naming.templates import DESCRIPTION, MOST_LETTERS, NAME, unknown_words
from app.playlists.planning import with_songs
from app.playlists.preview import name_of

MOST_TOGETHER = 3
"""Families of the example that has several."""

Template = Annotated[str, Field(max_length=MOST_LETTERS)]


class SettingsForm(BaseModel):
    """What the page's form sends."""

    model_config = ConfigDict(frozen=True)

    name_template: Template = NAME
    description_template: Template = DESCRIPTION
    covers: bool = False

    @classmethod
    def of(cls, preferences: Preferences) -> "SettingsForm":
        """Return the form as it is filled in at first."""
        return cls(
            name_template=preferences.name_template or NAME,
            description_template=preferences.description_template or DESCRIPTION,
            covers=preferences.covers,
        )

    @property
    def problems(self) -> dict[str, list[str]]:
        """What cannot be filled in, by the field that has it."""
        templates = {
            "name_template": self.name_template,
            "description_template": self.description_template,
        }
        return {field: unknown for field, text in templates.items() if (unknown := unknown_words(text))}


@dataclass(frozen=True, slots=True)
class Example:
    """A playlist as it would be made.

    Attributes:
        cover: the address of its cover, if it gets one.
    """

    labels: tuple[Label, ...]
    name: str
    description: str
    cover: str | None


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """The settings as they are kept, or as they were just typed.

    Attributes:
        uploads: whether Spotify lets covers be set.
        hidden: the genres and families that the person hides, each as rules name it and by its name.
    """

    form: SettingsForm
    examples: tuple[Example, ...]
    uploads: bool
    account: AccountSettings
    hidden: tuple[tuple[str, str], ...]


def examples_of(library: Library, names: Names) -> Iterator[Example]:
    """Yield what would come of a family, of a genre and of several families of a library."""
    for selection in _selections(library):
        empty = PlannedPlaylist(name="", description="", selection=selection, uris=())
        planned = with_songs(empty, library)
        named = names.given_to(planned, library.fold, genre=name_of(selection, library))
        cover = urlencode({"name": named.name, "item": selection.include}, doseq=True)
        yield Example(
            labels_of(selection, library.fold),
            named.name,
            named.description,
            cover=f"/settings/cover?{cover}" if names.preferences.covers else None,
        )


def _selections(library: Library) -> Iterator[Selection]:
    families = sorted(library.families, key=lambda family: -family.count)[:MOST_TOGETHER]
    if families:
        yield Selection(include=(FAMILY + families[0].family.id,))
        yield Selection(include=(GENRE + families[-1].genres[0].name,))
    if len(families) > 1:
        yield Selection(include=tuple(FAMILY + one.family.id for one in families))
