"""Every attempt is counted, and a budget that is used up is an error of its own words."""

from collections.abc import AsyncIterator

import httpx
import pytest
import respx

from app.kv.stores.memory import MemoryStore
from app.spotify.client import SpotifyClient
from app.spotify.errors import BudgetUsedUpError, QuotaExceededError
from app.upstream.blocks import Rules
from app.upstream.capacity import WINDOW
from app.upstream.errors import UncountedError
from app.upstream.gate import Gate
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.unit.spotify.answers import API, EMPTY_PAGE, HTML, Tokens, fault, in_time
from tests.unit.upstream.replica import Replica

pytestmark = pytest.mark.anyio


@pytest.fixture
async def replica(clock: FakeClock) -> Replica:
    one = Replica(MemoryStore(clock), Rules(limit=6, reserve=1, now_playing=1), clock=clock)
    await one.start()
    return one


@pytest.fixture
async def spotify(replica: Replica, clock: FakeClock) -> AsyncIterator[SpotifyClient]:
    gate = Gate("Spotify", rate_per_second=2, clock=clock, budget=replica.budget)
    async with build_http(contact="me@example.org") as http:
        yield SpotifyClient(http, gate, api_url=API, clock=clock)


async def test_every_attempt_counts(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router, clock: FakeClock
) -> None:
    answers = [HTML, fault(429, "slow down", retry_after="3"), fault(401, "expired")]
    api.get("/me/tracks").mock(side_effect=[*answers, httpx.Response(200, json=EMPTY_PAGE)])
    await in_time(clock, spotify.saved_tracks(tokens, offset=0))
    assert spotify.capacity().used == spotify.calls == 4


async def test_a_used_up_budget_is_told_in_its_own_words_and_asks_nobody(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router, clock: FakeClock
) -> None:
    route = api.get("/me/tracks").respond(json=EMPTY_PAGE)
    for _ in range(5):
        await in_time(clock, spotify.saved_tracks(tokens, offset=0), 0.5)
    with pytest.raises(QuotaExceededError) as refused:
        await in_time(clock, spotify.saved_tracks(tokens, offset=0), 0.5)

    assert isinstance(refused.value, BudgetUsedUpError)
    assert (refused.value.code, refused.value.status) == ("spotify-budget", 503)
    assert "this installation allows itself" in refused.value.detail
    assert refused.value.resumes_at > clock.now() + WINDOW / 2
    assert route.call_count == 5


async def test_a_call_that_cannot_be_counted_is_not_made(
    spotify: SpotifyClient, replica: Replica, tokens: Tokens, api: respx.Router
) -> None:
    route = api.get("/me").respond(json={"account_id": "a", "id": "a"})
    replica.store.down = True
    with pytest.raises(UncountedError):
        await spotify.me(tokens)
    assert not route.called
