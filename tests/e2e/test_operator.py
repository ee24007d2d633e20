"""An operator gets in with the token, finds what a number is made of, and leaves; also without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Complaints, Open
from tests.e2e.listener import Listener
from tests.e2e.server import Server
from tests.e2e.steps import number

TOKEN = {"Authorization": "Bearer token"}


@pytest.mark.parametrize("java_script", [True, False])
def test_an_operator_gets_in_looks_and_leaves(
    java_script: bool,  # noqa: FBT001 - a parameter of the test
    new_server: Callable[..., Server],
    new_listener: Callable[[Server], Listener],
    open_page: Open,
    complaints: Complaints,
) -> None:
    server = new_server(OPERATOR_TOKEN="token").start()
    listener = new_listener(server)
    page = open_page(f"{server.url}/operator", java_script_enabled=java_script)
    complaints.expect("status of 403", page)
    page.get_by_label("Operator token").fill("token")
    page.get_by_role("button", name="Open").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("writes today")
    usage = listener.http.get("/api/kv-usage", headers=TOKEN).json()
    expect(page.get_by_role("link", name="Operator")).to_have_attribute("aria-current", "page")
    writes = page.locator("details", has_text="Writes").first
    assert number(writes.locator(".gauge-count").inner_text()) <= usage["operations"]["writes"]
    row = writes.get_by_role("row", name="connection")
    expect(row).to_be_hidden()
    writes.locator("summary").click()
    expect(row).to_contain_text("1")

    page.get_by_role("button", name="Leave").click()
    complaints.expect("status of 403", page)
    expect(page.get_by_label("Operator token")).to_be_visible()
    expect(page.get_by_role("link", name="Operator")).to_have_count(0)
