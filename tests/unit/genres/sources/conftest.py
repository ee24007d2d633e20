"""An adapter on a faked MusicBrainz; the recorded answers are read where a machine has them."""

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
import respx

from app.genres.sources.musicbrainz import MusicBrainz
from app.genres.sources.musicbrainz_api import MusicBrainzApi
from app.upstream.gate import Gate
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.unit.genres.sources.mb_answers import HOST

SAMPLES = ("test_musicbrainz_samples.py", "test_source_samples.py")
collect_ignore = [] if os.environ.get("GENRE_SORTER_SAMPLES") else list(SAMPLES)


@pytest.fixture
def gate(clock: FakeClock) -> Gate:
    return Gate("MusicBrainz", rate_per_second=10, clock=clock)


@pytest.fixture
async def source(gate: Gate, clock: FakeClock) -> AsyncIterator[MusicBrainz]:
    async with build_http(contact="me@example.org") as http:
        yield MusicBrainz(MusicBrainzApi(http, gate, base_url=HOST + "/", clock=clock))


@pytest.fixture
def api() -> Any:
    with respx.mock(base_url=HOST + "/ws/2", assert_all_called=False) as router:
        yield router
