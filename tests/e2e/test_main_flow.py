"""The main job in a real browser, under the real headers: sign in, scan, look, preview, make, sign out."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.demo.library import built_in_library
from tests.e2e import steps
from tests.e2e.conftest import Open
from tests.e2e.listener import Listener
from tests.e2e.server import Server
from tests.e2e.steps import Picked

UNHURRIED = {"SPOTIFY_RATE_PER_SECOND": "6", "MUSICBRAINZ_RATE_PER_SECOND": "5"}
"""Slow enough for a person to look on: the scan takes more than five seconds."""
ROCK, SOUL_FAMILY, SOUL = "Rock", "R&B and soul", "soul"
WANTED = (ROCK, SOUL_FAMILY, SOUL)
"""Two families and a genre: most songs of the genre are in the second, one of the first cannot be played."""


@pytest.fixture
def server(new_server: Callable[..., Server]) -> Server:
    return new_server(**UNHURRIED).start()


@dataclass(frozen=True)
class Told:
    """What the JSON routes tell of a library and of what is wanted from it, for the pages to agree with."""

    total: int
    bands: dict[str, int]
    picked: Picked
    uris: dict[str, list[str]]

    @classmethod
    def by(cls, listener: Listener) -> "Told":
        library = listener.library()
        families = {family["name"]: family for family in library["families"]}
        uris = {name: family_uris(listener, families[name]) for name in (ROCK, SOUL_FAMILY)}
        uris[SOUL] = uris_of(listener.tracks(SOUL))
        different = set().union(*uris.values())
        return cls(
            total=library["totalTracks"],
            bands={name: family["count"] for name, family in families.items()}
            | {"No genre yet": library["withoutGenre"]},
            picked=Picked(len(different), sum(map(len, uris.values())) - len(different)),
            uris={name: in_liked_order(wanted) for name, wanted in uris.items()},
        )


def family_uris(listener: Listener, family: dict[str, Any]) -> list[str]:
    """Return the songs that the family's genres lead: these are the family."""
    uris = [uri for genre in family["genres"] for uri in uris_of(listener.tracks(genre["name"], "lead"))]
    assert len(uris) == len(set(uris)) == family["count"]
    return uris


def uris_of(tracks: list[dict[str, Any]]) -> list[str]:
    return [track["uri"] for track in tracks]


def in_liked_order(uris: list[str]) -> list[str]:
    """Return what of it Spotify can put into a playlist, newest like first, each recording's oldest like."""
    playable = (song for song in built_in_library().tracks if song.playable and not song.is_local)
    songs = [song for song in playable if f"spotify:track:{song.id}" in uris]
    oldest = {song.isrc: song for song in songs}
    return [f"spotify:track:{song.id}" for song in songs if not song.isrc or oldest[song.isrc] is song]


def test_a_new_listener_makes_playlists_of_the_own_library(server: Server, open_page: Open) -> None:
    page = open_page(server.url)
    steps.sign_in(page)
    assert steps.number(page.locator(".band-count").inner_text()) == server.control()["liked"]
    watch_scan(page)
    assert_scan_was_frugal(server)

    with steps.listener_of(page) as listener:
        told = Told.by(listener)
    page.get_by_role("link", name="See your library").click()
    assert_library_adds_up(page, told)
    pick_and_preview(page, told)
    shown = read_preview(page, told)
    result = create(page)
    assert_made(page, server, shown)
    try_to_make_more(page, result)
    assert_made(page, server, shown)

    page.get_by_role("link", name="Playlists", exact=True).click()
    assert page.locator(".kept .band-link").all_inner_texts() == [*reversed(shown)]
    sign_out(page)


def watch_scan(page: Page) -> None:
    """Families show up while the scan runs, on the very page that was opened."""
    page.get_by_role("button", name="Scan").click()
    page.wait_for_function(steps.FAMILIES_GROW, timeout=steps.PATIENCE_MS)
    now = page.request.get("/api/genres/scan").json()
    assert now["status"] == "running"
    assert now["scanned"] < now["total"]
    expect(page.get_by_role("heading", level=1)).to_have_text("Sorting your songs")
    steps.wait_for_scan(page)


def assert_scan_was_frugal(server: Server) -> None:
    """As few calls as the songs need and one for their number; none for single artists, none that is gone."""
    control = server.control()
    assert server.pages_read() <= math.ceil(control["liked"] / 50) + 2 + 1
    assert control["calls"]["removed"] == 0
    assert not [call for call in control["calls"]["spotify"] if "artists" in call]
    assert sum(control["calls"]["musicbrainz"].values()) < len(built_in_library().artists) / 20


def assert_library_adds_up(page: Page, told: Told) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{told.total:,} songs")
    bands = steps.family_counts(page)
    assert bands == told.bands
    assert sum(bands.values()) == told.total


def pick_and_preview(page: Page, told: Told) -> None:
    """Tick two families here and a genre on another page; the dock counts all three."""
    steps.tick(page, f"Pick {ROCK}")
    steps.tick(page, f"Pick {SOUL_FAMILY}")
    page.get_by_role("link", name=SOUL_FAMILY, exact=True).click()
    steps.tick(page, f"Pick {SOUL}")
    assert told.picked.repeated
    steps.expect_dock(page, told.picked)
    page.get_by_role("button", name="Preview").click()


def read_preview(page: Page, told: Told) -> dict[str, list[str]]:
    """Return the URIs of the songs that the preview shows, by the playlist's name, in its order."""
    lists = page.locator(".preview-list")
    names = [box.input_value() for box in page.get_by_role("textbox", name="Name").all()]
    assert sorted(names) == sorted(WANTED)
    counts = [steps.number(count) for count in lists.locator(".band-count").all_inner_texts()]
    assert dict(zip(names, counts, strict=True)) == {name: len(uris) for name, uris in told.uris.items()}
    left_out = "1 song is not available to you on Spotify and is left out."
    expect(lists.filter(has_text=left_out)).to_have_attribute("aria-label", ROCK)
    terms = page.locator(".preview-terms")
    expect(terms).to_contain_text("Not on your profile")
    calls = sum(calls_of(len(uris)) for uris in told.uris.values())
    expect(terms).to_contain_text(f"It takes {calls} calls to Spotify")
    shown = {name: read_songs(page, place) for place, name in enumerate(names)}
    assert shown == told.uris
    return shown


def calls_of(songs: int) -> int:
    """One to make the playlist, one for a hundred songs, and to read back a hundred, then fifty at a time."""
    return 1 + math.ceil(songs / 100) + 1 + math.ceil(max(0, songs - 100) / 50)


def read_songs(page: Page, place: int) -> list[str]:
    """Look at all songs of a playlist and come back."""
    preview = page.url
    page.goto(f"{preview}/songs?playlist={place}")
    uris = [f"spotify:track:{track}" for track in steps.shown_songs(page)]
    page.goto(preview)
    return uris


def create(page: Page) -> str:
    """Press Create twice, as impatient people do, agree to Undo, and return the address of the result."""
    page.get_by_role("button", name="Create").dblclick()
    page.get_by_role("button", name="Agree").click()
    steps.wait_for_result(page)
    return page.url


def assert_made(page: Page, server: Server, shown: dict[str, list[str]]) -> None:
    """The simulator holds exactly what was shown, and the page says so and leads there."""
    held = server.control()["playlists"]
    assert [(playlist["name"], playlist["uris"]) for playlist in held] == list(shown.items())
    assert [playlist["public"] for playlist in held] == [False] * len(shown)
    rows = page.locator(".made > li")
    assert rows.count() == len(shown)
    for row, playlist in zip(rows.all(), held, strict=True):
        expect(row.get_by_role("heading")).to_have_text(playlist["name"])
        expect(row.locator("[data-part=added]")).to_have_text(str(len(playlist["uris"])))
        expect(row.locator("[data-part=verified]")).to_have_text(f"Spotify counts {len(playlist['uris'])}")
        link = f"{server.url}/simulator/open/playlist/{playlist['id']}"
        expect(row.get_by_role("link", name="Open Spotify")).to_have_attribute("href", link)
        undo = row.get_by_role("link", name="Undo")
        expect(undo).to_have_attribute("href", f"/playlists/{playlist['id']}/undo")


def try_to_make_more(page: Page, result: str) -> None:
    """Reload the result, open the preview again, and send its form again."""
    page.reload()
    steps.wait_for_result(page)
    page.goto(result.replace("/runs/", "/preview/"))
    expect(page.locator("main")).to_contain_text("These playlists are made already.")
    expect(page.get_by_role("button", name="Create")).to_have_count(0)
    page.evaluate("document.querySelector('main form').requestSubmit()")
    steps.wait_for_result(page)
    assert page.url == result


def sign_out(page: Page) -> None:
    """The session ends on the server too: its cookie opens nothing any more."""
    with steps.listener_of(page) as thief:
        assert thief.json("/session")["authenticated"]
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your liked songs, filed by genre.")
        page.goto("/genres")
        expect(page.get_by_role("link", name="Try the demo")).to_be_visible()
        assert not thief.json("/session")["authenticated"]
        assert thief.http.get("/api/genres").status_code == 401
