"""The library by single keys: where the focus goes, what is ticked, opened, closed and undone."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.listener import Listener
from tests.e2e.server import Server
from tests.e2e.test_keyboard import IN_SIGHT

PHONE = {"width": 390, "height": 844}


def press(page: Page, *keys: str) -> None:
    """Press keys that stay on the page; what has the focus then can be seen."""
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_function(f"({IN_SIGHT})(document.activeElement)")


def search(page: Page, words: str, end: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press(end)


def test_the_library_is_gone_through_by_single_keys(demo: Server, scanned: Listener, open_page: Open) -> None:
    page = open_page(f"{demo.url}/genres", listener=scanned, viewport=PHONE)
    bands, ticks = page.locator("a.band-link"), page.get_by_role("checkbox", checked=True)
    heading = page.get_by_role("heading", level=1)
    press(page, "j", "x", "j", "k", "j", "x")
    expect(bands.nth(1)).to_be_focused()
    expect(page.locator("#dock-summary")).to_contain_text("songs")
    for at in range(2, bands.count()):
        press(page, "j")
        expect(bands.nth(at)).to_be_focused()
    search(page, "jkx", "Escape")
    expect(bands.last).to_be_focused()
    expect(ticks).to_have_count(2)

    search(page, "jazz", "Enter")
    page.wait_for_url("**/genres?q=jazz*")
    press(page, "j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/genres?family=jazz")
    press(page, "j", "j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/genres/*")
    press(page, "j", "x", "j", "Enter")
    expect(page.get_by_role("checkbox", name="Pick this genre")).to_be_checked()
    expect(page.locator(".why")).to_be_visible()
    press(page, "j", "Escape")
    expect(page.locator(".why")).to_be_hidden()

    page.goto("/genres?q=jazz")
    page.keyboard.press("Escape")
    expect(heading).to_contain_text("songs")
    page.keyboard.press("?")
    expect(heading).to_have_text("Keyboard shortcuts")


def test_a_change_is_undone_by_its_key_unless_keys_are_switched_off(
    demo: Server, scanned: Listener, open_page: Open
) -> None:
    (rule,) = scanned.say({"kind": "rename", "what": "family:jazz", "name": "Smoke"})
    page = open_page(f"{demo.url}/settings", listener=scanned)
    page.get_by_label("Keyboard shortcuts").uncheck()
    page.locator("#display").get_by_role("button", name="Save").click()
    page.goto(f"/genres?rule={rule['id']}")
    page.keyboard.press("Control+z")
    page.keyboard.press("j")
    expect(page.locator("li :focus")).to_have_count(0)
    scanned.http.post("/api/preferences", json={"shortcuts": True}).raise_for_status()
    page.reload()
    page.keyboard.press("Control+z")
    expect(page.locator(".notice")).to_have_count(0)
    assert scanned.json("/api/genres/families")["rules"] == []
