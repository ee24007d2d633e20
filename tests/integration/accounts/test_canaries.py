"""A secret that goes through every flow must come out nowhere."""

import sqlite3
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from tests.integration.accounts.journey import (
    FORM,
    JumpingClock,
    Spotify,
    running,
    signed_in,
    started,
)

pytestmark = pytest.mark.anyio


def stored(settings: Settings) -> bytes:
    """Every byte on the disk, and every row as the database tells it."""
    path = Path(settings.kv_url.removeprefix("sqlite:///"))
    files = b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()))
    with sqlite3.connect(path) as database:
        names = [name for (name,) in database.execute("select name from sqlite_master where type='table'")]
        rows = [repr(row) for name in names for row in database.execute(f'select * from "{name}"')]  # noqa: S608 - its own names
    database.close()
    return files + "\n".join(rows).encode()


async def test_no_secret_is_stored_logged_or_shown(
    settings: Settings,
    jumping: JumpingClock,
    spotify: Spotify,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    shown: list[str] = []

    async def keep(response: httpx.Response) -> None:
        await response.aread()
        shown.append(response.text)

    async with running(settings, jumping) as browser:
        client = browser()
        client.event_hooks["response"] = [keep]
        await signed_in(client)
        cookie = client.cookies["genre_sorter_session"]
        await client.get("/session")
        await started(client)
        await client.get("/auth/spotify/callback", params={"code": "canary-other", "state": "canary-state"})
        spotify.me.respond(500, text="their own words")
        asked = await started(client)
        await client.get("/auth/spotify/callback", params={"code": "canary-2", "state": asked["state"]})
        await client.post("/auth/logout", headers={**FORM, "sec-fetch-site": "cross-site"})

    kept = stored(settings)
    assert b"acc-anna" in kept
    assert "their own words" not in "".join(shown)
    of_the_browser = f" {settings.public_url}"  # the test's own client logs what it asks
    lines = [line for line in caplog.messages if of_the_browser not in line]
    logged = "\n".join([*capsys.readouterr(), *lines])
    assert "signin.failed" in logged
    for place in (kept.decode("latin-1"), logged, "".join(shown)):
        assert "canary" not in place
        assert cookie.partition(".")[0] not in place
        assert asked["state"] not in place
