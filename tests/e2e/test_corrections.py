"""Saying what an artist or a song is, in a browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Open
from tests.e2e.listener import Listener
from tests.e2e.server import Server


@pytest.fixture
def listener(demo: Server) -> Iterator[Listener]:
    with Listener(demo.url) as listener:
        yield listener.sign_in().scan()


def artist(page: Page) -> str:
    return page.locator("#work-name").inner_text()


def to_go(page: Page) -> list[int]:
    numbers = re.findall(r"\d[\d,]*", page.locator("#to-go").inner_text())
    return [int(number.replace(",", "")) for number in numbers]


def test_three_artists_are_worked_through_by_keyboard_alone(
    demo: Server, listener: Listener, open_page: Open
) -> None:
    page = open_page(f"{demo.url}/genres/none", listener=listener)
    field = page.get_by_role("combobox")
    (waiting,) = to_go(page)
    first = artist(page)
    while not field.evaluate("(element) => element === document.activeElement"):
        page.keyboard.press("Tab")

    page.keyboard.type("Night Bus Soul, jaz")
    expect(page.get_by_role("option", name="jazz", exact=True)).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.type("z")
    page.keyboard.press("Enter")
    expect(page.locator(".change")).to_contain_text(f"{first}: night bus soul jazz")
    for _ in range(2):
        expect(field).to_be_focused()
        before = artist(page)
        page.keyboard.type("night b")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(field).to_have_value("night bus soul")
        page.keyboard.press("Enter")
        expect(page.locator(".change")).to_contain_text(f"{before}: night bus soul")
    settled, left = to_go(page)
    assert settled + left == waiting
    assert len(listener.json("/api/genres/corrections")["corrections"]) == 3
    (made,) = [one for one in listener.json("/api/genres")["genres"] if one["name"] == "night bus soul"]
    assert made["leadCount"] == settled


def test_a_song_is_corrected_from_its_genre_and_that_is_undone(
    demo: Server, listener: Listener, open_page: Open
) -> None:
    genre = max(listener.json("/api/genres")["genres"], key=lambda one: int(one["leadCount"]))
    page = open_page(f"{demo.url}/genres/{genre['name']}?match=lead", listener=listener)
    page.get_by_role("link", name="Why?").first.click()
    page.get_by_role("link", name="Not right?").click()
    title = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("combobox").fill("night bus soul")
    page.get_by_role("radio", name="This song only").check()
    page.get_by_role("button", name="Save").click()

    told = page.locator(".change")
    expect(told).to_contain_text(f"{title}: night bus soul 1 song.")
    expect(told).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_have_text(genre["name"])
    assert steps.number(page.locator(".family-head p").first.inner_text()) == genre["leadCount"] - 1
    page.get_by_role("button", name="Undo").click()
    expect(told).to_contain_text("back to what the sources say")
    assert steps.number(page.locator(".family-head p").first.inner_text()) == genre["leadCount"]
    assert listener.json("/api/genres/corrections")["corrections"] == []
