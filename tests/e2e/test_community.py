"""Being seen by others, as long as one wants to."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Open
from tests.e2e.listener import Listener
from tests.e2e.server import Server


def test_one_puts_oneself_on_the_boards_and_takes_oneself_off(
    demo: Server, new_listener: Callable[[Server], Listener], open_page: Open
) -> None:
    person = new_listener(demo)
    others = person.json("/stats")["userCount"]
    page = open_page(f"{demo.url}/settings", listener=person)
    region = page.get_by_role("region", name="Community")
    region.get_by_label("Show me on the boards").check()
    region.get_by_role("button", name="Save").click()
    expect(region).to_contain_text("Saved.")
    region.get_by_role("link", name="Look at the boards").click()
    expect(page.locator("main")).to_contain_text("You are on the boards.")
    expect(page.locator(".joined")).to_contain_text(page.locator(".site-account-name").inner_text())
    assert person.json("/stats")["userCount"] == others + 1
    page.get_by_role("button", name="Take me off the boards").click()
    expect(page.locator("main")).to_contain_text("You are not on the boards.")
    assert person.json("/stats")["userCount"] == others
