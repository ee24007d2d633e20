"""The main job in a browser that runs no scripts: slower to look at, and just as complete."""

from playwright.sync_api import expect

from tests.e2e import steps
from tests.e2e.conftest import Open
from tests.e2e.server import Server


def test_the_main_job_works_without_scripts(demo: Server, open_page: Open) -> None:
    page = open_page(demo.url, java_script_enabled=False)
    steps.sign_in(page)
    page.get_by_role("button", name="Scan").click()
    steps.wait_for_scan(page)
    page.get_by_role("link", name="See your library").click()
    bands = steps.family_counts(page)
    steps.tick(page, "Pick Jazz")
    steps.tick(page, "Pick Blues")
    steps.tick(page, "without Metal")
    page.get_by_role("combobox", name="Playlists").select_option("all in one playlist")
    page.get_by_role("button", name="Preview").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("1 playlist, not made yet")
    songs = bands["Jazz"] + bands["Blues"]
    assert steps.number(page.locator(".preview-list .band-count").inner_text()) == songs
    page.get_by_role("textbox", name="Name").fill("Late at night")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("main")).to_contain_text("You did not give the permission to remove playlists.")
    steps.wait_for_result(page)
    expect(page.locator(".made > li")).to_contain_text(f"Spotify counts {songs}")

    with steps.listener_of(page) as listener:
        owner = listener.id
    (made,) = [playlist for playlist in demo.control()["playlists"] if playlist["owner"] == owner]
    assert (made["name"], len(made["uris"])) == ("Late at night", songs)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Try the demo")).to_be_visible()
