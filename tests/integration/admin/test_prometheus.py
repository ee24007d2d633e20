"""What Prometheus scrapes is what the operators' JSON tells."""

from collections import Counter

import httpx
import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from app.settings import Settings
from tests.integration.accounts.journey import JumpingClock, Spotify, running, signed_in

pytestmark = pytest.mark.anyio

BEARER = {"authorization": "Bearer operators-token"}
PREFIX = "genre_sorter_kv_"
Samples = dict[tuple[str, frozenset[str]], float]


def with_token(settings: Settings, **more: object) -> Settings:
    return Settings(**settings.model_dump() | {"_env_file": None, "operator_token": "operators-token"} | more)


def samples(text: str) -> Samples:
    return {
        (sample.name.removeprefix(PREFIX), frozenset(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def sums(scraped: Samples) -> Counter[str]:
    """Add up what has the same name and the same word in a label."""
    added: Counter[str] = Counter()
    for (name, labels), value in scraped.items():
        for label in labels or {""}:
            added[f"{name} {label}".strip()] += int(value)
    return added


async def busy(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Sign in, look around, and sign out."""
    await signed_in(client)
    for path in ("/session", "/playlists", "/nothing", "/session"):
        await client.get(path)
    await client.post("/auth/logout", headers={"sec-fetch-site": "same-origin"})
    return client


async def test_the_numbers_are_those_of_the_json(
    settings: Settings, jumping: JumpingClock, spotify: Spotify
) -> None:
    async with running(with_token(settings), jumping) as browser:
        await busy(browser())
        client = browser()
        text = (await client.get("/metrics", headers=BEARER)).text
        told = (await client.get("/api/kv-metrics", headers=BEARER)).json()
        usage = (await client.get("/api/kv-usage", headers=BEARER)).json()
    scraped = samples(text)
    added = sums(scraped)
    metrics = told["metrics"]
    for name in ("read", "write", "delete", "list"):
        assert added[f"operations_total {name}"] == metrics[f"kv{name.capitalize()}s"]
        assert added[f"day_operations {name}"] == usage["operations"][f"{name}s"]
        assert added[f"day_limit {name}"] == usage["limits"][f"{name}s"]
    for event in ("coalesced", "skipped", "failed", "retried", "dropped"):
        assert added[f"write_events_total {event}"] == metrics[f"{event}Writes"]
    assert added["cache_lookups_total hit"] == metrics["cacheHits"] > 0
    assert added["cache_lookups_total miss"] == metrics["cacheMisses"] > 0
    assert added["calls_total"] == metrics["calls"]
    assert added["flush_duration_seconds_count"] == told["queue"]["flushes"] > 0
    assert added["queue_entries"] == told["queue"]["depth"]
    assert added["queue_entries_peak"] == told["queue"]["highWater"]
    assert added["dead_letters"] == told["queue"]["deadLetters"]
    assert (
        sum(value for (name, _), value in scraped.items() if name == "cache_bytes") == told["cache"]["bytes"]
    )
    for kind, counts in told["kinds"].items():
        for name in ("read", "write", "delete"):
            assert scraped["operations_total", frozenset({kind, name})] == counts[f"{name}s"]
        assert scraped["cache_lookups_total", frozenset({kind, "hit"})] == counts["hits"]
    assert scraped["state", frozenset({"ok"})] == 1


async def test_the_state_is_the_one_of_health(
    settings: Settings, jumping: JumpingClock, spotify: Spotify
) -> None:
    async with running(with_token(settings, kv_daily_write_limit=1), jumping) as browser:
        await busy(browser())
        client = browser()
        scraped = samples((await client.get("/metrics", headers=BEARER)).text)
        health = (await client.get("/health")).json()
        usage = (await client.get("/api/kv-usage", headers=BEARER)).json()
    assert health["status"] == usage["status"] == "critical"
    states = {next(iter(labels)): value for (name, labels), value in scraped.items() if name == "state"}
    assert states == {"ok": 0, "warning": 0, "critical": 1, "degraded": 0}


async def test_scraping_asks_no_store_and_leaves_the_shared_registry_alone(
    settings: Settings, jumping: JumpingClock
) -> None:
    async with running(with_token(settings), jumping) as browser:
        client = browser()
        before = samples((await client.get("/metrics", headers=BEARER)).text)
        after = samples((await client.get("/metrics", headers=BEARER)).text)
    assert before["calls_total", frozenset()] == after["calls_total", frozenset()]
    assert not [family.name for family in REGISTRY.collect() if "genre_sorter" in family.name]


async def test_the_format_is_what_was_asked_for(settings: Settings, jumping: JumpingClock) -> None:
    async with running(with_token(settings), jumping) as browser:
        client = browser()
        plain = await client.get("/metrics", headers=BEARER | {"accept": "*/*"})
        open_metrics = await client.get(
            "/metrics", headers=BEARER | {"accept": "application/openmetrics-text;version=1.0.0"}
        )
    assert plain.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert open_metrics.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert open_metrics.text.endswith("# EOF\n")
    assert "process_resident_memory_bytes" in plain.text
