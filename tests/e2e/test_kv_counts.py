"""The operators' numbers against a store that counts for itself."""

from collections import Counter
from pathlib import Path
from typing import Any

from tests.e2e.in_process import served
from tests.e2e.listener import Listener
from tests.e2e.server import until
from tests.e2e.watched_store import CountingStore, open_watched

OPERATIONS = ("reads", "writes", "deletes")


def test_kv_metrics_equal_what_the_store_saw(tmp_path: Path) -> None:
    opened: list[CountingStore] = []
    with served(tmp_path, open_watched(CountingStore, opened)) as url, Listener(url) as listener:
        go_through(listener)
        (store,) = opened
        metrics, counted, calls = until(lambda: still(listener, store), "a moment without store calls")
    totals = metrics["metrics"]
    assert totals["calls"] == calls
    for name in ("reads", "writes", "deletes", "lists"):
        assert totals[f"kv{name.capitalize()}"] == total(counted, name)
    assert {
        (name, kind): counts[name]
        for kind, counts in metrics["kinds"].items()
        for name in OPERATIONS
        if counts[name]
    } == {key: count for key, count in counted.items() if key[0] in OPERATIONS}
    assert all(total(counted, name) for name in OPERATIONS)


def go_through(listener: Listener) -> None:
    """The whole main job, and some pages."""
    listener.sign_in().scan()
    for path in ("/genres", "/genres?family=jazz", "/genres/none", "/playlists", "/nothing"):
        listener.see(path)
    listener.wait_for_run(listener.create(listener.preview(["family:jazz"], ["soul"])["id"]))
    listener.see("/playlists")
    listener.http.post("/auth/logout")


def still(
    listener: Listener, store: CountingStore
) -> tuple[dict[str, Any], Counter[tuple[str, str]], int] | None:
    """Return the metrics and the store's counts of one moment, None if the store was used meanwhile."""
    before = store.calls
    metrics, counted = listener.json("/api/kv-metrics"), Counter(store.counted)
    if before != store.calls or store.under_way or metrics["queue"]["depth"]:
        return None
    return metrics, counted, before


def total(counted: Counter[tuple[str, str]], name: str) -> int:
    return sum(count for (operation, _), count in counted.items() if operation == name)
