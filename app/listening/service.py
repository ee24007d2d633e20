"""Now playing: one call to Spotify a song and person, and everything between answered from what is known."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from app.accounts.connections import ConnectionsService
from app.accounts.models import User
from app.accounts.preferences import PreferencesService
from app.clock import Clock
from app.events import Event, SignedIn
from app.genres.links import Links
from app.genres.service import GenresService
from app.jobs.runner import JobRunner, JobRunningError, RunnerClosedError
from app.kv.deadline import deadline
from app.kv.errors import KVError, UserGoneError
from app.listening.budget import PlayerBudget
from app.listening.models import Listening, Trouble
from app.listening.reading import SILENCE, listening_of, song_of
from app.listening.repository import ListeningRepository
from app.spotify.client import SpotifyClient
from app.spotify.errors import (
    PLAYER,
    PLAYER_SCOPE,
    NeedsReconnectError,
    QuotaExceededError,
    SpotifyRefusedError,
)
from app.spotify.player_calls import Player
from app.upstream.errors import UpstreamError
from app.upstream.gate import PATIENCE_S, Priority

Look = Literal["glance", "back", "press"]
"""Who wants to know: a page that shows it; a listener who comes back to it; one who presses Refresh."""

OLD_AFTER = timedelta(seconds=30)
"""An answer that old is asked for again when the listener comes back."""
PRESSED_AFTER = timedelta(seconds=5)
CLOCKS_DIFFER = timedelta(seconds=5)
"""So much the clocks of two processes may differ."""
AGAIN = timedelta(seconds=60)
"""After so long Spotify is asked again after a fault, the first time."""


@dataclass(frozen=True, slots=True)
class NowPlaying:
    """What is known of what a person listens to.

    Attributes:
        on: whether the person wants this shown at all.
        now: when it is told.
    """

    on: bool
    now: datetime
    listening: Listening | None = None

    @property
    def progress_ms(self) -> int:
        """How far the song is, in milliseconds."""
        return self.listening.progress_at(self.now) if self.listening else 0

    @property
    def age_s(self) -> float:
        """How long ago Spotify was asked."""
        return (self.now - self.listening.asked_at).total_seconds() if self.listening else 0.0

    @property
    def again_s(self) -> float | None:
        """After how long a page may ask by itself; None before the listener comes back to it."""
        found = self.listening
        if found is None:
            return PATIENCE_S if self.on else None
        if found.playing or found.trouble in {"silent", "spent"}:
            over_at = found.ends_at if found.trouble else None  # until then the song is shown all the same
            return max(PATIENCE_S, (min(found.due_at, over_at or found.due_at) - self.now).total_seconds())
        return None


@dataclass(frozen=True, slots=True)
class ListeningTools:
    """What asking takes."""

    repository: ListeningRepository
    preferences: PreferencesService
    connections: ConnectionsService
    genres: GenresService
    spotify: SpotifyClient
    jobs: JobRunner
    clock: Clock
    links: Links


class NowPlayingService:
    """Knows what people listen to who want it shown."""

    def __init__(self, tools: ListeningTools) -> None:
        self._tools = tools
        self._budget = PlayerBudget(tools.repository, tools.spotify, tools.clock)

    async def handle(self, event: Event) -> None:
        """Forget why nothing was to be heard of somebody who has signed in, which may have ended it."""
        if isinstance(event, SignedIn):
            known = (await self.peek(event.user_id)).listening
            if known and known.trouble:
                await self.forget(event.user_id)

    async def peek(self, user_id: str) -> NowPlaying:
        """Return what is known; Spotify is not asked."""
        if not (await self._tools.preferences.get(user_id)).now_playing:
            return NowPlaying(on=False, now=self._now)
        if self._tools.repository.is_closed(user_id):
            now = self._now
            gone = Listening(asked_at=now, due_at=now + SILENCE, trouble="ended")
            return NowPlaying(on=True, now=now, listening=gone)
        found = await self._tools.repository.find(user_id)
        now = self._now  # later than whatever was found
        return NowPlaying(on=True, now=now, listening=found.told_at(now) if found else None)

    async def get(self, user: User, look: Look = "glance") -> NowPlaying:
        """Return what plays, asking Spotify if it is time to, once however many pages want to know.

        After two seconds that is what was known before; the answer is there for whoever looks next.
        """
        known = await self.peek(user.id)
        if not (known.on and _wants(known.listening, look, known.now)):
            return known
        name = f"listening:{user.id}"
        with suppress(JobRunningError, RunnerClosedError):
            self._tools.jobs.start(name, lambda: self._ask(user, look))
        if job := self._tools.jobs.find(name):
            with suppress(TimeoutError):
                async with deadline(self._tools.clock, PATIENCE_S):
                    await job.wait()
        return await self.peek(user.id)

    async def forget(self, user_id: str) -> None:
        """Drop what is known of a person's listening, and what is being asked."""
        await self._tools.jobs.cancel(f"listening:{user_id}")
        await self._tools.repository.forget(user_id)

    async def is_allowed(self, user_id: str) -> bool:
        """Return whether Spotify lets the app see what plays."""
        try:
            return await self._tools.connections.allows(user_id, PLAYER_SCOPE)
        except NeedsReconnectError:
            return False

    @property
    def _now(self) -> datetime:
        return self._tools.clock.now()

    async def _ask(self, user: User, look: Look) -> None:
        known = await self.peek(user.id)
        if not known.on:  # switched off since the page asked
            return
        before = known.listening or Listening(asked_at=known.now, due_at=known.now)
        found = await self._heard(user.id, look, before)
        found = found.model_copy(update={"listener": user.name})
        with suppress(UserGoneError):  # who has left meanwhile
            await self._tools.repository.put(user.id, found, self._now)

    async def _heard(self, user_id: str, look: Look, before: Listening) -> Listening:
        """Return what Spotify says, or why it says nothing."""
        try:
            player = await self._call(user_id, look)
        except UpstreamError as error:
            return _in_trouble(before, error, self._now)
        genres = None
        if player and player.item and player.item.type == "track":
            with suppress(KVError):
                genres = await self._tools.genres.get_genres_of(user_id, song_of(player.item))
        found = listening_of(player, genres, links=self._tools.links, now=self._now)
        if found.at_end and before.at_end:  # the player is gone, and Spotify has not noticed
            return found.model_copy(update={"playing": False, "due_at": self._now + SILENCE})
        return found

    async def _call(self, user_id: str, look: Look) -> Player | None:
        if not await self._tools.connections.allows(user_id, PLAYER_SCOPE):
            raise SpotifyRefusedError("missing_permission", PLAYER)
        pressed = look == "press"
        await self._budget.take(user_id, pressed=pressed)
        priority = Priority.INTERACTIVE if pressed else Priority.NOW_PLAYING
        return await self._tools.spotify.player(self._tools.connections.tokens(user_id), priority=priority)


def _in_trouble(before: Listening, error: UpstreamError, now: datetime) -> Listening:
    trouble: Trouble
    due_at = now + (SILENCE if before.trouble else AGAIN)
    match error:
        case QuotaExceededError():
            trouble, due_at = "spent", error.resumes_at
        case NeedsReconnectError():
            trouble = "ended"
        case SpotifyRefusedError():
            trouble = "refused" if error.reason == "missing_permission" else "barred"
        case _:
            trouble = "silent"
    return before.in_trouble(trouble, now=now, due_at=due_at)


def _wants(known: Listening | None, look: Look, now: datetime) -> bool:
    """Whether Spotify is worth asking."""
    if known is None or now >= known.due_at:
        return True
    age = now - known.asked_at
    if age < -CLOCKS_DIFFER:  # the clock was set back
        return True
    if look == "press":
        return age >= PRESSED_AFTER
    return look == "back" and age >= OLD_AFTER and known.trouble is None
