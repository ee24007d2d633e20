"""Templates of names while they are typed."""

from playwright.sync_api import expect

from tests.e2e.conftest import Open
from tests.e2e.listener import Listener
from tests.e2e.server import Server


def test_what_a_template_makes_is_shown_while_it_is_typed(
    demo: Server, scanned: Listener, open_page: Open
) -> None:
    page = open_page(f"{demo.url}/settings", listener=scanned)
    examples, name = page.get_by_role("region", name="Examples"), page.get_by_label("Name", exact=True)
    name.fill("Mine: {gener}")
    expect(examples).to_contain_text("{gener} cannot be filled in.")
    name.fill("Mine: {genre}")
    expect(examples.locator(".example-name").first).to_have_text("Mine: Rock")
    expect(examples).not_to_contain_text("cannot be filled in")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    cover = examples.get_by_role("img", name="Cover of Mine: Rock", exact=True)
    expect(cover).to_be_visible()
    expect(cover).to_have_js_property("naturalWidth", 640)
