"""Which language a page is in: the chosen one, the browser's, English."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from starlette.requests import Request

from app.accounts.preferences import Preferences
from app.errors import NotFoundError
from app.languages import accepted, languages
from app.problems import Problems
from app.settings import Settings
from app.templating import Templating

SPOKEN = ("en", "sv")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Catalogues with one Swedish sentence."""
    catalog = Catalog(locale="sv")
    catalog.add("About", "Om")
    path = tmp_path / "sv" / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalog)
    return tmp_path


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("sv", "sv"),
        ("sv-FI,sv;q=0.9,en;q=0.8", "sv"),
        ("en-GB,en;q=0.9,sv;q=0.8", "en"),
        ("de, fr;q=0.9, SV ; q=0.5, en;q=0.4", "sv"),
        ("de,fr", "en"),
        ("en;q=0.1,sv;q=0", "en"),
        ("sv;q=0", "en"),
        ("sv;q=much,;;,,q=", "en"),
        ("*", "en"),
    ],
)
def test_the_browsers_wish_counts_where_it_can_be_met(header: str, language: str) -> None:
    assert accepted(header, SPOKEN) == language


def test_a_language_is_there_with_its_catalogue(folder: Path, tmp_path: Path) -> None:
    assert languages(folder) == SPOKEN
    (tmp_path / "nothing").mkdir()
    assert languages(tmp_path / "nothing") == ("en",)


def page(folder: Path, accept_language: str, preferences: Preferences | None) -> str:
    templating = Templating(
        Settings(_env_file=None), {"families": SimpleNamespace(all=())}, locale_folder=folder
    )
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/nothing",
        "query_string": b"",
        "headers": [(b"accept", b"text/html"), (b"accept-language", accept_language.encode())],
        "state": {"preferences": preferences},
    }
    answer = Problems(templating, know_user=lambda _: None).respond(Request(scope), NotFoundError())  # type: ignore[arg-type,return-value]
    assert "Accept-Language" in answer.headers["vary"]
    return bytes(answer.body).decode()


@pytest.mark.parametrize(
    ("accept_language", "preferences", "word"),
    [
        ("sv", None, ">Om<"),
        ("en", None, ">About<"),
        ("en", Preferences(language="sv"), ">Om<"),
        ("sv", Preferences(language="en"), ">About<"),
        ("sv", Preferences(), ">Om<"),
        ("sv", Preferences(language="gone"), ">Om<"),
    ],
)
def test_what_was_chosen_comes_before_what_the_browser_asks_for(
    folder: Path, accept_language: str, preferences: Preferences | None, word: str
) -> None:
    html = page(folder, accept_language, preferences)
    assert word in html
    assert f'<html lang="{"sv" if word == ">Om<" else "en"}"' in html


def test_the_chosen_theme_stands_above_the_devices(folder: Path) -> None:
    assert "data-theme" not in page(folder, "en", None)
    assert "data-theme" not in page(folder, "en", Preferences(theme="system"))
    dark = page(folder, "en", Preferences(theme="dark"))
    assert 'data-theme="dark"' in dark
    assert '<meta name="color-scheme" content="dark">' in dark
