import asyncio
from datetime import timedelta
from urllib.parse import parse_qsl

import httpx
import pytest
import respx

from app.accounts.connections import ConnectionsService
from app.accounts.crypto import Keyring
from app.accounts.models import TokenGrant
from app.accounts.oauth import SpotifyOAuth
from app.accounts.repository import CONNECTION, ConnectionsRepository
from app.kv.cached import CachedKV
from app.spotify.errors import NeedsReconnectError
from app.upstream.errors import RateLimitedError, UnavailableError
from tests.fakes import FakeClock, settle

pytestmark = pytest.mark.anyio

HOUR = 3600
REFUSED = {"error": "invalid_grant", "error_description": "Refresh token revoked"}


def grant(clock: FakeClock, access: str = "first", refresh: str = "refresh") -> TokenGrant:
    return TokenGrant(
        access_token=access,
        refresh_token=refresh,
        scope="a b",
        expires_at=clock.now() + timedelta(hours=1),
    )


@pytest.fixture
async def connected(connections: ConnectionsService, clock: FakeClock) -> ConnectionsService:
    await connections.save("anna", grant(clock), consented=True)
    return connections


def answer(access_token: str, **more: str) -> dict[str, object]:
    return {"access_token": access_token, "expires_in": HOUR, **more}


def refresh_tokens(route: respx.Route) -> list[str]:
    return [dict(parse_qsl(call.request.content.decode()))["refresh_token"] for call in route.calls]


async def test_a_fresh_token_is_used_as_it_is(connected: ConnectionsService, clock: FakeClock) -> None:
    tokens = connected.tokens("anna")
    await clock.advance(HOUR - 61)
    assert await tokens.access_token() == "first"


async def test_a_token_in_its_last_minute_is_renewed_and_saved_before_use(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route, kv: CachedKV
) -> None:
    token_service.respond(json=answer("second"))
    before = kv.snapshot().totals.writes
    await clock.advance(HOUR - 60)
    assert await connected.access_token("anna") == "second"
    assert kv.snapshot().totals.writes == before + 1
    assert await connected.access_token("anna") == "second"
    assert token_service.call_count == 1


async def test_fifty_callers_make_one_token_call(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route
) -> None:
    token_service.respond(json=answer("second"))
    await clock.advance(2 * HOUR)
    got = await asyncio.gather(*(connected.access_token("anna") for _ in range(50)))
    assert set(got) == {"second"}
    assert token_service.call_count == 1


async def test_fifty_callers_with_one_rejected_token_make_one_token_call(
    connected: ConnectionsService, token_service: respx.Route
) -> None:
    token_service.respond(json=answer("second"))
    got = await asyncio.gather(*(connected.access_token("anna", rejected="first") for _ in range(50)))
    assert set(got) == {"second"}
    assert await connected.access_token("anna", rejected="first") == "second"
    assert token_service.call_count == 1


async def test_each_person_is_renewed_alone(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route
) -> None:
    await connected.save("bert", grant(clock, "bert-1", "bert-refresh"), consented=True)
    token_service.side_effect = [
        httpx.Response(200, json=answer("one")),
        httpx.Response(200, json=answer("two")),
    ]
    await clock.advance(2 * HOUR)
    await asyncio.gather(connected.access_token("anna"), connected.access_token("bert"))
    assert refresh_tokens(token_service) == ["refresh", "bert-refresh"]


@pytest.mark.parametrize("more", [{}, {"refresh_token": ""}])
async def test_the_old_refresh_token_is_kept_when_none_comes(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route, more: dict[str, str]
) -> None:
    token_service.respond(json=answer("second", **more))
    for _ in range(2):
        await clock.advance(2 * HOUR)
        await connected.access_token("anna")
    assert refresh_tokens(token_service) == ["refresh", "refresh"]


async def test_a_new_refresh_token_takes_the_old_ones_place(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route
) -> None:
    token_service.respond(json=answer("second", refresh_token="rotated"))
    for _ in range(2):
        await clock.advance(2 * HOUR)
        await connected.access_token("anna")
    assert refresh_tokens(token_service) == ["refresh", "rotated"]


async def test_a_refused_refresh_drops_the_tokens_and_asks_to_connect_again(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route, kv: CachedKV
) -> None:
    token_service.respond(400, json=REFUSED)
    await clock.advance(2 * HOUR)
    outcomes = await asyncio.gather(
        *(connected.access_token("anna") for _ in range(5)), return_exceptions=True
    )
    assert all(isinstance(outcome, NeedsReconnectError) for outcome in outcomes)
    kept = await kv.get(CONNECTION("anna"))
    assert kept is not None
    assert (kept.sealed_access_token, kept.sealed_refresh_token, kept.ended) == ("", "", "revoked")
    with pytest.raises(NeedsReconnectError, match="was taken back"):
        await connected.access_token("anna")
    assert token_service.call_count == 1


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (httpx.Response(503, text="<html>"), UnavailableError),
        (httpx.Response(400, json={"error": "invalid_client"}), UnavailableError),
        (httpx.Response(429, headers={"Retry-After": "9"}), RateLimitedError),
    ],
)
async def test_trouble_of_spotifys_keeps_the_tokens(
    connected: ConnectionsService,
    clock: FakeClock,
    token_service: respx.Route,
    trouble: httpx.Response,
    error: type[Exception],
) -> None:
    token_service.side_effect = [trouble, httpx.Response(200, json=answer("second"))]
    await clock.advance(2 * HOUR)
    with pytest.raises(error):
        await connected.access_token("anna")
    assert await connected.access_token("anna") == "second"


async def test_a_dead_network_keeps_the_tokens(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route
) -> None:
    token_service.side_effect = [httpx.ConnectTimeout, httpx.Response(200, json=answer("second"))]
    await clock.advance(2 * HOUR)
    with pytest.raises(UnavailableError):
        await connected.access_token("anna")
    assert await connected.access_token("anna") == "second"


class SlowTokenService:
    """Holds the answer back until it is let go."""

    def __init__(self, response: httpx.Response) -> None:
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()
        self.response = response

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.set()
        await self.go_on.wait()
        return self.response

    async def asked_by(
        self, connected: ConnectionsService, clock: FakeClock, token_service: respx.Route
    ) -> "asyncio.Task[str]":
        """Let a token end, and return who asks for the next one and waits for the answer."""
        token_service.side_effect = self
        await clock.advance(2 * HOUR)
        caller = asyncio.create_task(connected.access_token("anna"))
        await self.asked.wait()
        return caller


async def test_a_caller_that_goes_away_does_not_lose_the_new_tokens(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route
) -> None:
    slow = SlowTokenService(httpx.Response(200, json=answer("second", refresh_token="rotated")))
    first = await slow.asked_by(connected, clock, token_service)
    second = asyncio.create_task(connected.access_token("anna"))
    await settle()
    first.cancel()
    slow.go_on.set()
    assert await second == "second"
    assert token_service.call_count == 1


async def test_closing_waits_for_the_answer(
    connected: ConnectionsService, kv: CachedKV, clock: FakeClock, token_service: respx.Route
) -> None:
    slow = SlowTokenService(httpx.Response(200, json=answer("second", refresh_token="rotated")))
    caller = await slow.asked_by(connected, clock, token_service)
    caller.cancel()
    slow.go_on.set()
    await connected.close()
    kept = await kv.get(CONNECTION("anna"))
    assert kept is not None
    assert kept.expires_at > clock.now()


@pytest.mark.parametrize(
    "late", [httpx.Response(200, json=answer("stale")), httpx.Response(400, json=REFUSED)]
)
async def test_a_late_answer_does_not_touch_a_newer_consent(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route, late: httpx.Response
) -> None:
    slow = SlowTokenService(late)
    renewal = await slow.asked_by(connected, clock, token_service)
    await connected.save("anna", grant(clock, "newer", "newer-refresh"), consented=True)
    slow.go_on.set()
    await asyncio.gather(renewal, return_exceptions=True)
    assert await connected.access_token("anna") == "newer"


async def test_a_late_answer_does_not_bring_a_dropped_consent_back(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route, kv: CachedKV
) -> None:
    slow = SlowTokenService(httpx.Response(200, json=answer("second")))
    renewal = await slow.asked_by(connected, clock, token_service)
    await kv.delete(CONNECTION("anna"))
    slow.go_on.set()
    with pytest.raises(NeedsReconnectError):
        await renewal
    assert await kv.get(CONNECTION("anna")) is None


async def test_nobody_has_no_tokens(connections: ConnectionsService) -> None:
    with pytest.raises(NeedsReconnectError):
        await connections.tokens("nobody").access_token()


async def test_tokens_sealed_with_a_lost_secret_ask_to_connect_again(
    connected: ConnectionsService, kv: CachedKV, oauth: SpotifyOAuth, clock: FakeClock
) -> None:
    other = ConnectionsService(
        ConnectionsRepository(kv), oauth=oauth, keyring=Keyring("other-" * 6), clock=clock
    )
    with pytest.raises(NeedsReconnectError):
        await other.access_token("anna")


async def test_one_persons_sealed_tokens_do_not_open_as_anothers(
    connected: ConnectionsService, kv: CachedKV
) -> None:
    stolen = await kv.get(CONNECTION("anna"))
    assert stolen is not None
    await kv.put(CONNECTION("bert"), stolen.model_copy(update={"user_id": "bert"}))
    with pytest.raises(NeedsReconnectError):
        await connected.access_token("bert")
