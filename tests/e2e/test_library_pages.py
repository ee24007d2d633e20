"""The library as a person looks at it: searched, sorted, opened, picked from."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Complaints, Open
from tests.e2e.listener import Listener
from tests.e2e.server import Server
from tests.e2e.steps import Picked


@pytest.fixture
def page(demo: Server, scanned: Listener, open_page: Open) -> Page:
    return open_page(f"{demo.url}/genres", listener=scanned)


def test_a_page_that_does_not_exist_leads_back_into_the_library(
    demo: Server, scanned: Listener, open_page: Open, complaints: Complaints
) -> None:
    page = open_page(f"{demo.url}/nothing", listener=scanned)
    complaints.expect("status of 404", page)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.get_by_role("link", name="Library").click()
    expect(page.get_by_role("list", name="Families")).to_be_visible()


def test_searching_finds_genres_by_a_part_of_their_name(page: Page, scanned: Listener) -> None:
    page.get_by_role("searchbox", name="Search genres").fill("Jazz")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Genres with “Jazz”")
    shown = page.locator(".genre-name").all_inner_texts()
    assert sorted(shown) == [
        genre["name"] for genre in scanned.library()["genres"] if "jazz" in genre["name"]
    ]


def test_searching_in_vain_says_so_and_leads_back(page: Page) -> None:
    page.get_by_role("searchbox", name="Search genres").fill("xyz")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("main")).to_contain_text("No genre contains “xyz”.")
    page.get_by_role("link", name="Clear search").click()
    expect(page.get_by_role("list", name="Families")).to_be_visible()


def test_families_stand_by_size_and_by_name_when_asked(page: Page) -> None:
    counts = steps.family_counts(page)
    without = counts.pop("No genre yet")
    assert without
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    page.get_by_role("navigation", name="Sort").get_by_role("link", name="name", exact=True).click()
    page.wait_for_url("**sort=name*")
    names = [name for name in steps.family_counts(page) if name != "No genre yet"]
    assert names == sorted(names, key=str.casefold)


def test_a_family_opens_with_its_genres_and_a_genre_with_its_songs(page: Page, scanned: Listener) -> None:
    page.get_by_role("link", name="Jazz", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Jazz")
    library = scanned.library()
    jazz = next(family for family in library["families"] if family["id"] == "jazz")
    leading = {
        row.locator(".genre-name").inner_text(): steps.number(row.locator(".genre-count").inner_text())
        for row in page.locator(".genre").all()
    }
    assert {name: count for name, count in leading.items() if count} == {
        genre["name"]: genre["count"] for genre in jazz["genres"]
    }
    assert sum(leading.values()) == jazz["count"]

    page.get_by_role("link", name="hard bop", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("hard bop")
    assert steps.shown_songs(page) == [track["id"] for track in scanned.tracks("hard bop")]
    page.get_by_role("link", name="lead genre only").click()
    page.wait_for_url("**match=lead*")
    assert steps.shown_songs(page) == [track["id"] for track in scanned.tracks("hard bop", "lead")]


def test_songs_without_a_genre_are_told_by_artist(page: Page, scanned: Listener) -> None:
    page.get_by_role("link", name="No genre yet").click()
    total = scanned.library()["withoutGenre"]
    expect(page.locator("main")).to_contain_text(f"{total:,} songs are waiting")
    rows = page.locator("#artists tbody tr").all()
    counts = [steps.number(row.locator("td").first.inner_text()) for row in rows]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) >= total


def test_a_song_says_why_it_is_there_and_a_filter_leaves_others_out(page: Page, scanned: Listener) -> None:
    page.goto("/genres/jazz?sort=name")
    why = page.get_by_role("link", name="Why?").first
    why.focus()
    page.keyboard.press("Enter")
    expect(why).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".why")).to_contain_text("votes")
    expect(page.get_by_role("link", name="Not right?")).to_have_attribute(
        "href", re.compile(r"next=%2Fgenres%2Fjazz%3Fsort%3Dname$")
    )
    page.keyboard.press("Enter")
    expect(page.locator(".why")).to_be_hidden()

    every = page.locator(".songs tbody tr:not(.why-row)").count()
    page.get_by_text("Filter").click()
    choice = page.get_by_role("navigation", name="How sure").get_by_role("link", name="one source")
    count = steps.number(choice.inner_text())
    choice.click()
    page.wait_for_url("**sure=one")
    expect(page.locator(".songs tbody tr")).to_have_count(count)
    assert 0 < count < every
    page.go_back()
    expect(page.locator(".songs tbody tr")).to_have_count(every)


def test_what_is_picked_survives_reload_and_moving_about(page: Page, scanned: Listener) -> None:
    jazz = next(family for family in scanned.library()["families"] if family["id"] == "jazz")
    steps.tick(page, "Pick Jazz")
    steps.expect_dock(page, Picked(jazz["count"], 0))
    page.reload()
    steps.expect_dock(page, Picked(jazz["count"], 0))
    page.get_by_role("link", name="Blues", exact=True).click()
    steps.expect_dock(page, Picked(jazz["count"], 0))
    page.get_by_role("link", name="Library", exact=True).first.click()
    expect(page.get_by_role("checkbox", name="Pick Jazz")).to_be_checked()


def test_what_is_left_out_is_told_in_the_dock_and_taken_back_there(page: Page, scanned: Listener) -> None:
    jazz = next(family for family in scanned.library()["families"] if family["id"] == "jazz")
    without = page.locator("#dock-without")
    expect(page.get_by_role("checkbox", name="without Blues")).to_be_hidden()
    steps.tick(page, "Pick Jazz")
    steps.tick(page, "without Blues")
    page.goto("/genres?family=jazz")
    for genre in ("cool jazz", "hard bop"):
        steps.tick(page, f"without {genre}")
    page.reload()
    expect(without).to_contain_text("hard bop")
    assert steps.number(page.locator("#dock-summary").inner_text()) < jazz["count"]

    without.get_by_role("button", name="cool jazz").focus()
    page.keyboard.press("Enter")
    expect(without.get_by_role("button")).to_have_count(2)
    expect(without.get_by_role("button", name="hard bop")).to_be_focused()
    expect(page.get_by_role("checkbox", name="without cool jazz")).not_to_be_checked()
    page.keyboard.press("Enter")
    expect(without.get_by_role("button", name="Blues")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Preview")).to_be_focused()
    steps.expect_dock(page, Picked(jazz["count"], 0))


def test_everything_and_nothing_are_picked_at_once(page: Page, scanned: Listener) -> None:
    library = scanned.library()
    page.get_by_role("button", name="Select all").click()
    expect(page.locator("#dock-summary")).to_contain_text("inferred songs left out")
    steps.tick(page, "also inferred songs")
    everything = Picked(library["totalTracks"] - library["withoutGenre"], 0)
    steps.expect_dock(page, everything)
    page.reload()
    steps.expect_dock(page, everything)
    page.get_by_role("button", name="Select none").click()
    expect(page.locator("#dock-summary")).to_contain_text("Nothing picked yet.")


def test_what_is_ticked_says_what_scanning_it_takes(page: Page, scanned: Listener) -> None:
    page.goto("/scan?again=1")
    expect(page.locator("#needs")).to_have_text("1,542 songs, 1 call to Spotify, under a minute")
    page.get_by_label("Read everything again").check()
    expect(page.locator("#needs")).to_have_text("1,542 songs, 32 calls to Spotify, under a minute")
    page.get_by_label("Liked Songs").uncheck()
    expect(page.locator("#needs")).to_have_text("Nothing ticked yet.")


def test_one_playlist_for_all_repeats_no_song(page: Page, scanned: Listener) -> None:
    names = ("alternative r&b", "neo soul")
    ids = [track["id"] for name in names for track in scanned.tracks(name)]
    for name in names:
        page.goto(f"/genres?q={name.replace('&', '%26')}")
        steps.tick(page, f"Pick {name}")
    repeated = len(ids) - len(set(ids))
    assert repeated
    steps.expect_dock(page, Picked(len(set(ids)), repeated))
    page.get_by_role("combobox", name="Playlists").select_option("all in one playlist")
    steps.expect_dock(page, Picked(len(set(ids)), 0))
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 playlist, not made yet")


def test_a_preview_of_nothing_says_what_to_do(page: Page) -> None:
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("main")).to_contain_text("Nothing was picked.")
