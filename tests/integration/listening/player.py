"""Spotify's player on respx: songs of four minutes, one after the other, from the moment it is made."""

from datetime import datetime
from typing import Any

import httpx
import respx

from app.clock import Clock
from tests.unit.genres.wire import SPOTIFY, track

SONG_S = 240.0
PRIVATE = {"name": "Kitchen", "is_private_session": True}


class PlayerAtSpotify:
    """Plays songs in turn, unless `answer` says something else.

    Attributes:
        asked: when it was asked.
        skipped: songs that were skipped.
    """

    def __init__(self, wire: respx.MockRouter, clock: Clock) -> None:
        self._clock = clock
        self._began = clock.now()
        self.asked: list[datetime] = []
        self.skipped = 0
        self.answer: httpx.Response | None = None
        self.device: dict[str, Any] = {"name": "Kitchen", "is_private_session": False}
        self.route = wire.get(f"{SPOTIFY}/me/player").mock(side_effect=self._answer)

    @property
    def song(self) -> int:
        """The number of the song that plays now."""
        return int((self._clock.now() - self._began).total_seconds() // SONG_S) + self.skipped

    def _answer(self, request: httpx.Request) -> httpx.Response:
        assert request.url.params["additional_types"] == "track,episode"
        self.asked.append(self._clock.now())
        if self.answer is not None:
            return self.answer
        gone_s = (self._clock.now() - self._began).total_seconds() % SONG_S
        song = track(self.song, [self.song], duration_ms=int(SONG_S * 1000))["track"]
        return playing(song, progress_ms=int(gone_s * 1000), device=self.device)


def playing(item: dict[str, Any] | None, kind: str = "track", **more: Any) -> httpx.Response:
    body = {"is_playing": True, "progress_ms": 0, "item": item, "currently_playing_type": kind}
    return httpx.Response(200, json={"device": {"name": "Kitchen"}, **body, **more})
