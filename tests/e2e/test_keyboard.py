"""The main job by keyboard alone: everything is reached by Tab, and what has the focus can be seen."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Open
from tests.e2e.server import Server

OUTLINE = "(element) => getComputedStyle(element).outlineStyle"
IN_SIGHT = """(element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  return element.contains(there) || there?.contains(element);
}"""


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus; it is outlined and nothing covers it."""
    expect(target).to_be_attached()
    for _ in range(100):
        page.keyboard.press("Tab")
        if target.evaluate("(element) => element === document.activeElement"):
            break
    expect(target).to_be_focused()
    assert target.evaluate(OUTLINE) != "none" or target.locator("..").evaluate(OUTLINE) != "none"
    assert target.evaluate(IN_SIGHT)


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def test_the_main_job_is_done_by_keyboard_alone(demo: Server, open_page: Open) -> None:
    page = open_page(demo.url)
    press(page, page.get_by_role("link", name="Try the demo"))
    press(page, page.get_by_role("button", name="Agree"))
    press(page, page.get_by_role("button", name="Scan", exact=True))
    steps.wait_for_scan(page)
    press(page, page.get_by_role("link", name="See your library"))
    press(page, page.get_by_role("checkbox", name="Pick Blues"), "Space")
    expect(page.get_by_role("checkbox", name="Pick Blues")).to_be_checked()
    press(page, page.get_by_role("button", name="Preview"))
    press(page, page.get_by_role("checkbox", name="permission to remove playlists"), "Space")
    press(page, page.get_by_role("button", name="Create"))
    steps.wait_for_result(page)


def test_the_first_tab_leads_past_the_navigation(demo: Server, open_page: Open) -> None:
    page = open_page(f"{demo.url}/about")
    press(page, page.get_by_role("link", name="Skip to content"))
    expect(page.locator("#main")).to_be_focused()
