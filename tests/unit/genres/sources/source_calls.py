"""What tests of several sources share."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from app.genres.sources.caller import Caller
from app.genres.sources.protocol import AskedArtist, Finding
from app.upstream.gate import Gate
from app.upstream.http import build_http
from tests.fakes import FakeClock


@asynccontextmanager
async def caller(name: str, clock: FakeClock, *, gate: Gate | None = None) -> AsyncIterator[Caller]:
    async with build_http(contact="me@example.org") as http:
        yield Caller(http, gate or Gate(name, rate_per_second=10, clock=clock), clock)


def artist_id(number: int) -> str:
    return f"{number:022d}"


def asked(*numbers: int) -> list[AskedArtist]:
    return [AskedArtist(artist_id(number), f"Artist {number}") for number in numbers]


def words(finding: Finding) -> list[str]:
    assert finding.tags is not None
    return [tag.name for tag in finding.tags]


def ids(artists: Iterable[AskedArtist]) -> list[str]:
    return [artist.id for artist in artists]
