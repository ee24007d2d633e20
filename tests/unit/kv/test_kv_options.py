import pytest

from app.kv.options import KVOptions, options_from
from app.settings import Settings


def test_the_defaults_are_those_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert options_from(Settings(_env_file=None)) == KVOptions()


def test_every_setting_of_the_service_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {
        "KV_WRITE_BATCHING": "off",
        "KV_MEMORY_CACHE": "off",
        "KV_BATCH_SIZE": "3",
        "KV_BATCH_DELAY_S": "0.5",
        "KV_CACHE_ENTRIES": "7",
        "KV_CACHE_BYTES": "1000",
        "KV_CACHE_TTL": '{"session": 30}',
        "KV_TRUST_MEMORY": "off",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert options_from(Settings(_env_file=None)) == KVOptions(
        write_batching=False,
        memory_cache=False,
        batch_size=3,
        batch_delay_s=0.5,
        cache_entries=7,
        cache_bytes=1000,
        cache_ttl_s={"session": 30.0},
        trust_memory=False,
    )
