import json
from typing import Any

import httpx
import pytest

from app.demo.catalogue import mbid
from app.demo.models import DemoArtist, DemoLibrary
from app.demo.wikidata_shapes import answer
from tests.integration.demo.conftest import ARTISTS, id_of
from tests.integration.demo.visitor import AGENT, Visitor

pytestmark = pytest.mark.anyio

IDS = [id_of("Artist", number) for number in range(ARTISTS)]


def query(ids: list[str]) -> str:
    values = " ".join(f'"{one}"' for one in ids)
    return f"SELECT ?spotifyId WHERE {{ VALUES ?spotifyId {{ {values} }} ?item wdt:P1902 ?spotifyId }}"


async def ask(visitor: Visitor, ids: list[str], agent: str = AGENT) -> httpx.Response:
    headers = {"User-Agent": agent}
    return await visitor.http.post("/wikidata/sparql", data={"query": query(ids)}, headers=headers)


def rows(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.headers["Content-Type"].startswith("application/sparql-results+json")
    bindings = response.json()["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in bindings]


async def test_every_genre_is_a_row(visitor: Visitor, library: DemoLibrary) -> None:
    await visitor.switch(wikidata_known_share=1)
    found = rows(await ask(visitor, [*IDS, "0" * 22]))
    assert {row["spotifyId"] for row in found} == set(IDS)
    labels = {row["genreLabel"].removesuffix(" music") for row in found if "genreLabel" in row}
    assert labels <= {"jazz", "soul jazz"}
    without = {row["spotifyId"] for row in found if "genre" not in row}
    assert {one for one in IDS if not library.artists[one].genres} <= without
    assert mbid(library.artists[IDS[1]]) in {row.get("mbid") for row in found}
    assert rows(await ask(visitor, IDS)) == found, "the same at every call"


async def test_a_share_of_the_artists_is_there(visitor: Visitor) -> None:
    found = {row["spotifyId"] for row in rows(await ask(visitor, IDS))}
    assert 3 < len(found) < 18
    await visitor.switch(wikidata_known_share=0)
    assert rows(await ask(visitor, IDS)) == []


def test_many_artists_show_every_oddity() -> None:
    artists = [DemoArtist(id_of("Artist", n), f"Artist {n}", (f"genre {n}",)) for n in range(400)]
    bindings = answer(artists)["results"]["bindings"]
    items: dict[str, set[str]] = {}
    ids: dict[str, set[str]] = {}
    for row in bindings:
        items.setdefault(row["spotifyId"]["value"], set()).add(row["item"]["value"])
        ids.setdefault(row["spotifyId"]["value"], set()).add(row.get("mbid", {"value": ""})["value"])
    assert 1 <= sum(len(those) == 2 for those in items.values()) <= 20
    assert 1 <= sum(len(those) == 2 for those in ids.values()) <= 20
    assert sum(those == {""} for those in ids.values()) > 40
    labels = [row["genreLabel"] for row in bindings if "genreLabel" in row]
    assert {label["xml:lang"] for label in labels} == {"en", "mul"}
    assert any(label["value"].endswith(" music") for label in labels)
    assert any("genre" not in row for row in bindings)


async def test_a_query_may_stand_in_a_short_address(visitor: Visitor) -> None:
    headers = {"User-Agent": AGENT}
    await visitor.switch(wikidata_known_share=1)
    for count, status in ((1, 200), (400, 414)):
        params = {"query": query(IDS[:1] * count)}
        got = await visitor.http.get("/wikidata/sparql", params=params, headers=headers)
        assert got.status_code == status


@pytest.mark.parametrize("text", ["", "SELECT nonsense", query(["x"]) + "{"])
async def test_another_query_is_malformed(visitor: Visitor, text: str) -> None:
    headers = {"User-Agent": AGENT}
    got = await visitor.http.post("/wikidata/sparql", data={"query": text}, headers=headers)
    assert got.status_code == 400
    assert "Malformed" in got.text


async def test_callers_must_say_who_they_are(visitor: Visitor) -> None:
    assert (await ask(visitor, IDS, agent="python-httpx/0.28.1")).status_code == 403
    assert (await visitor.control())["calls"]["wikidata"] == {"POST /sparql": 1}


async def test_too_many_come_with_a_time_to_wait(visitor: Visitor) -> None:
    await visitor.switch(wikidata_too_many_next=2, wikidata_retry_after_s=7)
    first = await ask(visitor, IDS)
    assert (first.status_code, first.headers["Retry-After"]) == (429, "7")
    await visitor.switch(wikidata_retry_after_s=None)
    second = await ask(visitor, IDS)
    assert (second.status_code, "Retry-After" in second.headers) == (429, False)
    assert (await ask(visitor, IDS)).status_code == 200


async def test_a_share_of_queries_finds_it_busy(visitor: Visitor) -> None:
    await visitor.switch(wikidata_busy_share=0.25)
    statuses = [(await ask(visitor, IDS[:1])).status_code for _ in range(100)]
    assert 10 < statuses.count(503) < 40


async def test_long_queries_run_out_of_time(visitor: Visitor) -> None:
    await visitor.switch(wikidata_slow_over=10)
    cut = await ask(visitor, IDS)
    assert cut.status_code == 200
    assert "TimeoutException" in cut.text
    with pytest.raises(json.JSONDecodeError):
        cut.json()
    assert (await ask(visitor, IDS[:10])).json()["head"]
    await visitor.switch(wikidata_slow_how="500")
    assert (await ask(visitor, IDS)).status_code == 500
