"""A person's own order of genres: the JSON routes, the pages and their forms, what stays of it."""

import json
import re

import httpx
import pytest

from tests.integration.accounts.journey import FORM
from tests.integration.genres.test_genres_api import FETCH, events
from tests.unit.genres.wire import LikedSongs, track

pytestmark = pytest.mark.anyio

MOVE = {"kind": "move", "genre": "bebop", "family": "rock"}
FAMILIES = "/api/genres/families"
RULES = "/genres/rules"


@pytest.fixture
async def scanned(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    await browser.post("/scan", data={"source": "liked"}, headers=FORM)
    await events(browser)
    return browser


async def put(browser: httpx.AsyncClient, *rules: dict[str, object], **more: object) -> httpx.Response:
    return await browser.put(FAMILIES, json={"rules": rules, **more}, headers=FETCH)


async def counts(browser: httpx.AsyncClient) -> dict[str, int]:
    summary = (await browser.get("/api/genres")).json()
    without = {"": summary["withoutGenre"]}
    return {family["id"]: family["count"] for family in summary["families"]} | without


def moved(before: dict[str, int], old: str, new: str) -> dict[str, int]:
    """The numbers once all songs of a family are in another one."""
    return {family: count for family, count in before.items() if family != old} | {new: before[old]}


async def post(browser: httpx.AsyncClient, path: str = RULES, **form: str) -> httpx.Response:
    return await browser.post(path, data=form, headers=FORM)


async def text(browser: httpx.AsyncClient, path: str) -> str:
    response = await browser.get(path)
    assert response.status_code == 200, response.text
    return response.text


async def rule_ids(browser: httpx.AsyncClient) -> list[str]:
    return [rule["id"] for rule in (await browser.get(FAMILIES)).json()["rules"]]


async def test_rules_are_put_and_say_what_they_move(scanned: httpx.AsyncClient) -> None:
    before = await counts(scanned)
    tried = (await put(scanned, MOVE, dryRun=True)).json()
    assert await counts(scanned) == before
    done = (await put(scanned, MOVE)).json()
    shift = {"songs": before["jazz"], "before": "Jazz", "after": "Rock"}
    assert tried["shifts"] == done["shifts"] == [shift]
    assert await counts(scanned) == moved(before, "jazz", "rock")
    (rule,) = done["rules"]
    assert (rule["change"], rule["void"]) == (MOVE, None)


@pytest.mark.parametrize("mode", ["add", "replace"])
async def test_the_rules_of_an_answer_are_those_that_are_kept(scanned: httpx.AsyncClient, mode: str) -> None:
    done = (await put(scanned, MOVE, mode=mode)).json()
    assert [rule["id"] for rule in done["rules"]] == await rule_ids(scanned)


async def test_rules_without_effect_do_no_harm_and_say_so(scanned: httpx.AsyncClient) -> None:
    before = await counts(scanned)
    rules = (await put(scanned, {"kind": "hide", "what": "family:own-gone"})).json()["rules"]
    assert [rule["void"] for rule in rules] == ["gone"]
    assert await counts(scanned) == before


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "paint", "what": "genre:bebop"},
        {**MOVE, "why": "x"},
        {"kind": "make", "family": "jazz", "name": "x", "hue": "teal", "depth": 1},
        {"kind": "recolour", "family": "jazz", "hue": "grey", "depth": 1},
        {"kind": "rename", "what": "genre:bebop", "name": " "},
        {"kind": "hide", "what": "bebop"},
        {"kind": "minimum", "size": 0},
    ],
)
async def test_rules_that_say_nothing_are_refused(
    scanned: httpx.AsyncClient, rule: dict[str, object]
) -> None:
    assert (await put(scanned, rule)).status_code == 422


async def test_there_are_at_most_500_rules(scanned: httpx.AsyncClient) -> None:
    hide = {"kind": "hide", "what": "genre:fado"}
    assert (await put(scanned, *[hide] * 500)).status_code == 200
    refused = await post(scanned, kind="hide", what="genre:bebop")
    assert (refused.status_code, "500 rules" in refused.text) == (422, True)
    assert (await put(scanned, *[hide] * 501)).status_code == 422


async def test_what_is_exported_is_what_is_imported(scanned: httpx.AsyncClient) -> None:
    made = {"kind": "make", "family": "own-a", "name": "Mine", "hue": "teal", "depth": 2}
    await put(scanned, MOVE, made)
    exported = await scanned.get(f"{FAMILIES}/export")
    assert "attachment" in exported.headers["content-disposition"]
    ids = await rule_ids(scanned)
    headers = FETCH | {"Content-Type": "application/json"}
    again = await scanned.put(FAMILIES, content=exported.content, headers=headers)
    assert [rule["id"] for rule in again.json()["rules"]] == ids
    added = await put(scanned, {"kind": "hide", "what": "genre:deep house"}, mode="add")
    assert len(added.json()["rules"]) == 3
    files = {"file": ("rules.json", exported.content, "application/json")}
    page = await scanned.post(f"{RULES}/import", files=files, data={"mode": "replace"}, headers=FORM)
    assert "Take these rules" in page.text
    assert len(await rule_ids(scanned)) == 3
    applied = await post(scanned, f"{RULES}/apply", file=exported.text, mode="replace")
    assert (applied.headers["location"], await rule_ids(scanned)) == (RULES, ids)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"rules": [{}]}', b'{"rules": [], "x": 1}', b"\xff"])
async def test_a_file_that_is_none_is_refused(scanned: httpx.AsyncClient, content: bytes) -> None:
    files = {"file": ("rules.json", content, "application/json")}
    refused = await scanned.post(f"{RULES}/import", files=files, headers=FORM)
    assert (refused.status_code, "cannot be read" in refused.text) == (422, True)


async def test_one_rule_is_undone_whatever_came_after_it(scanned: httpx.AsyncClient) -> None:
    before = await counts(scanned)
    await put(scanned, MOVE, {"kind": "merge", "what": "family:jazz", "into": "family:pop"})
    first, _ = await rule_ids(scanned)
    left = await scanned.delete(f"{FAMILIES}/rules/{first}", headers=FETCH)
    assert [rule["change"]["kind"] for rule in left.json()["rules"]] == ["merge"]
    assert await counts(scanned) == moved(before, "jazz", "pop")
    gone = await scanned.delete(f"{FAMILIES}/rules/{first}", headers=FETCH)
    assert gone.json()["type"].endswith("no-such-rule")


async def test_a_genre_is_moved_on_its_page_and_moved_back(scanned: httpx.AsyncClient) -> None:
    page = await text(scanned, f"{RULES}/new?what=genre:bebop&back=/genres?family%3Djazz")
    assert 'value="rock"' in page
    before = await counts(scanned)
    form = {"kind": "move", "what": "genre:bebop", "family": "rock", "back": "/genres?family=jazz"}
    done = await post(scanned, **form)
    assert done.status_code == 303
    where = done.headers["location"]
    assert where.startswith("/genres?family=jazz&rule=")
    told = await text(scanned, where)
    assert f"{before['jazz']} songs from Jazz to Rock" in told
    (rule,) = re.findall(r'name="rule" value="([^"]+)"', told)
    undone = await post(scanned, f"{RULES}/undo", rule=rule, back="/genres?family=jazz")
    assert undone.headers["location"] == "/genres?family=jazz"
    assert await counts(scanned) == before
    assert "songs from Jazz" not in await text(scanned, where)


async def test_a_genre_is_moved_into_a_new_family(scanned: httpx.AsyncClient) -> None:
    done = await post(scanned, kind="move", what="genre:bebop", name="Smoke")
    page = await text(scanned, done.headers["location"])
    assert "Smoke" in page
    families = (await scanned.get(FAMILIES)).json()["families"]
    (own,) = (family for family in families if family["own"])
    assert (own["name"], own["count"] > 0) == ("Smoke", True)
    colours = [(one["hue"], one["depth"]) for one in families if one["id"] not in {"other", "hidden"}]
    assert len(colours) == len(set(colours))


@pytest.mark.parametrize(
    ("form", "where", "sees"),
    [
        (
            {"kind": "merge", "what": "genre:bebop", "into": "deep house"},
            "/genres/deep%20house",
            "deep house",
        ),
        (
            {"kind": "rename", "what": "genre:bebop", "name": "Bop 'til"},
            "/genres/bop%20%27til",
            "bop &#39;til",
        ),
        ({"kind": "rename", "what": "family:jazz", "name": "Smoke"}, "/genres?family=jazz", "Smoke"),
        ({"kind": "recolour", "what": "family:jazz", "colour": "teal 2"}, "/genres?family=jazz", "teal"),
        ({"kind": "merge", "what": "family:jazz", "into": "family:pop"}, "/genres?family=pop", "Pop"),
        ({"kind": "hide", "what": "genre:bebop"}, RULES, "is hidden"),
        ({"kind": "make", "name": "Attic"}, RULES, "Attic"),
        ({"kind": "minimum", "size": "7", "back": RULES}, RULES, "fewer than 7 songs"),
    ],
)
async def test_every_change_leads_to_what_it_changed(
    scanned: httpx.AsyncClient, form: dict[str, str], where: str, sees: str
) -> None:
    changed = await post(scanned, **form)
    assert changed.headers["location"].startswith(where), changed.text
    page = await text(scanned, changed.headers["location"])
    assert sees in page
    assert "Undo" in page
    assert sees in await text(scanned, RULES) or form["kind"] == "recolour"


@pytest.mark.parametrize(
    ("form", "status", "says"),
    [
        ({"kind": "rename", "what": "genre:bebop", "name": "Deep-House"}, 409, "merge bebop into it"),
        ({"kind": "rename", "what": "family:jazz", "name": "rock"}, 409, "called rock already"),
        ({"kind": "rename", "what": "genre:bebop", "name": "rules"}, 422, "needs a letter"),
        ({"kind": "rename", "what": "genre:bebop", "name": "\u2665"}, 422, "needs a letter"),
        ({"kind": "move", "what": "genre:bebop", "family": "own-gone"}, 422, "no such family"),
        ({"kind": "merge", "what": "family:jazz", "into": "family:jazz"}, 422, "part of itself"),
        ({"kind": "recolour", "what": "family:jazz", "colour": "green"}, 422, "Something is missing"),
        ({"kind": "minimum", "size": "many"}, 422, "Something is missing"),
    ],
)
async def test_a_change_that_cannot_be_is_refused_in_words(
    scanned: httpx.AsyncClient, form: dict[str, str], status: int, says: str
) -> None:
    refused = await post(scanned, **form)
    assert (refused.status_code, says in refused.text) == (status, True), refused.text
    assert await rule_ids(scanned) == []


async def test_going_on_leads_nowhere_else(scanned: httpx.AsyncClient) -> None:
    for back in ("https://evil.example/", "//evil.example/genres", "/auth/logout"):
        done = await post(scanned, kind="hide", what="genre:bebop", back=back)
        assert done.headers["location"].startswith(RULES)


async def test_what_is_hidden_can_be_found_and_unhidden(scanned: httpx.AsyncClient) -> None:
    await post(scanned, kind="hide", what="family:electronic")
    await post(scanned, kind="hide", what="family:jazz")
    hidden = await text(scanned, "/genres?family=hidden")
    assert "bebop" in hidden
    assert "is hidden" in await text(scanned, f"{RULES}/new?what=genre:bebop")
    assert "No song stands here" in await text(scanned, "/genres?family=jazz")
    assert (await scanned.get(f"{RULES}/new?what=family:hidden")).status_code == 404


async def test_smaller_genres_share_a_line_that_opens(scanned: httpx.AsyncClient) -> None:
    families = (await scanned.get("/api/genres")).json()["families"]
    jazz = next(family for family in families if family["id"] == "jazz")
    move = {"kind": "move", "genre": "deep house", "family": "jazz"}
    await put(scanned, {"kind": "minimum", "size": 1000}, move)
    page = await text(scanned, "/genres?family=jazz")
    assert f"and 2 smaller genres, {jazz['count']} songs" in page
    assert 'value="genre:bebop"' not in page
    assert 'value="genre:bebop"' in await text(scanned, "/genres?family=jazz&smaller=true")


async def test_reset_says_what_would_change_before_it_does(scanned: httpx.AsyncClient) -> None:
    before = await counts(scanned)
    await put(scanned, MOVE)
    page = await text(scanned, f"{RULES}/reset")
    assert f"{before['jazz']} songs would stand elsewhere" in page
    assert await rule_ids(scanned)
    (file,) = re.findall(r'name="file" value="([^"]+)"', page)
    await post(scanned, f"{RULES}/apply", mode="replace", file=file.replace("&#34;", '"'))
    assert (await counts(scanned), await rule_ids(scanned)) == (before, [])


async def test_rules_survive_a_scan(scanned: httpx.AsyncClient, liked: LikedSongs) -> None:
    await put(scanned, MOVE)
    liked.rows.insert(0, track(700, [7]))
    await scanned.post("/scan", data={"source": "liked"}, headers=FORM)
    await events(scanned)
    assert "jazz" not in await counts(scanned)
    assert len(await rule_ids(scanned)) == 1
    stored = json.loads((await scanned.get(f"{FAMILIES}/export")).text)
    assert stored["rules"] == [MOVE]


async def test_made_playlists_are_named_by_the_persons_families(scanned: httpx.AsyncClient) -> None:
    await put(scanned, {"kind": "rename", "what": "family:jazz", "name": "Smoke"})
    selections = {"selections": [{"include": ["family:jazz"]}]}
    preview = await scanned.post("/api/playlists/preview", json=selections, headers=FETCH)
    assert preview.json()["playlists"][0]["name"] == "Smoke"


async def test_a_playlist_of_a_family_that_was_undone_is_still_listed(scanned: httpx.AsyncClient) -> None:
    made = {"kind": "make", "family": "own-a", "name": "Mine", "hue": "teal", "depth": 2}
    await put(scanned, made, {**MOVE, "family": "own-a"})
    body = {"selections": [{"include": ["family:own-a"]}]}
    preview = (await scanned.post("/api/playlists/preview", json=body, headers=FETCH)).json()["id"]
    await put(scanned)
    assert "Undone family" in await text(scanned, f"/playlists/preview/{preview}")


async def test_undoing_a_name_leads_to_the_genre_under_its_old_one(scanned: httpx.AsyncClient) -> None:
    renamed = await post(scanned, kind="rename", what="genre:bebop", name="hard bop")
    page = await text(scanned, renamed.headers["location"])
    (rule,) = re.findall(r'name="rule" value="([^"]+)"', page)
    (back,) = re.findall(r'name="back" value="([^"]+)"', page)
    undone = await post(scanned, f"{RULES}/undo", rule=rule, back=back)
    assert undone.headers["location"] == "/genres/bebop"
