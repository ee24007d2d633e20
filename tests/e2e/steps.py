"""What a person does on the pages, and what stands there."""

import re
from dataclasses import dataclass

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.e2e.listener import Listener
from tests.e2e.server import PATIENCE_S

PATIENCE_MS = PATIENCE_S * 1000
FAMILIES_GROW = """() => [...document.querySelectorAll("[data-family] .growth-count")]
  .some((count) => Number(count.textContent.replace(/\\D/g, "")) > 0)"""


def number(text: str) -> int:
    """Read the first number of a text: 1542 of "1,542 songs"."""
    found = re.search(r"\d[\d,]*", text)
    assert found, text
    return int(found[0].replace(",", ""))


def sign_in(page: Page) -> None:
    """From the landing page to the choice of sources."""
    page.get_by_role("link", name="Try the demo").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("use your account?")
    expect(page.locator("main")).to_contain_text("Simulated: Spotify would ask you this")
    page.get_by_role("button", name="Agree").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What shall be sorted?")


def wait_for_scan(page: Page) -> None:
    """Stay on the scan's page until it says by itself that it is over."""
    page.wait_for_selector("#scan[data-status=completed]", timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your library is sorted")


def listener_of(page: Page) -> Listener:
    """Return somebody who has this browser's cookies."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    return Listener(str(httpx.URL(page.url).join("/")), cookies)


def family_counts(page: Page) -> dict[str, int]:
    """Return the library's bands by name, "No genre yet" included."""
    bands = page.get_by_role("list", name="Families").locator(".band")
    return {
        band.locator(".band-link").inner_text(): number(band.locator(".band-count").inner_text())
        for band in bands.all()
    }


def tick(page: Page, name: str) -> None:
    page.get_by_role("checkbox", name=name, exact=True).check()


@dataclass(frozen=True)
class Picked:
    """What the dock says: different songs, and how many of them would stand in several playlists."""

    songs: int
    repeated: int


def expect_dock(page: Page, picked: Picked) -> None:
    summary = page.locator("#dock-summary")
    expect(summary).to_contain_text(f"{picked.songs:,} song")
    repeated = summary.locator("small")
    if picked.repeated:
        expect(repeated).to_contain_text(f"{picked.repeated:,} of them in more than one playlist")
    else:
        expect(repeated).to_have_count(0)


def shown_songs(page: Page) -> list[str]:
    """Return the ids of all songs of a list, asking for more until there are no more."""
    rows = page.locator("table.songs tbody tr")
    while (more := page.get_by_role("link", name="Show more")).count():
        before = rows.count()
        more.click()
        expect(page.locator(f"table.songs tbody tr:nth-child({before + 1}):focus-within")).to_be_attached()
    links = rows.locator(".song-open a")
    return [href.rpartition("/")[2] for href in _hrefs(links)]


def _hrefs(links: Locator) -> list[str]:
    hrefs: list[str] = links.evaluate_all("(links) => links.map((link) => link.href)")
    return hrefs


def wait_for_result(page: Page) -> None:
    page.wait_for_selector("#run[data-status=completed]", timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", level=1)).to_have_text("Made")
