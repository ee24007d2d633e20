"""A person's corrections in the whole app: as JSON, on pages, over a rescan and a restart."""

import re
from html import unescape

import httpx
import pytest

from app.genres.personal import correcting
from app.settings import Settings
from tests.integration.accounts.journey import FORM, JumpingClock, running, signed_in
from tests.integration.genres.test_genres_api import FETCH, events, start
from tests.unit.genres.wire import LikedSongs, MusicBrainzWire, artist_id, track

pytestmark = pytest.mark.anyio

CORRECTIONS = "/api/genres/corrections"
UNKNOWN = f"artist:{artist_id(44)}"
"""Whom no source knows; Song 88 and Song 89 are theirs."""
KNOWN = f"artist:{artist_id(7)}"
"""Whom MusicBrainz calls bebop; three songs are theirs."""


@pytest.fixture
async def scanned(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    await start(browser)
    await events(browser)
    return browser


async def put(browser: httpx.AsyncClient, target: str, *genres: str) -> httpx.Response:
    return await browser.put(f"{CORRECTIONS}/{target}", json={"genres": genres}, headers=FETCH)


async def lead_counts(browser: httpx.AsyncClient) -> dict[str, int]:
    library = (await browser.get("/api/genres", headers=FETCH)).json()
    counts = {genre["name"]: genre["leadCount"] for genre in library["genres"] if genre["leadCount"]}
    return counts | {"": library["withoutGenre"]}


async def listed(browser: httpx.AsyncClient) -> list[tuple[str, list[str], int]]:
    answer = (await browser.get(CORRECTIONS, headers=FETCH)).json()
    return [(one["label"], one["genres"], one["songs"]) for one in answer["corrections"]]


async def send(browser: httpx.AsyncClient, path: str, **form: object) -> httpx.Response:
    """Send a form and look at the page that it leads to."""
    return await browser.post(path, data=form, headers=FORM, follow_redirects=True)


def text(page: httpx.Response) -> str:
    """Return the words of a page."""
    words = re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2])
    return " ".join(unescape(words).split())


async def test_an_artist_is_corrected_and_taken_back(scanned: httpx.AsyncClient) -> None:
    before = await lead_counts(scanned)
    answer = await put(scanned, KNOWN, "City-Pop", "jazz", "CITY POP")
    assert answer.status_code == 200
    assert answer.json() == {
        "target": KNOWN,
        "label": "Artist 7",
        "genres": ["city pop", "jazz"],
        "moved": [{"genre": "city pop", "songs": 3}],
        "summary": "3 songs to city pop",
    }
    after = await lead_counts(scanned)
    assert after == before | {"bebop": before["bebop"] - 3, "city pop": 3}
    back = await scanned.delete(f"{CORRECTIONS}/{KNOWN}", headers=FETCH)
    assert (back.json()["summary"], back.json()["genres"]) == ("3 songs to bebop", [])
    assert await lead_counts(scanned) == before
    assert await listed(scanned) == []


async def test_a_song_is_corrected_by_its_plain_id_and_wins_over_its_artist(
    scanned: httpx.AsyncClient,
) -> None:
    song = track(88)["track"]["id"]
    assert (await put(scanned, UNKNOWN, "dub")).json()["summary"] == "2 songs to dub"
    answer = (await put(scanned, song, "Some New Word")).json()
    assert (answer["target"], answer["summary"]) == (f"song:{song}", "1 song to some new word")
    assert await listed(scanned) == [("Song 88", ["some new word"], 1), ("Artist 44", ["dub"], 1)]
    tracks = (await scanned.get("/api/genres/some new word/tracks", headers=FETCH)).json()
    assert tracks["tracks"][0]["leadGenre"] == "some new word"
    taken = await scanned.delete(f"{CORRECTIONS}/{artist_id(44)}", headers=FETCH)
    assert taken.json()["summary"] == "1 song to no genre yet"


@pytest.mark.parametrize(
    ("target", "body", "status"),
    [
        (f"artist:{artist_id(999)}", {"genres": ["jazz"]}, 404),
        ("song:somebody-elses", {"genres": ["jazz"]}, 404),
        (UNKNOWN, {"genres": []}, 422),
        (UNKNOWN, {"genres": ["a"] * 7}, 422),
        (UNKNOWN, {"genres": ["x" * 61]}, 422),
        (UNKNOWN, {"genres": ["ja\u0007zz"]}, 422),
        (UNKNOWN, {"genres": ["\u202e"]}, 422),
        (UNKNOWN, {"genres": ["?"]}, 422),
        (UNKNOWN, {"genres": ["jazz"], "weight": 9}, 422),
    ],
)
async def test_what_cannot_be_taken_is_refused(
    scanned: httpx.AsyncClient, target: str, body: dict[str, object], status: int
) -> None:
    refused = await scanned.put(f"{CORRECTIONS}/{target}", json=body, headers=FETCH)
    assert (refused.status_code, refused.headers["content-type"]) == (status, "application/problem+json")
    assert await listed(scanned) == []


async def test_what_was_never_said_cannot_be_taken_back(scanned: httpx.AsyncClient) -> None:
    assert (await scanned.delete(f"{CORRECTIONS}/{UNKNOWN}", headers=FETCH)).status_code == 404


async def test_only_who_is_signed_in_has_corrections(browser: httpx.AsyncClient) -> None:
    browser.cookies.clear()
    assert (await browser.get(CORRECTIONS, headers=FETCH)).status_code == 401
    assert (await put(browser, UNKNOWN, "jazz")).status_code == 401
    assert (await browser.get("/genres/correct", headers=FETCH)).status_code == 401


async def test_there_is_an_end_to_corrections_but_not_to_changing_them(
    scanned: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correcting, "MOST_CORRECTIONS", 1)
    await put(scanned, UNKNOWN, "jazz")
    refused = await put(scanned, KNOWN, "jazz")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:genre-sorter:too-many-corrections")
    assert (await put(scanned, UNKNOWN, "dub")).status_code == 200
    assert await listed(scanned) == [("Artist 44", ["dub"], 2)]


async def test_corrections_survive_a_rescan_and_a_restart(
    settings: Settings, liked: LikedSongs, musicbrainz: MusicBrainzWire
) -> None:
    clock = JumpingClock()
    async with running(settings, clock) as new_browser, new_browser() as browser:
        await start(await signed_in(browser))
        await events(browser)
        await put(browser, KNOWN, "city pop")
        liked.rows.insert(0, track(600, [7]))
        await start(browser, refresh=True)
        await events(browser)
        assert (await lead_counts(browser))["city pop"] == 4
        cookies = browser.cookies
    async with running(settings, clock) as new_browser, new_browser() as browser:
        browser.cookies = cookies
        assert (await lead_counts(browser))["city pop"] == 4
        assert await listed(browser) == [("Artist 7", ["city pop"], 4)]


async def test_new_songs_of_a_corrected_artist_are_not_reported_without_a_genre(
    scanned: httpx.AsyncClient, liked: LikedSongs
) -> None:
    await put(scanned, UNKNOWN, "dub")
    liked.rows[:0] = [track(601, [44]), track(600, [45])]
    await start(scanned)
    report = (await events(scanned))[-1][1]["report"]
    assert isinstance(report, dict)
    assert (report["new"], report["newWithoutGenre"]) == (2, 1)


async def test_a_song_is_corrected_on_its_page_and_that_is_undone(scanned: httpx.AsyncClient) -> None:
    song = track(14)["track"]["id"]
    asked = await scanned.get("/genres/correct", params={"song": song, "next": "/genres/bebop?sort=name"})
    assert "Now bebop One source: MusicBrainz" in text(asked)
    assert 'value="city pop"' not in asked.text
    saved = await send(
        scanned,
        "/genres/correct",
        song=song,
        about=f"song:{song}",
        genres="city pop, jazz",
        next="/genres/bebop?sort=name",
    )
    assert saved.url.path == "/genres/bebop"
    assert dict(saved.url.params) == {"sort": "name", "changed": "true"}
    assert "Song 14 : city pop jazz 1 song. Undo" in text(saved)
    assert 'value="city pop, jazz"' in (await scanned.get("/genres/correct", params={"song": song})).text
    await send(scanned, "/genres/correct", song=song, about=f"song:{song}", genres="dub", next="/genres/dub")
    undone = await send(scanned, "/genres/correct/undo", target=f"song:{song}", next="/genres/dub")
    assert undone.url.path == "/genres"  # nothing is dub any more
    assert await listed(scanned) == [("Song 14", ["city pop", "jazz"], 1)]
    again = await send(scanned, "/genres/correct/undo", target="song:another", next="/genres")
    assert await listed(scanned) == [("Song 14", ["city pop", "jazz"], 1)]
    gone = await send(scanned, "/genres/correct/withdraw", target=f"song:{song}", next="/genres")
    assert "Song 14 : back to what the sources say. Undo" in text(gone)
    assert await listed(scanned) == []
    assert again.status_code == 200


async def test_what_cannot_be_taken_is_said_beside_the_field(scanned: httpx.AsyncClient) -> None:
    for typed, words in (
        (" , ", "Type at least one genre."),
        ("a,b,c,d,e,f,g", "Six genres at most."),
        ("x" * 61, "A genre has 60 characters at most."),
        ("<b>?\u0000", "A genre needs a letter or a digit."),
    ):
        for path, form in (
            ("/genres/correct", {"artist": artist_id(44), "about": UNKNOWN, "next": "/genres"}),
            ("/genres/none", {"about": UNKNOWN, "at": 1}),
        ):
            refused = await send(scanned, path, genres=typed, **form)
            assert refused.status_code == 422
            assert words in text(refused)
            assert f'value="{UNKNOWN}" checked' in refused.text
            assert "<b>" not in refused.text


@pytest.mark.parametrize("next_", ["https://evil.test", "//evil.test/genres", "/auth/logout", "/playlists"])
async def test_nobody_is_sent_elsewhere(scanned: httpx.AsyncClient, next_: str) -> None:
    form = {"artist": artist_id(44), "about": UNKNOWN, "genres": "dub", "next": next_}
    answer = await scanned.post("/genres/correct", data=form, headers=FORM)
    assert answer.headers["location"] == "/genres?changed=true"


async def test_a_page_that_sends_nobody_back_is_left_for_the_one_before(scanned: httpx.AsyncClient) -> None:
    headers = {"referer": "http://127.0.0.1:8000/genres/deep%20house?sort=name"}
    page = await scanned.get("/genres/correct", params={"artist": artist_id(7)}, headers=headers)
    assert 'name="next" value="/genres/deep%20house?sort=name"' in page.text
    page = await scanned.get(f"/genres/correct?artist={artist_id(7)}&next=/genres/deep%20house")
    assert 'name="next" value="/genres/deep%20house"' in page.text
    assert (await scanned.get("/genres/correct")).status_code == 404
    assert (await scanned.get("/genres/correct", params={"artist": "nobody"})).status_code == 404


def opened(page: httpx.Response) -> tuple[str, str]:
    """Return what is open, and what is ticked for it."""
    name = re.search(r'id="work-name">([^<]+)', page.text)
    about = re.search(r'name="about" value="([^"]+)" checked', page.text)
    assert name
    assert about
    return name[1], about[1]


async def test_what_has_no_genre_is_worked_through(scanned: httpx.AsyncClient) -> None:
    first = await scanned.get("/genres/none")
    assert "37 songs are waiting" in text(first)
    assert "These 10 artists settle 20 songs." in text(first)
    name, about = opened(first)
    assert (name, about) == ("Artist 40", f"artist:{artist_id(40)}")

    second = await send(scanned, "/genres/none", about=about, genres="city pop", at=0)
    assert opened(second)[0] == "Artist 41"
    assert "2 settled, 35 to go" in text(second)
    assert "Artist 40 : city pop 2 songs. Undo" in text(second)
    assert "autofocus" in second.text

    skipped = await scanned.get("/genres/none?at=1&changed=true")
    assert opened(skipped)[0] == "Artist 42"
    assert "Artist 40 : city pop 2 songs. Undo" in text(skipped)
    song = f"song:{track(84)['track']['id']}"
    half = await send(scanned, "/genres/none", about=song, genres="dub", at=1)
    assert opened(half)[0] == "Artist 43"  # with one song left, Artist 42 comes after those with two
    assert "3 settled, 34 to go" in text(half)

    undone = await send(scanned, "/genres/correct/undo", target=song, next=f"/genres/none?about={UNKNOWN}")
    assert "2 settled, 35 to go" in text(undone)
    assert opened(undone)[0] == "Artist 44"
    through = await scanned.get("/genres/none?at=99")
    assert "You have been through all of it." in text(through)


async def test_corrections_are_saved_as_a_file_and_brought_back(scanned: httpx.AsyncClient) -> None:
    await put(scanned, KNOWN, "city pop")
    file = await scanned.get(f"{CORRECTIONS}/export", headers=FETCH)
    assert 'filename="genre-sorter-corrections.json"' in file.headers["content-disposition"]
    assert file.json() == {
        "version": 1,
        "corrections": [{"genres": ["city pop"], "target": KNOWN, "label": "Artist 7"}],
    }
    await put(scanned, KNOWN, "dub")
    await put(scanned, UNKNOWN, "jazz")
    uploaded = await scanned.post(
        "/genres/corrections/import",
        files={"file": ("my.json", file.content)},
        headers=FORM,
        follow_redirects=True,
    )
    assert uploaded.url.path == "/genres/corrections"
    assert sorted(await listed(scanned)) == [("Artist 44", ["jazz"], 2), ("Artist 7", ["city pop"], 3)]
    again = await scanned.put(CORRECTIONS, json=file.json(), headers=FETCH)
    assert len(again.json()["corrections"]) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"version": 2, "corrections": []}',
        b'{"corrections": [{"target": "playlist:1", "label": "a", "genres": ["a"]}]}',
        b'{"corrections": [{"target": "song:1", "label": "a", "genres": []}]}',
        b'{"corrections": [{"target": "song:1", "label": "a", "genres": ["?!"]}]}',
    ],
)
async def test_a_file_of_something_else_is_refused(scanned: httpx.AsyncClient, content: bytes) -> None:
    refused = await scanned.post(
        "/genres/corrections/import", files={"file": ("my.json", content)}, headers=FORM
    )
    assert refused.status_code == 422
    assert await listed(scanned) == []


async def test_my_corrections_are_listed_with_the_way_back(scanned: httpx.AsyncClient) -> None:
    assert "You have corrected nothing yet." in text(await scanned.get("/genres/corrections"))
    await put(scanned, KNOWN, "city pop")
    await put(scanned, track(500)["track"]["id"], "dub")
    page = await scanned.get("/genres/corrections?changed=true")
    assert "Artist 7 artist city pop 2" in text(page)
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert(1)" not in page.text
    assert "Artist 7 artist city pop 2" in text(await scanned.get("/genres/rules"))
    gone = await send(scanned, "/genres/correct/withdraw", target=KNOWN, next="/genres/corrections")
    assert gone.url.path == "/genres/corrections"
    assert [label for label, *_ in await listed(scanned)] == ["<script>alert(1)</script>"]
