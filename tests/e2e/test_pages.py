"""Every page in both themes: readable for everybody, whole on the smallest screen, and kept as a picture."""

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Complaints, Open
from tests.e2e.listener import Listener
from tests.e2e.places import PLACES, People, Place
from tests.e2e.server import ROOT, Server, running, until
from tests.e2e.test_keyboard import IN_SIGHT

PICTURES = ROOT / "test-artifacts" / "screens"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SCREENS = {"desktop": (1280, 900), "phone": (390, 844), "smallest": (320, 640)}
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

RUN_AXE = """async (tags) => (await axe.run(document, { runOnly: { type: "tag", values: tags } })).violations
  .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target.join(" "))})`)"""
STICKING_OUT = """() => [...document.querySelectorAll("body *")]
  .filter((element) => element.checkVisibility() && !element.closest("svg, .hidden-text, .skip"))
  .filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1);
  }).map((element) => element.outerHTML.slice(0, 100))"""
WRAPPED = "() => new Set([...document.querySelectorAll('.site-head li')].map((li) => li.offsetTop)).size > 1"
WHOLE_HEIGHT = """() => {
  for (const drawer of document.querySelectorAll("details")) drawer.open = true;
  for (const row of document.querySelectorAll("tr")) row.style.contentVisibility = "visible";
  return document.documentElement.scrollHeight;
}"""
UNSEEN = f"""() => [...document.querySelectorAll(
  "a[href], button:enabled, input:enabled:not([type=hidden]), select:enabled, summary, [tabindex='0']")]
  .filter((control) => control.tabIndex >= 0 && control.checkVisibility({{ visibilityProperty: true }}))
  .filter((control) => {{
    control.focus();
    const outlined = [[control, ""], [control, "::after"], [control.parentElement, ""]]
      .some(([element, part]) => getComputedStyle(element, part).outlineStyle !== "none");
    return !outlined || !({IN_SIGHT})(control);
  }}).map((control) => control.outerHTML.slice(0, 100))"""
UNLABELLED = """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea, button")]
  .filter((control) => ![
    control.getAttribute("aria-label"), ...[...(control.labels ?? [])].map((label) => label.textContent),
    control.tagName === "BUTTON" ? control.textContent : "",
  ].some((words) => words?.trim())).map((control) => control.outerHTML)"""


@pytest.fixture(scope="module")
def axe() -> str:
    return AXE.read_text()


def asked_in_vain(listener: Listener) -> bool:
    """Whether all sources were asked behind a scan, and not all of them answered."""
    behind = listener.json("/api/genres/scan")["behind"]
    return bool(behind and behind["failing"] and not behind["sources"])


@pytest.fixture(scope="module")
def people(demo: Server, scanned: Listener, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    with ExitStack() as stack:

        def person(server: Server) -> Listener:
            return stack.enter_context(Listener(server.url)).sign_in()

        def another_server(**env: str) -> Server:
            return stack.enter_context(running(Server(tmp_path_factory.mktemp("server"), **env)))

        slow = another_server(SPOTIFY_RATE_PER_SECOND="1")
        slow.switch(
            songs=20_000
        )  # which takes longer than everything before the pictures on the busiest machine
        scanning = person(slow)
        scanning.start_scan()
        busy = another_server(SPOTIFY_RATE_PER_SECOND="10")
        waiting = person(busy)
        waiting.start_scan()
        until(lambda: waiting.json("/api/genres/scan")["scanned"] >= 500, "a part of the songs")
        busy.switch(quota_exceeded_for_s=3600)
        until(lambda: waiting.json("/api/genres/scan")["status"] == "waiting", "the pause")
        until(lambda: scanning.json("/api/genres/scan")["scanned"] >= 100, "the first songs")
        guarded = another_server(OPERATOR_TOKEN="token", KV_DAILY_WRITE_LIMIT="5")
        operator = person(guarded)
        operator.http.post("/operator/session", data={"token": "token"}).raise_for_status()
        spoiled = another_server()
        left = person(spoiled)
        for file in spoiled.folder.glob("genre-sorter.db*"):
            file.unlink()
        assert left.http.post("/api/genres/scan", json={}).status_code == 503
        parted = person(demo)
        parted.http.post("/auth/disconnect").raise_for_status()
        revoking = another_server()
        revoking.switch(token_lifetime_s=30)
        ended = person(revoking).scan()
        revoking.switch(revoke_refresh=True)
        ended.start_scan()
        until(lambda: not ended.json("/session")["spotifyConnected"], "the end of the connection")
        mute = another_server(LASTFM_RATE_PER_SECOND="1000")
        mute.switch(musicbrainz_fault="refused", wikidata_fault="refused", source_noise=True)
        unheard = person(mute).scan()
        until(lambda: asked_in_vain(unheard), "the answers of the last source")
        seen = [person(demo).be_seen() for _ in range(3)]
        yield People(
            fresh=seen[0],
            sorted=scanned,
            ruler=seen[1].scan(),
            maker=seen[2].scan(),
            scanning=scanning,
            waiting=waiting,
            stranger=stack.enter_context(Listener(guarded.url)),
            operator=operator,
            left=left,
            parted=parted,
            thrifty=person(another_server(SPOTIFY_DAILY_BUDGET="50")).scan().hear(),
            ended=ended,
            unheard=unheard,
        )


@pytest.fixture(scope="module")
def made(people: People) -> dict[str, str]:
    """The maker's preview without a run, a run, what it made, and a song; and another's own family."""
    run = people.maker.create(people.maker.preview(["family:rock"], ["family:folk"], ["soul"])["id"])
    people.maker.wait_for_run(run)
    preview = people.maker.preview(["family:jazz"], ["family:jazz", "soul"])["id"]
    rules = people.ruler.say(
        {"kind": "make", "family": "own-rain", "name": "Rainy days", "hue": "teal", "depth": 2},
        {"kind": "hide", "what": "family:blues"},
        {"kind": "rename", "what": "family:jazz", "name": "Smoke"},
        {"kind": "minimum", "size": 5},
        {"kind": "merge", "what": "family:own-gone", "into": "family:rock"},
        {"kind": "move", "genre": "alternative rock", "family": "own-rain"},
    )
    return {
        "preview": preview,
        "run": run,
        "kept": people.maker.json("/api/my-playlists")["playlists"][-1]["id"],
        "song": people.maker.tracks("soul")[0]["id"],
        "family": "own-rain",
        "rule": rules[-1]["id"],
    }


@pytest.fixture
def page(
    place: Place, demo: Server, people: People, made: dict[str, str], open_page: Open, complaints: Complaints
) -> Page:
    who: Listener | None = getattr(people, place.who) if place.who else None
    url = (str(who.http.base_url) if who else demo.url).rstrip("/") + place.path.format(**made)
    page = open_page(url, listener=who, reduced_motion="reduce")
    if place.status != 200:
        complaints.expect(f"status of {place.status}", page)
    if place.act:
        place.act(page)
    if place.act and place.status != 200:
        complaints.expect(f"status of {place.status}", page)
    return page


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_page_is_open_to_everybody_and_fits_every_screen(place: Place, page: Page, axe: str) -> None:
    page.evaluate(axe)
    assert page.title().count(" - ") == 1
    headings = page.get_by_role("heading", level=1).all_inner_texts()
    assert len(headings) == 1
    assert headings[0].startswith(place.heading)
    assert page.evaluate(UNLABELLED) == []
    assert [*look(place, page), *examine(page)] == []


def look(place: Place, page: Page) -> Iterator[str]:
    """Take the page's pictures in every theme on every screen, and say what does not fit."""
    for theme, (screen, (width, height)) in itertools.product(THEMES, SCREENS.items()):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=PICTURES / f"{place.name}-{screen}-{theme}.png")
        if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
            yield f"{screen}: scrolls sideways, {needed} px wide"
        if page.evaluate(WRAPPED):
            yield f"{screen}: the navigation takes two rows"
        yield from (f"{screen}: sticks out: {element}" for element in page.evaluate(STICKING_OUT))
    page.keyboard.press("Tab")  # from here on the browser shows the focus
    yield from (f"{screen}: the focus is not seen: {element}" for element in page.evaluate(UNSEEN))


def examine(page: Page) -> Iterator[str]:
    """Have axe look at the whole page in every theme on the largest and the smallest screen, drawers open."""
    for theme, screen in itertools.product(THEMES, ("desktop", "smallest")):
        page.emulate_media(color_scheme=theme)
        unroll(page, SCREENS[screen][0])
        yield from (f"{screen}: sticks out: {element}" for element in page.evaluate(STICKING_OUT))
        yield from (f"{screen}, {theme}: {problem}" for problem in page.evaluate(RUN_AXE, RULES))


def unroll(page: Page, width: int) -> None:
    """Lay all rows out and make the window as high as the page, so that nothing lies under the dock."""
    page.set_viewport_size({"width": width, "height": page.evaluate(WHOLE_HEIGHT)})


def test_the_checks_see_what_is_wrong(demo: Server, open_page: Open, axe: str) -> None:
    page = open_page(f"{demo.url}/about")
    page.evaluate(axe)
    page.evaluate(
        """() => {
          document.querySelector("main").innerHTML = "<input><p>too wide</p>";
          document.querySelector("main p").style.minWidth = "200vw";
        }"""
    )
    assert len(page.evaluate(UNLABELLED)) == 1
    assert page.evaluate(STICKING_OUT)
    assert [problem for problem in page.evaluate(RUN_AXE, RULES) if problem.startswith("label:")]
