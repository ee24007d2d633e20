"""From a sign-in that Spotify refuses, by way of whoever runs the installation, to one that works."""

from playwright.sync_api import expect

from tests.e2e.conftest import Complaints, Open
from tests.e2e.server import Server

EMAIL = "anna.lindgren@example.com"


def test_somebody_whom_spotify_does_not_know_asks_and_is_let_in(
    demo: Server, open_page: Open, complaints: Complaints
) -> None:
    page = open_page(f"{demo.url}/auth/spotify")
    with demo.switched(not_registered=True):
        page.get_by_role("button", name="Agree").click()
        complaints.expect("status of 403", page)
        page.get_by_label("Your name").fill("Anna Lindgren")
        page.get_by_label("Your email address").fill(EMAIL)
        page.get_by_role("button", name="Ask for access").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("You have asked for access")
        operator = open_page(f"{demo.url}/operator/access-requests")
        operator.get_by_role("listitem").filter(has_text=EMAIL).get_by_role("button", name="Approve").click()
        expect(operator.get_by_role("status")).to_contain_text("Approved.")
        expect(operator.locator("main")).not_to_contain_text(EMAIL)
    page.goto("/auth/spotify?next=/scan")
    expect(page.get_by_role("heading", level=1)).to_have_text("What shall be sorted?")
