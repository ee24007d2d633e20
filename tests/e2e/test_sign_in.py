"""Sign-ins that do not go as planned: cancelled, refused, replayed, stolen, under another name."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e import steps
from tests.e2e.conftest import Complaints, Open
from tests.e2e.listener import PAGE, Listener
from tests.e2e.server import Server

CALLBACK = "/auth/spotify/callback"


@pytest.fixture
def callbacks() -> list[str]:
    """The addresses at which Spotify sent somebody back to the app."""
    return []


@pytest.fixture
def consent(demo: Server, open_page: Open, callbacks: list[str]) -> Page:
    page = open_page(demo.url)
    page.on("request", lambda request: note_callback(request, callbacks))
    page.get_by_role("link", name="Try the demo").click()
    return page


def note_callback(request: Request, callbacks: list[str]) -> None:
    if CALLBACK in request.url.partition("?")[0]:
        callbacks.append(request.url)


def expect_problem(page: Page, title: str, safe: str) -> None:
    """One clean page: what happened, what is safe, one thing to do; no code, no trace."""
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    main = page.locator("main")
    expect(main).to_contain_text(safe)
    expect(main.get_by_role("link")).to_have_count(1)
    assert "Error" not in main.inner_text()
    assert page.url.partition("?")[0].endswith(CALLBACK)


def test_cancelling_leads_to_a_page_from_which_one_can_try_again(
    consent: Page, complaints: Complaints
) -> None:
    consent.get_by_role("button", name="Cancel").click()
    expect_problem(
        consent,
        "You did not let the app in at Spotify.",
        "Nothing was read from Spotify, and nothing of yours",
    )
    complaints.expect("status of 403", consent)
    consent.get_by_role("link", name="Sign in again").click()
    expect(consent.get_by_role("button", name="Agree")).to_be_visible()


@pytest.mark.parametrize(
    ("switch", "status", "title", "safe"),
    [
        (
            "not_registered",
            403,
            "Spotify does not let this account use the app yet.",
            "whoever runs this can name your account",
        ),
        (
            "owner_without_premium",
            503,
            "Spotify has paused this app, because its owner has no Premium subscription.",
            "Spotify may take a few hours.",
        ),
    ],
)
def test_whom_spotify_refuses_is_told_why(
    demo: Server, consent: Page, complaints: Complaints, *, switch: str, status: int, title: str, safe: str
) -> None:
    with demo.switched(**{switch: True}):
        consent.get_by_role("button", name="Agree").click()
        expect_problem(consent, title, safe)
    complaints.expect(f"status of {status}", consent)
    assert not consent.request.get("/session").json()["authenticated"]


def test_a_callback_works_once_and_a_second_time_harms_nobody(
    consent: Page, callbacks: list[str], complaints: Complaints
) -> None:
    consent.get_by_role("button", name="Agree").click()
    expect(consent.get_by_role("heading", level=1)).to_have_text("What shall be sorted?")
    consent.goto(callbacks[0])
    expect_problem(consent, "This sign-in was already used.", "whoever is signed in stays signed in")
    complaints.expect("status of 400", consent)
    assert consent.request.get("/session").json()["authenticated"]


def test_a_callback_does_not_work_in_another_browser(
    demo: Server, open_page: Open, complaints: Complaints
) -> None:
    with Listener(demo.url) as sender:
        callback = sender.agree(follow=False).headers["location"]
    victim = open_page(callback)
    expect_problem(victim, "This is not the sign-in that this browser started last.", "Nobody was signed in.")
    complaints.expect("status of 400", victim)
    assert not victim.request.get("/session").json()["authenticated"]


def test_localhost_leads_to_the_address_that_spotify_knows(demo: Server, open_page: Open) -> None:
    page = open_page(f"http://localhost:{demo.port}/about?from=a-friend")
    assert page.url == f"{demo.url}/about?from=a-friend"
    page.goto(f"http://localhost:{demo.port}/")
    steps.sign_in(page)


def test_two_visitors_have_an_account_each_and_see_nothing_of_each_other(
    demo: Server, new_listener: Callable[[Server], Listener]
) -> None:
    one, other = new_listener(demo).scan(), new_listener(demo)
    assert one.id != other.id
    assert other.json("/api/genres")["totalTracks"] == 0
    assert other.see("/genres").url.path == "/scan"
    assert other.json("/api/genres/scan")["status"] == "idle"

    preview = one.preview(["family:jazz"])["id"]
    (made,) = one.wait_for_run(one.create(preview))["playlists"]
    kept = f"/playlists/{made['id']}"
    for path in (
        kept,
        f"{kept}/undo",
        f"{kept}/forget",
        f"/playlists/preview/{preview}",
        f"/playlists/preview/{preview}/songs",
        f"/playlists/runs/{preview}",
        f"/api/playlists/runs/{preview}",
        f"/api/playlists/runs/{preview}/events",
        "/genres/hard%20bop",
        "/api/genres/hard%20bop/tracks",
    ):
        assert one.see(path).status_code == 200, path
        assert other.see(path).status_code == 404, path
    for path, body in (
        (f"/playlists/preview/{preview}", {}),
        (f"/playlists/runs/{preview}/resume", {}),
        *((f"{kept}/{deed}", {}) for deed in ("refresh", "again", "allow-again", "forget")),
        (f"{kept}/undo", {"data": {"change": preview}}),
        ("/api/playlists", {"json": {"preview": preview}}),
    ):
        assert other.http.post(path, headers=PAGE, **body).status_code == 404, path
    assert other.json("/api/my-playlists")["playlists"] == []
    owners = {playlist["owner"] for playlist in demo.control()["playlists"]}
    assert one.id in owners
    assert other.id not in owners
