"""What the set-up page finds in the settings."""

import pytest

from app.pages.models import SetupCheck
from app.pages.setup import setup_page
from app.settings import Settings


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, contact="me@example.org", **values)  # type: ignore[arg-type]


def checks(made: Settings, *, opened_at: str = "") -> dict[str, SetupCheck]:
    page = setup_page(made, opened_at=opened_at or made.public_url, mode="development")
    return {check.id: check for check in page.checks}


def test_an_app_that_is_set_up_leaves_the_redirect_uri_to_confirm() -> None:
    found = checks(settings(spotify_client_id="abc"))
    assert {name: check.ok for name, check in found.items()} == {
        "client_id": True,
        "redirect_uri": None,
        "address": True,
        "contact": True,
    }


def test_spotify_refuses_localhost() -> None:
    check = checks(settings(spotify_client_id="abc", base_url="http://localhost:9000", port=9000))[
        "redirect_uri"
    ]
    assert (check.ok, check.value) == (False, "http://127.0.0.1:9000")


def test_another_address_than_the_set_one_is_told() -> None:
    check = checks(settings(spotify_client_id="abc"), opened_at="http://192.168.0.2:8000")["address"]
    assert (check.ok, check.used) == (False, "http://192.168.0.2:8000")


@pytest.mark.parametrize(("client_id", "mode"), [("", None), ("abc", "extended")])
def test_only_a_registered_app_has_a_mode(client_id: str, mode: str | None) -> None:
    page = setup_page(settings(spotify_client_id=client_id), opened_at="", mode="extended")
    assert (page.mode, page.configured) == (mode, bool(client_id))
