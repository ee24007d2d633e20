"""Answers of MusicBrainz, and what a test of the adapter needs beside them."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import httpx

from tests.fakes import FakeClock

HOST = "https://mb.example"
BUSY = httpx.Response(
    503,
    json={"error": "The MusicBrainz web server is currently busy. Please try again later."},
    headers={"Retry-After": "0"},
)
TOO_FAST = httpx.Response(503, json={"error": "Your requests are exceeding the allowable rate limit. Slow"})
NOT_FOUND = httpx.Response(404, json={"error": "Not Found"})


def artist(number: int) -> str:
    return f"{number:022d}"


def mbid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def url(number: int, *mbids: str) -> dict[str, Any]:
    relations = [{"target-type": "artist", "type": "free streaming", "artist": {"id": one}} for one in mbids]
    return {
        "id": mbid(9),
        "resource": f"https://open.spotify.com/artist/{artist(number)}",
        "relations": relations,
    }


def urls(*entries: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json={"url-count": len(entries), "url-offset": 0, "urls": list(entries)})


def artists(**tags: Any) -> httpx.Response:
    """Answer a search: `a1=[("rock", 2)]` is artist number 1 with a tag."""
    rows = [
        {
            "id": mbid(int(name[1:])),
            "score": 100,
            "tags": [{"name": tag, "count": count} for tag, count in pairs],
        }
        for name, pairs in tags.items()
    ]
    return httpx.Response(200, json={"count": len(rows), "offset": 0, "artists": rows})


async def in_time(clock: FakeClock, call: Awaitable[Any], seconds: float = 120) -> Any:
    """Let a call take its (fake) time."""
    task = asyncio.ensure_future(call)
    await clock.advance(seconds)
    return await task
