"""Answers of Spotify's, and what a test of the client needs beside them."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import httpx

from tests.fakes import FakeClock

API = "https://api.spotify.example/v1"
ID = "37i9dQZF1EIgrtU6YDkEQE"
SONG = "spotify:track:4uLU6hMCjMI75M1A2tKUQC"
EMPTY_PAGE = {"items": [], "total": 0}
HTML = httpx.Response(502, html="<html><h1>502 Bad Gateway</h1></html>")


class Tokens:
    """Hands out numbered tokens and notes which were rejected."""

    def __init__(self) -> None:
        self.rejected: list[str] = []

    async def access_token(self, *, rejected: str | None = None) -> str:
        if rejected:
            self.rejected.append(rejected)
        return f"token-{len(self.rejected) + 1}"


async def in_time(clock: FakeClock, call: Awaitable[Any], seconds: float = 120) -> Any:
    """Let a call take its (fake) time."""
    task = asyncio.ensure_future(call)
    await clock.advance(seconds)
    return await task


def fault(
    status: int, message: str, *, reason: str | None = None, retry_after: str | None = None
) -> httpx.Response:
    error = {"status": status, "message": message, **({"reason": reason} if reason else {})}
    return httpx.Response(
        status, json={"error": error}, headers={"Retry-After": retry_after} if retry_after else {}
    )
