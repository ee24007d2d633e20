"""How long a consent lasts, what pages say of it, and that nobody renews beside somebody else."""

import asyncio
from datetime import timedelta

import httpx
import pytest
import respx

from app.accounts.connections import ConnectionsService
from app.accounts.crypto import Keyring
from app.accounts.models import TOKENS_DEAD, ConnectionView
from app.accounts.oauth import SpotifyOAuth
from app.accounts.repository import CONNECTION, ConnectionsRepository
from app.kv.cached import CachedKV
from app.kv.errors import KVError
from app.settings import Settings
from app.spotify.errors import NeedsReconnectError
from app.upstream.errors import UnavailableError
from tests.fakes import FakeClock, settle
from tests.unit.accounts.test_connections import (
    HOUR,
    REFUSED,
    SlowTokenService,
    answer,
    grant,
    refresh_tokens,
)
from tests.unit.kv.stand_ins import Bench

pytestmark = pytest.mark.anyio

DAY = 86_400


@pytest.fixture
async def connected(connections: ConnectionsService, clock: FakeClock) -> ConnectionsService:
    await connections.save("anna", grant(clock), consented=True)
    return connections


async def test_pages_warn_from_two_weeks_before_the_end(
    connected: ConnectionsService, clock: FakeClock
) -> None:
    ends = clock.now() + timedelta(days=180)
    assert await connected.get_view("anna") == ConnectionView("live", ends)
    await clock.advance(166 * DAY - 1)
    assert (await connected.get_view("anna")).state == "live"
    await clock.advance(1)
    view = await connected.get_view("anna")
    assert view == ConnectionView("ending", ends)
    assert view.live
    assert await connected.get_view("bert") == ConnectionView("none")


async def test_only_spotify_ends_a_connection(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route
) -> None:
    token_service.respond(json=answer("second"))
    await clock.advance(186 * DAY)  # past our own, careful date
    assert await connected.access_token("anna") == "second"
    overdue = await connected.get_view("anna")
    assert (overdue.state, overdue.live) == ("overdue", True)

    token_service.respond(400, json={"error": "invalid_grant", "error_description": "Refresh token expired"})
    await clock.advance(2 * HOUR)
    with pytest.raises(NeedsReconnectError, match="six months"):
        await connected.access_token("anna")
    view = await connected.get_view("anna")
    assert (view.state, view.reconnect_by, view.live) == ("ended", None, False)


async def test_what_nobody_has_used_goes_when_it_is_dead_for_sure(
    connected: ConnectionsService, clock: FakeClock, kv: CachedKV
) -> None:
    await clock.advance(TOKENS_DEAD.total_seconds() - 1)
    assert await kv.get(CONNECTION("anna")) is not None
    await clock.advance(1)
    assert await kv.get(CONNECTION("anna")) is None


@pytest.mark.parametrize(("consented", "begins"), [(True, 30), (False, 0)])
async def test_a_sign_in_without_a_question_is_no_new_consent(
    connected: ConnectionsService, kv: CachedKV, clock: FakeClock, *, consented: bool, begins: int
) -> None:
    start = clock.now()
    await clock.advance(30 * DAY)
    await connected.save("anna", grant(clock, "newer", ""), consented=consented)
    connection = await kv.get(CONNECTION("anna"))
    assert connection is not None
    assert connection.authorized_at == start + timedelta(days=begins)
    assert await connected.access_token("anna") == "newer"


async def test_after_spotify_has_ended_it_every_sign_in_is_a_new_consent(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route
) -> None:
    token_service.respond(400, json=REFUSED)
    await clock.advance(2 * HOUR)
    with pytest.raises(NeedsReconnectError):
        await connected.access_token("anna")
    await connected.save("anna", grant(clock, "newer"), consented=False)
    assert await connected.get_view("anna") == ConnectionView("live", clock.now() + timedelta(days=180))


async def test_a_sign_in_that_brings_no_refresh_token_keeps_the_old_one(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route
) -> None:
    await connected.save("anna", grant(clock, "newer", ""), consented=False)
    token_service.respond(json=answer("second"))
    await clock.advance(2 * HOUR)
    assert await connected.access_token("anna") == "second"
    assert refresh_tokens(token_service) == ["refresh"]


@pytest.fixture
def replica(kv: CachedKV, oauth: SpotifyOAuth, clock: FakeClock) -> ConnectionsService:
    """Another process on the same store."""
    return ConnectionsService(
        ConnectionsRepository(kv), oauth=oauth, keyring=Keyring("secret-" * 6), clock=clock
    )


async def test_two_processes_renew_once(
    connected: ConnectionsService, replica: ConnectionsService, clock: FakeClock, token_service: respx.Route
) -> None:
    slow = SlowTokenService(httpx.Response(200, json=answer("second", refresh_token="rotated")))
    first = await slow.asked_by(connected, clock, token_service)
    second = asyncio.create_task(replica.access_token("anna"))
    await clock.advance(2)
    assert not second.done()
    slow.go_on.set()
    assert await first == "second"
    await clock.advance(1)
    assert await second == "second"
    assert token_service.call_count == 1


async def test_nobody_waits_for_ever_for_another_process(
    connected: ConnectionsService, replica: ConnectionsService, clock: FakeClock, token_service: respx.Route
) -> None:
    slow = SlowTokenService(httpx.Response(200, json=answer("second")))
    first = await slow.asked_by(connected, clock, token_service)
    second = asyncio.create_task(replica.access_token("anna"))
    await clock.advance(30)
    with pytest.raises(UnavailableError):
        await second
    slow.go_on.set()
    assert await first == "second"


async def test_a_new_token_that_cannot_be_saved_is_not_used_and_not_lost(
    settings: Settings, keyring: Keyring, token_service: respx.Route
) -> None:
    async with Bench() as bench:
        oauth = SpotifyOAuth(settings, bench.clock)
        connections = ConnectionsService(
            ConnectionsRepository(bench.kv), oauth=oauth, keyring=keyring, clock=bench.clock
        )
        await connections.save("anna", grant(bench.clock), consented=True)
        token_service.respond(json=answer("second", refresh_token="rotated"))
        await bench.clock.advance(2 * HOUR)
        bench.store.down = True
        renewal = asyncio.create_task(connections.access_token("anna"))
        await bench.clock.advance(10)
        with pytest.raises(KVError):
            await renewal
        bench.store.heal()
        await bench.clock.advance(60)
        assert await connections.access_token("anna") == "second"
        await bench.clock.advance(2 * HOUR)
        await connections.access_token("anna")
        assert refresh_tokens(token_service) == ["refresh", "rotated"]
        await oauth.close()


async def test_a_process_that_dies_with_the_answer_in_hand_costs_at_most_a_new_consent(
    connected: ConnectionsService, replica: ConnectionsService, clock: FakeClock, token_service: respx.Route
) -> None:
    slow = SlowTokenService(httpx.Response(200, json=answer("second", refresh_token="rotated")))
    dying = await slow.asked_by(connected, clock, token_service)
    connected._renewals["anna"].cancel()
    await asyncio.gather(dying, return_exceptions=True)
    await settle()
    token_service.side_effect = None
    token_service.respond(400, json=REFUSED)  # the old token was spent
    with pytest.raises(NeedsReconnectError):
        await replica.access_token("anna")
    assert (await replica.get_view("anna")).state == "ended"
