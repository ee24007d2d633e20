"""The main job with the key-value service's queue and memory switched off comes to the same."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.listener import Listener
from tests.e2e.server import Server

MODES: dict[str, dict[str, str]] = {
    "no batching": {"KV_WRITE_BATCHING": "off"},
    "no memory": {"KV_MEMORY_CACHE": "off"},
    "neither": {"KV_WRITE_BATCHING": "off", "KV_MEMORY_CACHE": "off"},
}


@pytest.mark.parametrize("mode", MODES)
def test_the_main_job_comes_to_the_same(
    mode: str,
    new_server: Callable[..., Server],
    new_listener: Callable[[Server], Listener],
    scanned: Listener,
) -> None:
    server = new_server(**MODES[mode]).start()
    listener = new_listener(server).scan()
    assert listener.library() == scanned.library()
    assert listener.unplaced() == scanned.unplaced()

    wanted = [["family:jazz"], ["soul"]]
    preview = listener.preview(*wanted)
    assert uris_of(preview) == uris_of(scanned.preview(*wanted))
    run = listener.wait_for_run(listener.create(preview["id"]))
    assert run["status"] == "completed"
    assert [playlist["uris"] for playlist in server.control()["playlists"]] == uris_of(preview)
    assert [made["name"] for made in listener.json("/api/my-playlists")["playlists"]] == ["soul", "Jazz"]

    metrics = listener.json("/api/kv-metrics")
    assert_adds_up(metrics)
    assert (metrics["cache"]["entries"] == 0) == ("KV_MEMORY_CACHE" in MODES[mode])
    listener.http.post("/auth/logout")
    assert not listener.json("/session")["authenticated"]


def test_metrics_by_kind_add_up(demo: Server, scanned: Listener) -> None:
    metrics = scanned.json("/api/kv-metrics")
    assert_adds_up(metrics)
    assert metrics["metrics"]["cacheHits"] > 0


def uris_of(preview: dict[str, Any]) -> list[list[str]]:
    return [playlist["trackUris"] for playlist in preview["playlists"]]


def assert_adds_up(metrics: dict[str, Any]) -> None:
    totals = metrics["metrics"]
    names = {
        "reads": "kvReads",
        "writes": "kvWrites",
        "deletes": "kvDeletes",
        "hits": "cacheHits",
        "misses": "cacheMisses",
    }
    for name, total in names.items():
        assert sum(kind[name] for kind in metrics["kinds"].values()) == totals[total], name
    assert metrics["cacheEfficiency"]["actualKVReads"] == totals["kvReads"]
    lookups = totals["cacheHits"] + totals["cacheMisses"]
    assert metrics["cacheEfficiency"]["hitRatioValue"] == pytest.approx(
        totals["cacheHits"] / lookups, abs=0.0001
    )
