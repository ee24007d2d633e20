"""The operators' JSON over the whole app."""

import pytest

from app.settings import Settings
from tests.integration.accounts.journey import JumpingClock, Spotify, running, signed_in

pytestmark = pytest.mark.anyio

OPERATIONS = ("reads", "writes", "deletes", "lists")


@pytest.mark.parametrize("path", ["/api/kv-metrics", "/api/kv-usage", "/health?detailed=true"])
async def test_numbers_are_those_before_their_own_request_read_the_store(
    path: str, settings: Settings, jumping: JumpingClock, spotify: Spotify
) -> None:
    """After a restart the operator's own session has to be read from the store."""
    with_account = settings.model_copy(update={"admin_users": ("acc-anna",)})
    async with running(with_account, jumping) as browser:
        cookies = (await signed_in(browser())).cookies
    async with running(with_account, jumping) as browser:
        client = browser()
        client.cookies = cookies
        answer = await client.get(path)
        assert answer.status_code == 200
        if path == "/api/kv-metrics":
            assert "session" not in answer.json()["kinds"]
        if path == "/api/kv-usage":
            before = answer.json()["breakdown"]["sessions"]["reads"]
            assert (await client.get(path)).json()["breakdown"]["sessions"]["reads"] == before + 1
        metrics = (await client.get("/api/kv-metrics")).json()
        assert metrics["kinds"]["session"]["reads"] == 1


async def test_usage_and_metrics_agree(settings: Settings, jumping: JumpingClock, spotify: Spotify) -> None:
    with_token = settings.model_copy(update={"admin_users": ("acc-anna",)})
    async with running(with_token, jumping) as browser:
        client = await signed_in(browser())
        usage = (await client.get("/api/kv-usage")).json()
        assert set(usage) == {
            *("date", "estimated", "operations", "breakdown", "limits", "limitsSource", "usage", "trend"),
            *("status", "enforced", "resetsAt", "recommendations", "activity", "realtime"),
        }
        assert usage["estimated"] == {name: usage["operations"][name] for name in ("reads", "writes")}
        for name in ("reads", "writes"):
            assert sum(kind[name] for kind in usage["breakdown"].values()) == usage["operations"][name] > 0
        assert usage["realtime"]["kvWrites"] == usage["operations"]["writes"]
        assert usage["activity"]["signIns"] == 1
        assert usage["trend"] == {
            "direction": "stable",
            "avgDailyReads": None,
            "avgDailyWrites": None,
            "todayVsAvg": None,
            "days": [],
        }


async def test_the_budget_is_for_operators_and_costs_no_store_operation(
    settings: Settings, jumping: JumpingClock, spotify: Spotify
) -> None:
    with_token = Settings(**settings.model_dump() | {"_env_file": None, "operator_token": "operators-token"})
    async with running(with_token, jumping) as browser:
        await signed_in(browser())
        client = browser()
        assert (await client.get("/api/upstream")).status_code == 403
        client.headers["authorization"] = "Bearer operators-token"
        before = (await client.get("/api/kv-metrics")).json()["metrics"]
        told = (await client.get("/api/upstream")).json()
        assert (await client.get("/api/kv-metrics")).json()["metrics"] == before
        assert told["spotify"]["used"] == told["spotify"]["calls"] == 1
        assert told["spotify"]["limit"] == 900
        assert "Calls to Spotify in 24 hours" in (await client.get("/operator")).text


async def test_unknown_words_are_for_operators(
    settings: Settings, jumping: JumpingClock, spotify: Spotify
) -> None:
    with_account = settings.model_copy(update={"admin_users": ("acc-anna",)})
    async with running(with_account, jumping) as browser:
        stranger, operator = browser(), await signed_in(browser())
        for path in ("/api/admin/unknown-words", "/operator/unknown-words"):
            assert (await stranger.get(path)).status_code in {401, 403}
            assert (await operator.get(path)).status_code == 200
        found = (await operator.get("/api/admin/unknown-words")).json()
        assert found == {"artists": 0, "total": 0, "once": 0, "words": []}
        assert 'href="/operator/unknown-words"' in (await operator.get("/operator")).text
