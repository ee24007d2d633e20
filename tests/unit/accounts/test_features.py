"""What was agreed to beside the usual is kept over sign-ins that ask for the usual alone."""

import httpx
import pytest
import respx

from app.accounts.connections import ConnectionsService
from app.accounts.models import TokenGrant
from app.accounts.next_path import with_query
from app.accounts.oauth import SCOPES
from app.spotify.errors import COVERS_SCOPE, UNFOLLOW_SCOPE, NeedsReconnectError
from tests.fakes import FakeClock
from tests.unit.accounts.test_connections import HOUR, REFUSED, answer, grant, refresh_tokens

pytestmark = pytest.mark.anyio

MORE = f"{SCOPES} {UNFOLLOW_SCOPE}"


def usual(clock: FakeClock) -> TokenGrant:
    return grant(clock, "usual", "usual-refresh").model_copy(update={"scope": SCOPES})


@pytest.fixture
async def connected(connections: ConnectionsService, clock: FakeClock) -> ConnectionsService:
    """Anna's, who has agreed to unfollowing as well."""
    more = grant(clock, "wide", "wide-refresh").model_copy(update={"scope": MORE})
    await connections.save("anna", more, consented=True)
    return connections


async def test_a_usual_sign_in_keeps_what_was_agreed_to_before(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route
) -> None:
    token_service.respond(json=answer("wide again", scope=MORE))
    began = (await connected.get_view("anna")).reconnect_by
    await connected.save("anna", usual(clock), consented=False)
    assert await connected.allows("anna", UNFOLLOW_SCOPE)
    assert await connected.access_token("anna") == "wide again"
    assert refresh_tokens(token_service) == ["wide-refresh"]
    assert (await connected.get_view("anna")).reconnect_by == began


async def test_what_spotify_no_longer_renews_gives_way(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route
) -> None:
    token_service.respond(400, json=REFUSED)
    await connected.save("anna", usual(clock), consented=False)
    assert await connected.access_token("anna") == "usual"
    assert not await connected.allows("anna", UNFOLLOW_SCOPE)


async def test_a_token_service_that_is_down_says_nothing_of_what_is_kept(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route
) -> None:
    token_service.mock(side_effect=httpx.ConnectError("away"))
    await connected.save("anna", usual(clock), consented=False)
    assert await connected.access_token("anna") == "wide"


@pytest.mark.parametrize("consented", [True, False])
async def test_what_allows_something_else_takes_the_place(
    connected: ConnectionsService, clock: FakeClock, *, consented: bool
) -> None:
    scope = SCOPES if consented else f"{SCOPES} {COVERS_SCOPE}"
    new = usual(clock).model_copy(update={"scope": scope})
    await connected.save("anna", new, consented=consented)
    assert await connected.access_token("anna") == "usual"


async def test_what_was_given_is_known_also_after_spotify_has_ended_it(
    connected: ConnectionsService, clock: FakeClock, token_service: respx.Route
) -> None:
    assert await connected.get_features("anna") == {"unfollow"}
    token_service.respond(400, json=REFUSED)
    await clock.advance(2 * HOUR)
    with pytest.raises(NeedsReconnectError):
        await connected.access_token("anna")
    assert await connected.get_features("anna") == {"unfollow"}
    assert await connected.get_features("bert") == set()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/playlists/runs/1", "/playlists/runs/1?refused=covers"),
        ("/playlists?sort=name#top", "/playlists?sort=name&refused=covers#top"),
    ],
)
async def test_a_refusal_is_told_to_the_page_that_asked(path: str, expected: str) -> None:
    assert with_query(path, refused="covers") == expected
