"""Wikidata against an answer that was constructed by hand."""

import os
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
import respx

from app.genres.sources.protocol import AskedArtist, Finding
from app.genres.sources.wikidata import Wikidata
from tests.fakes import FakeClock
from tests.unit.genres.sources.source_calls import caller, words

pytestmark = pytest.mark.anyio

SAMPLES = Path(os.environ["GENRE_SORTER_SAMPLES"])


def sample(name: str, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=(SAMPLES / f"{name}.json").read_bytes())


@respx.mock
async def test_wikidata(clock: FakeClock) -> None:
    respx.post("https://wikidata.example/").mock(return_value=sample("wikidata_sparql_CONSTRUCTED"))
    async with caller("Wikidata", clock) as wikidata:
        source = Wikidata(wikidata, url="https://wikidata.example/")
        found: Mapping[str, Finding] = await source.ask([AskedArtist("6vWDO969PvNqNYHIOW5v0m")])
    finding = found["6vWDO969PvNqNYHIOW5v0m"]
    assert words(finding) == ["rhythm and blues"]
    assert finding.mbid == "859d0860-d480-4efd-970c-c05d5f1776b8"
