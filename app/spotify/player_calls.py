"""Spotify's call about the player."""

from pydantic import Field

from app.spotify.models import Image, SpotifyModel, Track
from app.spotify.playlist_calls import EPISODES_TOO
from app.spotify.reading import read
from app.spotify.tokens import TokenSource
from app.spotify.transport import Request, Transport
from app.upstream.gate import Priority


class Device(SpotifyModel):
    """What plays it."""

    name: str = ""
    is_private_session: bool = False


class Show(SpotifyModel):
    """The podcast that an episode is of."""

    name: str = ""
    images: tuple[Image, ...] = ()


class PlayedItem(Track):
    """A song, or an episode, which has a show and pictures of its own in the place of artists and album."""

    show: Show = Show()
    images: tuple[Image, ...] = ()

    @property
    def pictures(self) -> tuple[Image, ...]:
        """The cover, the widest first."""
        return self.album.images or self.images or self.show.images


class Player(SpotifyModel):
    """What plays, if anything does.

    Attributes:
        item: None during ads, for what Spotify does not name, and when nothing plays.
        playing_type: `track`, `episode`, `ad` or `unknown` (Spotify's OpenAPI document, May 2026).
    """

    is_playing: bool = False
    progress_ms: int = 0
    item: PlayedItem | None = None
    playing_type: str = Field(default="unknown", validation_alias="currently_playing_type")
    device: Device = Device()


class PlayerCalls:
    """The part of `SpotifyClient` that asks what plays; what it raises is said there."""

    _transport: Transport

    async def player(
        self, tokens: TokenSource, *, priority: Priority = Priority.NOW_PLAYING
    ) -> Player | None:
        """Return what plays and where; None when nothing is open that could play (204).

        It needs `user-read-playback-state`: the smaller permission does not tell of private sessions.
        """
        request = Request(method="GET", path="/me/player", params=EPISODES_TOO, priority=priority)
        body = await self._transport.send(tokens, request)
        return read(Player, body) if body else None
