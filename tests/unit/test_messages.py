"""Every sentence of the templates is in the catalogue that translators start from."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.assets import TEMPLATES
from app.languages import LOCALE_FOLDER

METHODS = [("**.html", "jinja2")]
OPTIONS = {"**.html": {"trimmed": "true"}}


def in_templates() -> set[str]:
    found = extract_from_dir(TEMPLATES, METHODS, OPTIONS)
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def test_the_catalogue_is_what_the_templates_say() -> None:
    """`make messages` writes it anew."""
    listed = {
        message.id[0] if isinstance(message.id, (list, tuple)) else message.id
        for message in catalogue(LOCALE_FOLDER / "messages.pot")
        if message.id
    }
    assert len(listed) > 100
    assert in_templates() == listed
