"""Taking the library, or what is picked of it, away as a file."""

import csv
import io

import httpx
import pytest

from tests.integration.genres.test_library_pages import scanned, text

__all__ = ["scanned"]
pytestmark = pytest.mark.anyio


async def test_the_library_is_exported_with_genres_and_sources(scanned: httpx.AsyncClient) -> None:
    response = await scanned.get("/api/genres/export")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="genre-sorter-library.csv"'
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 120
    bebop = next(row for row in rows if row["lead_genre"] == "bebop")
    assert (bebop["family"], bebop["genres"], bebop["sources"]) == (
        "Jazz",
        "bebop; deep house",
        "musicbrainz",
    )
    assert bebop["url"].startswith("https://open.test/track/")


async def test_a_selection_is_exported_as_json(scanned: httpx.AsyncClient) -> None:
    query = {"format": "json", "include": ["family:jazz", "r&b soul"], "exclude": "genre:deep house"}
    response = await scanned.get("/api/genres/export", params=query)
    assert response.headers["content-type"] == "application/json"
    assert response.headers["content-disposition"] == 'attachment; filename="genre-sorter-selection.json"'
    songs = response.json()
    assert songs
    assert {tuple(song["genres"]) for song in songs} == {("r&b soul",)}


async def test_the_page_says_what_is_exported(scanned: httpx.AsyncClient) -> None:
    assert 'href="/genres/export"' in await text(scanned, "/genres")
    assert "Export 120 songs" in await text(scanned, "/genres/export")
    page = await text(
        scanned, "/genres/export?select=family:jazz&select=genre:bebop&together=each&inferred=true"
    )
    assert 'name="include" value="family:jazz"' in page
    assert 'name="inferred" value="true"' in page
    answer = await scanned.get("/genres/export?select=genre:bebop&match=sometimes")
    assert answer.status_code == 422


async def test_without_a_library_there_is_nothing_to_export(browser: httpx.AsyncClient) -> None:
    for path in ("/api/genres/export", "/genres/export"):
        answer = await browser.get(path)
        assert answer.status_code == 404
        assert "There is no library yet" in answer.text
