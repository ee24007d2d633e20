"""A person's own order of genres: by keyboard, by drag, and undone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.listener import Listener
from tests.e2e.server import Server


@pytest.fixture(scope="module")
def ruler(demo: Server) -> Iterator[Listener]:
    with Listener(demo.url) as listener:
        yield listener.sign_in().scan()


@pytest.fixture
def page(demo: Server, ruler: Listener, open_page: Open) -> Page:
    return open_page(f"{demo.url}/genres?family=rock", listener=ruler)


def test_a_genre_is_moved_by_keyboard_and_moved_back(page: Page) -> None:
    head = page.locator(".family-head")
    before = head.inner_text()
    page.get_by_role("link", name="Move, merge, rename or hide alternative rock").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("alternative rock")
    page.get_by_role("button", name="Jazz", exact=True).focus()
    page.keyboard.press("Enter")
    notice = page.get_by_role("status").filter(has_text="belongs to Jazz")
    expect(notice).to_contain_text("songs from Rock to Jazz")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rock")
    assert head.inner_text() != before
    page.reload()
    notice.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(notice).to_have_count(0)
    assert head.inner_text() == before


def test_a_genre_is_dragged_onto_a_family_and_nowhere_else(page: Page) -> None:
    line = page.locator("li.genre", has_text="alternative rock")
    families = page.locator("#targets")
    for target in (page.get_by_role("heading", level=1), families.get_by_role("button", name="Electronic")):
        expect(families).to_be_hidden()
        line.hover()
        page.mouse.down()
        page.mouse.move(600, 400, steps=3)
        expect(families).to_be_visible()
        target.hover()
        target.hover()
        page.mouse.up()
    expect(page.get_by_role("status").filter(has_text="belongs to Electronic")).to_be_visible()
    expect(line).to_have_count(0)
    expect(page.locator("li.genre").first).to_be_visible()
