"""Templates of names while they are typed, and the end of every session."""

from collections.abc import Callable

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


def test_signing_out_everywhere_ends_every_session(
    demo: Server, new_listener: Callable[[Server], Listener], open_page: Open
) -> None:
    here = new_listener(demo)
    account = {"simulated_account": here.http.cookies["simulated_account"]}
    with Listener(demo.url, account) as elsewhere:
        elsewhere.see("/auth/spotify")
        page = open_page(f"{demo.url}/settings", listener=here)
        browsers = page.get_by_role("region", name="Where you are signed in").get_by_role("listitem")
        expect(browsers).to_have_count(2)
        expect(browsers.filter(has_text="this one")).to_have_count(1)
        page.get_by_role("button", name="Sign out everywhere").click()
        expect(page.get_by_role("link", name="Try the demo")).to_be_visible()
        assert not elsewhere.json("/session")["authenticated"]
