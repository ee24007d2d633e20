import html

import pytest

from app.demo.models import DemoLibrary
from tests.integration.demo.conftest import BuildApp, id_of
from tests.integration.demo.visitor import Visitor

pytestmark = pytest.mark.anyio


async def test_a_playlist_s_page_lists_its_songs_in_order(signed_in: Visitor) -> None:
    made = await signed_in.make_playlist(name="Jazz & <b>more</b>")
    uris = [f"spotify:track:{id_of('Track', n)}" for n in (3, 1, 2)]
    await signed_in.api("POST", f"/playlists/{made['id']}/items", json={"uris": uris})
    page = await signed_in.http.get(made["external_urls"]["spotify"])
    text = page.text
    assert page.status_code == 200
    assert "Spotify would open this playlist here" in text
    assert "Jazz &amp; &lt;b&gt;more&lt;/b&gt;" in text
    assert "3 songs" in text
    assert text.index("Song 3") < text.index("Song 1") < text.index("Song 2")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (f"track/{id_of('Track', 1)}", ["Song 1", "Artist & 1, Artist & 2"]),
        (f"album/{id_of('Album', 1)}", ["Album 1", "Song 5", "Song 9", "5 songs"]),
        (f"artist/{id_of('Artist', 1)}", ["Artist & 1", "Song 0", "Song 121"]),
    ],
)
async def test_pages_of_songs_albums_and_artists(visitor: Visitor, address: str, words: list[str]) -> None:
    page = await visitor.http.get(f"/open/{address}")
    assert page.status_code == 200
    assert [word for word in words if word not in html.unescape(page.text)] == []


async def test_lost_songs_and_local_files_are_shown_without_a_link(signed_in: Visitor) -> None:
    listed = (await signed_in.api("GET", "/me/playlists")).json()["items"]
    kitchen = next(one for one in listed if one and one["name"] == "Kitchen radio")
    page = (await signed_in.http.get(kitchen["external_urls"]["spotify"])).text
    assert "<span>No longer at Spotify</span>" in page
    assert "<span>Demo: take 1</span>" in page


@pytest.mark.parametrize("address", ["track/x", "album/x", "artist/x", "playlist/x", "show/x", "user/x"])
async def test_what_is_not_there(visitor: Visitor, address: str) -> None:
    page = await visitor.http.get(f"/open/{address}")
    assert page.status_code == 404
    assert "Nothing here" in page.text


async def test_pages_wear_the_product_s_design_where_it_is(build: BuildApp, visitor: Visitor) -> None:
    dressed = await Visitor(build(static_root="/static/abc")).ask()
    assert 'href="/static/abc/css/tokens.css"' in dressed.text
    plain = await visitor.ask()
    assert "/static/" not in plain.text
    for page in (dressed, plain):
        assert 'href="/simulator/simulator.css"' in page.text
    styles = await visitor.http.get("/simulator.css")
    assert styles.headers["Content-Type"].startswith("text/css")


async def test_covers_are_pictures_that_may_be_kept_and_do_nothing(
    signed_in: Visitor, library: DemoLibrary
) -> None:
    page = (await signed_in.api("GET", "/me/tracks", params={"limit": 50})).json()
    covers = {item["track"]["album"]["images"][0]["url"] for item in page["items"]}
    bodies = set()
    for cover in covers:
        answer = await signed_in.http.get(cover)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "image/svg+xml"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Security-Policy"].endswith("sandbox")
        bodies.add(answer.content)
    assert len(bodies) == len(covers) == 10
    assert (await signed_in.http.get("/images/x.svg")).status_code == 404
