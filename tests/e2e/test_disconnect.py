"""Leaving Spotify and this installation in a real browser."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.kv.stores import open_store
from tests.e2e.conftest import Complaints, Open
from tests.e2e.in_process import served
from tests.e2e.listener import Listener
from tests.e2e.server import Server
from tests.e2e.test_pages import PICTURES
from tests.integration.accounts.journey import JumpingClock


@pytest.fixture
def listener(demo: Server, new_listener: Callable[[Server], Listener]) -> Listener:
    return new_listener(demo).scan()


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


@pytest.mark.parametrize("scripts", [True, False])
def test_disconnecting_and_coming_back(
    demo: Server, listener: Listener, open_page: Open, *, scripts: bool
) -> None:
    page = open_page(f"{demo.url}/genres", listener=listener, java_script_enabled=scripts)
    page.get_by_role("contentinfo").get_by_role("link", name="Disconnect Spotify").click()
    heading(page, "Disconnect from Spotify?")
    page.get_by_role("button", name="Disconnect", exact=True).click()
    heading(page, "You are disconnected")
    expect(page.locator("main")).not_to_contain_text("spotify.com/account")
    page.get_by_role("link", name="Library").click()
    heading(page, "Connect to Spotify")
    page.get_by_role("link", name="About").first.click()
    page.get_by_role("region", name="Connection to Spotify").get_by_role("link").click()
    heading(page, "Let genre-sorter use your account?")
    page.get_by_role("button", name="Agree").click()
    heading(page, "About")
    expect(page.get_by_role("region", name="Connection to Spotify")).to_have_count(0)
    page.get_by_role("link", name="Library").click()
    heading(page, "What shall be sorted?")


def test_one_takes_ones_data_along_and_deletes_the_account(
    demo: Server, listener: Listener, open_page: Open, complaints: Complaints
) -> None:
    page = open_page(f"{demo.url}/settings", listener=listener)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all of it").click()
    file = json.loads(download.value.path().read_text())
    assert download.value.suggested_filename == "genre-sorter-account.json"
    assert file["user"]["id"] == listener.id
    assert {"library-songs", "session", "user"} <= set(file["kept"])
    page.get_by_role("link", name="Delete my account").click()
    delete = page.get_by_role("button", name="Delete my account")
    delete.click()
    heading(page, "Disconnect from Spotify?")
    page.get_by_role("checkbox", name="Delete everything, now and for good").check()
    delete.click()
    heading(page, "Your liked songs, filed by genre.")
    expect(page.get_by_role("status")).to_contain_text("Your account is deleted.")
    assert listener.json("/session")["authenticated"] is False
    assert complaints == []


def test_a_connection_is_renewed_before_its_end(tmp_path: Path, open_page: Open) -> None:
    clock = JumpingClock()
    with served(tmp_path, open_store, clock) as url, Listener(url) as listener:
        listener.sign_in()
        clock.jump(days=170)
        listener.see("/auth/spotify?next=/about")  # the session is over; Spotify asks nobody twice
        page = open_page(f"{url}/about", listener=listener)
        line = page.get_by_role("region", name="Connection to Spotify")
        expect(line).to_contain_text("Your connection to Spotify ends on")
        page.screenshot(path=PICTURES / "connection-ends.png")
        line.get_by_role("link", name="Renew it now").click()
        heading(page, "Let genre-sorter use your account?")
        page.get_by_role("button", name="Agree").click()
        heading(page, "About")
        expect(line).to_have_count(0)
