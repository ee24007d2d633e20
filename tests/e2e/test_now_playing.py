"""What plays, from the switch to the line that moves on by itself, and silence while nobody looks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, Request, expect

from tests.e2e.conftest import Complaints, Open
from tests.e2e.listener import Listener
from tests.e2e.server import Server

HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
AN_HOUR_MS, HALF_A_MINUTE_MS = 3_600_000, 30_000
PLAYING = {"kind": "track"}


def asked(page: Page) -> list[str]:
    """Return the requests for the line from now on, as they are made."""
    seen: list[str] = []

    def note(request: Request) -> None:
        if "/now-playing/line" in request.url:
            seen.append(request.url)

    page.on("request", note)
    return seen


def test_what_plays_is_shown_once_spotify_allows_it_and_asked_for_only_while_somebody_looks(
    demo: Server, new_listener: Callable[[Server], Listener], open_page: Open
) -> None:
    page = open_page(f"{demo.url}/settings", listener=new_listener(demo))
    line = page.get_by_role("complementary", name="Now playing")
    expect(line).to_have_count(0)
    page.get_by_role("checkbox", name="Show what I listen to").check()
    page.get_by_role("region", name="Now playing").get_by_role("button", name="Save").click()
    page.clock.install()
    page.get_by_role("button", name="Agree").click()
    expect(line.get_by_role("link", name="Open Spotify")).to_be_visible()
    first = line.locator(".playing-at").inner_text()
    page.clock.run_for(3000)
    assert line.locator(".playing-at").inner_text() != first
    page.evaluate(HIDE, arg=True)
    requests = asked(page)
    page.clock.fast_forward(AN_HOUR_MS)
    assert not requests
    with page.expect_response(lambda response: "back=true" in response.url) as renewed:
        page.evaluate(HIDE, arg=False)
    assert len(requests) == 1
    assert renewed.value.request.headers["hx-request"]  # a part of a page is in the language that was chosen
    page.evaluate(HIDE, arg=True)
    line.evaluate("(line) => { line.dataset.age = 31; }")  # as when the server knew the song for so long
    with page.expect_response(lambda response: "back=true" in response.url):
        page.evaluate(HIDE, arg=False)
    page.evaluate(HIDE, arg=True)
    page.clock.set_system_time(datetime.now(UTC) + timedelta(hours=3))  # a phone that sleeps: no timer runs
    with page.expect_response(lambda response: "back=true" in response.url):
        page.evaluate(HIDE, arg=False)


def test_the_next_song_comes_by_itself_and_nothing_does_once_it_is_switched_off(
    demo: Server, scanned: Listener, open_page: Open, complaints: Complaints
) -> None:
    first, second = scanned.tracks("jazz")[0], scanned.tracks("soul")[0]
    scanned.agree("/auth/spotify?feature=player")
    page = open_page(f"{demo.url}/settings", listener=scanned)
    line = page.get_by_role("complementary", name="Now playing")
    region = page.get_by_role("region", name="Now playing")
    with demo.switched(playback=PLAYING | {"uri": first["uri"]}):
        page.clock.install()
        region.get_by_label("Show what I listen to").check()
        region.get_by_label("Let everybody see it").check()
        region.get_by_role("button", name="Save").click()
        expect(region).to_contain_text("Saved.")
        expect(line).to_contain_text(first["name"])
        expect(line.locator(".tile")).to_have_text(first["leadGenre"])
        others = open_page(f"{demo.url}/listening")
        expect(others.locator(".heard")).to_contain_text(first["name"])
        demo.switch(playback=PLAYING | {"uri": second["uri"]})
        for switches in ({}, {"now_playing": "true"}):  # off, which forgets what is known, and on
            scanned.http.post("/settings/listening", data=switches)
        page.context.set_offline(True)
        with page.expect_event("requestfailed"):
            page.clock.fast_forward(AN_HOUR_MS)
        page.context.set_offline(False)
        complaints.expect("ERR_INTERNET_DISCONNECTED", page)
        page.clock.fast_forward(HALF_A_MINUTE_MS)
        expect(line).to_contain_text(second["name"])
        expect(line.locator(".tile")).to_have_text(second["leadGenre"])
    region.get_by_label("Show what I listen to").uncheck()
    region.get_by_role("button", name="Save").click()
    expect(region).to_contain_text("Saved.")
    expect(line).to_have_count(0)
    others.reload()
    expect(others.locator("main")).to_contain_text("Nothing plays that others may see.")


def test_a_page_whose_session_has_ended_shows_nothing_any_more(
    demo: Server, new_listener: Callable[[Server], Listener], open_page: Open, complaints: Complaints
) -> None:
    person = new_listener(demo)
    person.agree("/auth/spotify?feature=player")
    person.http.post("/settings/listening", data={"now_playing": "true"})
    page = open_page(f"{demo.url}/about", listener=person)
    line = page.get_by_role("complementary", name="Now playing")
    expect(line).to_contain_text("Open Spotify")
    page.clock.install()
    person.http.post("/auth/logout")
    page.evaluate(HIDE, arg=True)
    page.clock.set_system_time(datetime.now(UTC) + timedelta(hours=1))
    page.evaluate(HIDE, arg=False)
    expect(line).to_have_count(0)
    complaints.expect("status of 401", page)
