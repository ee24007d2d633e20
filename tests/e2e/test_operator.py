"""An operator gets in with the token, does what the desk says comes next, looks around, and leaves."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Complaints, Open
from tests.e2e.listener import Listener
from tests.e2e.server import Server
from tests.e2e.steps import number

TOKEN = {"Authorization": "Bearer token"}


def test_an_operator_does_what_comes_next_looks_around_and_leaves(
    new_server: Callable[..., Server],
    new_listener: Callable[[Server], Listener],
    open_page: Open,
    complaints: Complaints,
) -> None:
    server = new_server(OPERATOR_TOKEN="token").start()
    listener = new_listener(server)
    asking = {"name": "Anna", "email": "anna@example.com"}
    listener.http.post("/api/request-access", json=asking).raise_for_status()
    page = open_page(f"{server.url}/operator")
    complaints.expect("status of 403", page)
    page.get_by_label("Operator token").fill("token")
    page.get_by_role("button", name="Open").click()

    heading, pages = (
        page.get_by_role("heading", level=1),
        page.get_by_role("navigation", name="For operators"),
    )
    expect(heading).to_contain_text("1 thing to do.")
    usage = listener.http.get("/api/kv-usage", headers=TOKEN).json()
    writes = page.locator("details", has_text="Writes").first
    assert number(writes.locator(".gauge-count").inner_text()) <= usage["operations"]["writes"]
    row = writes.get_by_role("row", name="connection")
    expect(row).to_be_hidden()
    writes.locator("summary").click()
    expect(row).to_contain_text("1")

    page.get_by_role("link", name="Look and decide").click()
    page.get_by_role("button", name="Approve Anna").click()
    expect(page.get_by_role("status")).to_contain_text("Approved.")
    pages.get_by_role("link", name="Keys").click()
    page.get_by_role("link", name="connection").click()
    page.get_by_role("list").get_by_role("link", name="connection:").click()
    expect(page.get_by_role("region", name="Value")).to_contain_text('"hidden"')
    expect(pages.get_by_role("link", name="Keys")).to_have_attribute("aria-current", "page")
    pages.get_by_role("link", name="Memory").click()
    page.get_by_role("button", name="Clear memory").click()
    expect(page.get_by_role("status")).to_contain_text("Forgotten")

    pages.get_by_role("link", name="Overview").click()
    expect(heading).to_contain_text("nothing to do.")
    page.get_by_role("button", name="Leave").click()
    complaints.expect("status of 403", page)
    expect(page.get_by_label("Operator token")).to_be_visible()
    expect(page.get_by_role("link", name="Operator")).to_have_count(0)
