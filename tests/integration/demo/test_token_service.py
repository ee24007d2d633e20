import base64

import pytest

from tests.fakes import FakeClock
from tests.integration.demo.conftest import BuildApp
from tests.integration.demo.visitor import CALLBACK, SCOPES, Visitor

pytestmark = pytest.mark.anyio

HALF_A_YEAR_S = 182 * 24 * 3600


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


async def test_a_code_becomes_tokens(visitor: Visitor) -> None:
    answer = await visitor.redeem(await visitor.code())
    body = answer.json()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(body) == {"access_token", "token_type", "scope", "expires_in", "refresh_token"}
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 3600
    assert set(body["scope"].split()) == set(SCOPES.split())


async def test_a_code_works_once(visitor: Visitor) -> None:
    code = await visitor.code()
    assert (await visitor.redeem(code)).status_code == 200
    again = await visitor.redeem(code)
    assert again.status_code == 400
    assert again.json() == {"error": "invalid_grant", "error_description": "Invalid authorization code"}


async def test_a_code_lives_for_minutes(visitor: Visitor, clock: FakeClock) -> None:
    code = await visitor.code()
    await clock.advance(180)
    answer = await visitor.redeem(code)
    assert answer.json() == {"error": "invalid_grant", "error_description": "Authorization code expired"}


@pytest.mark.parametrize(
    ("changes", "error", "description"),
    [
        ({"code": "made-up"}, "invalid_grant", "Invalid authorization code"),
        ({"redirect_uri": f"{CALLBACK}/"}, "invalid_grant", "Invalid redirect URI"),
        ({"code_verifier": "w" * 43}, "invalid_grant", "code_verifier was incorrect"),
        ({"code_verifier": ""}, "invalid_grant", "code_verifier was incorrect"),
        ({"client_id": "other"}, "invalid_client", "Invalid client"),
        ({"client_id": ""}, "invalid_client", "Invalid client"),
        ({"client_secret": "guess"}, "invalid_client", "Invalid client secret"),
        ({"authorization": basic("demo", "guess")}, "invalid_client", "Invalid client secret"),
        ({"authorization": "Basic ???"}, "invalid_client", "Invalid client"),
        (
            {"grant_type": "password"},
            "unsupported_grant_type",
            "grant_type must be authorization_code or refresh_token",
        ),
    ],
)
async def test_wrong_requests_for_tokens(
    visitor: Visitor, changes: dict[str, str], error: str, description: str
) -> None:
    code = await visitor.code()
    answer = await visitor.redeem(code, **changes)
    assert answer.status_code == 400
    assert answer.json() == {"error": error, "error_description": description}
    if "code" not in changes:
        assert (await visitor.redeem(code)).status_code == 200, "the fault has not used the code up"


async def test_json_is_no_form(visitor: Visitor) -> None:
    answer = await visitor.http.post("/accounts/api/token", json={"grant_type": "authorization_code"})
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_client"


async def test_a_confidential_app_needs_no_pkce_and_may_use_both(build: BuildApp) -> None:
    visitor = Visitor(build(client_secret="hush"))
    proof = basic("demo", "hush")
    plain = await visitor.code(code_challenge=None, code_challenge_method=None)
    refused = await visitor.redeem(plain)
    assert refused.json() == {"error": "invalid_client", "error_description": "Invalid client secret"}
    assert (await visitor.redeem(plain, authorization=proof)).status_code == 200
    assert (await visitor.redeem(await visitor.code(), authorization=proof)).status_code == 200
    assert (await visitor.redeem(await visitor.code(), client_secret="hush")).status_code == 200
    assert (await visitor.redeem(await visitor.code())).status_code == 200


async def test_a_refresh_gives_another_access_token_and_no_refresh_token(signed_in: Visitor) -> None:
    answer = await signed_in.refresh()
    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"access_token", "token_type", "scope", "expires_in"}
    assert body["access_token"] != signed_in.tokens["access_token"]
    signed_in.tokens["access_token"] = body["access_token"]
    assert (await signed_in.api("GET", "/me")).status_code == 200


async def test_a_refresh_token_dies_half_a_year_after_consent_however_often_it_is_used(
    signed_in: Visitor, clock: FakeClock
) -> None:
    for _ in range(HALF_A_YEAR_S // (12 * 3600) - 1):
        await clock.advance(12 * 3600)
        assert (await signed_in.refresh()).status_code == 200
    await clock.advance(12 * 3600)
    answer = await signed_in.refresh()
    assert answer.status_code == 400
    assert answer.json() == {"error": "invalid_grant", "error_description": "Refresh token expired"}


async def test_revoked_refresh_tokens_stay_revoked_and_a_new_consent_helps(signed_in: Visitor) -> None:
    await signed_in.switch(revoke_refresh=True)
    answer = await signed_in.refresh()
    assert answer.status_code == 400
    assert answer.json() == {"error": "invalid_grant", "error_description": "Refresh token revoked"}
    assert (await signed_in.ask()).status_code == 200, "the person is asked again"
    assert (await (await signed_in.sign_in()).refresh()).status_code == 200


async def test_a_made_up_refresh_token(visitor: Visitor) -> None:
    answer = await visitor.token(grant_type="refresh_token", refresh_token="x", client_id="demo")
    assert answer.json() == {"error": "invalid_grant", "error_description": "Invalid refresh token"}


async def test_an_access_token_is_no_refresh_token_and_the_other_way_round(signed_in: Visitor) -> None:
    access_token, refresh_token = signed_in.tokens["access_token"], signed_in.tokens["refresh_token"]
    signed_in.tokens = {"access_token": refresh_token, "refresh_token": access_token}
    assert (await signed_in.refresh()).status_code == 400
    assert (await signed_in.api("GET", "/me")).status_code == 401


async def test_an_account_is_dropped_a_day_after_its_last_use(signed_in: Visitor, clock: FakeClock) -> None:
    await clock.advance(23 * 3600)
    assert (await signed_in.refresh()).status_code == 200
    await clock.advance(23 * 3600)
    assert (await signed_in.refresh()).status_code == 200
    await clock.advance(24 * 3600)
    assert (await signed_in.refresh()).json()["error_description"] == "Refresh token revoked"


async def test_a_refresh_may_say_an_empty_refresh_token(signed_in: Visitor) -> None:
    await signed_in.switch(refresh_answer="empty")
    assert (await signed_in.refresh()).json()["refresh_token"] == ""
    assert (await signed_in.refresh()).status_code == 200


async def test_a_new_refresh_token_revokes_the_old_one_and_lives_no_longer(
    signed_in: Visitor, clock: FakeClock
) -> None:
    await signed_in.switch(refresh_answer="rotated", refresh_lifetime_s=600)
    await signed_in.sign_in()
    await clock.advance(300)
    first, second = signed_in.tokens["refresh_token"], (await signed_in.refresh()).json()["refresh_token"]
    assert first != second
    assert (await signed_in.refresh()).json()["error_description"] == "Refresh token revoked"
    signed_in.tokens["refresh_token"] = second
    third = (await signed_in.refresh()).json()["refresh_token"]
    await clock.advance(300)
    signed_in.tokens["refresh_token"] = third
    answer = await signed_in.refresh()
    assert (answer.status_code, answer.json()["error_description"]) == (400, "Refresh token expired")
