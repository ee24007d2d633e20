"""One run from start to end: playlist after playlist, with the pauses that it takes."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from app.accounts.connections import ConnectionsService
from app.clock import Clock
from app.errors import AppError
from app.events import Events, PlaylistCreated
from app.jobs.progress import Channel
from app.kv.errors import KVError
from app.playlists.models import MadePlaylist, Plan, Run, RunStatus, Step
from app.playlists.repository import PlaylistsRepository
from app.playlists.writer import PlaylistWriter
from app.spotify.client import SpotifyClient
from app.spotify.errors import QuotaExceededError
from app.upstream.errors import RateLimitedError, UnavailableError

PAUSES_S = (30.0, 60.0, 120.0, 300.0)
"""How long it waits for Spotify or the store before it gives a playlist up."""
NAP_S = 60.0
"""Waits are slept in pieces, so that a clock that is set right does not lengthen them much."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class RunTools:
    """What every run works with."""

    repository: PlaylistsRepository
    spotify: SpotifyClient
    connections: ConnectionsService
    events: Events
    clock: Clock


class RunWork:
    """A run while it writes or waits.

    Attributes:
        lease: keeps others from working on the run; given back when the job ends.
    """

    def __init__(self, run: Run, plan: Plan | None = None, *, tools: RunTools, channel: Channel) -> None:
        self.lease = AsyncExitStack()
        self._run = run.model_copy(update={"status": "running", "resumes_at": None})
        self._plan = plan
        self._tools = tools
        self._channel = channel

    async def run(self) -> None:
        """Write every playlist that is not written yet; one that fails does not stop the others.

        Raises:
            KVError: the store fails for minutes; resuming goes on from what it holds.
        """
        try:
            await self._make_all()
        except AppError as error:
            await self._end(error.detail or error.title)
            raise
        except Exception:
            await self._end("Something went wrong on our side.")
            raise
        await self._end()

    async def _make_all(self) -> None:
        plan = self._plan or await self._tools.repository.get_plan(self._run.id, self._run.user_id)
        for index, step in enumerate(self._run.steps):
            if step.status != "done":
                await self._make(plan, index)

    async def _make(self, plan: Plan, index: int) -> None:
        pauses = iter(PAUSES_S)
        while True:
            try:
                await self._write(plan, index)
            except AppError as error:
                log.warning("playlist.failed", error=error.code)
                if until := self._goes_on_at(error, pauses):
                    await self._wait(index, until, error.detail or error.title)
                    continue
                await self._give_up(plan, index, error)
            return

    def _goes_on_at(self, error: AppError, pauses: Iterator[float]) -> datetime | None:
        """Return when trying again makes sense; the writer looks at what is there before it writes."""
        if isinstance(error, QuotaExceededError):
            return error.resumes_at
        passing = isinstance(error, RateLimitedError | UnavailableError | KVError)
        if passing and (pause_s := next(pauses, None)):
            return self._tools.clock.now() + timedelta(seconds=max(pause_s, error.retry_after or 0.0))
        return None

    async def _write(self, plan: Plan, index: int) -> None:
        writer = PlaylistWriter(
            self._tools.spotify,
            self._tools.connections.tokens(self._run.user_id),
            known_ids=await self._known_ids(),
        )
        step = await writer.write(
            self._run.steps[index], plan.playlists[index], partial(self._save, plan, index)
        )
        await self._tools.events.publish(PlaylistCreated(self._run.user_id, step.added))

    async def _save(self, plan: Plan, index: int, step: Step) -> None:
        if step.status == "done":  # first remembered, then done: nobody looks at a step again that is done
            await self._remember(plan, index, step)
        self._change(index, step)
        await self._tools.repository.put_run(self._run)
        self._channel.publish("progress", self._run)

    async def _wait(self, index: int, until: datetime, problem: str) -> None:
        self._change(index, self._run.steps[index].model_copy(update={"problem": problem}))
        self._run = self._run.model_copy(update={"status": "waiting", "resumes_at": until})
        try:
            await self._tools.repository.put_run(self._run)
        except KVError as error:  # it waits all the same, perhaps for the store
            log.warning("playlist.unsaved", error=error.code)
        self._channel.publish("progress", self._run)
        while (left_s := (until - self._tools.clock.now()).total_seconds()) > 0:
            await self._tools.clock.sleep(min(left_s, NAP_S))
        self._change(index, self._run.steps[index].model_copy(update={"problem": None}))
        self._run = self._run.model_copy(update={"status": "running", "resumes_at": None})
        self._channel.publish("progress", self._run)

    async def _give_up(self, plan: Plan, index: int, error: AppError) -> None:
        """Keep the problem with its step, and a playlist that exists: its id is how it is found again."""
        step = self._run.steps[index].model_copy(update={"problem": error.detail or error.title})
        if step.playlist_id:
            await self._remember(plan, index, step)
        await self._save(plan, index, step)

    async def _known_ids(self) -> frozenset[str]:
        made = {playlist.id for playlist in await self._tools.repository.list_made(self._run.user_id)}
        return frozenset(made | {step.playlist_id for step in self._run.steps if step.playlist_id})

    async def _remember(self, plan: Plan, index: int, step: Step) -> None:
        playlist = MadePlaylist(
            id=step.playlist_id or "",
            name=step.name,
            url=step.url or "",
            run_id=self._run.id,
            selection=step.selection,
            songs=step.added,
            created_at=self._tools.clock.now(),
        )
        uris = plan.playlists[index].uris[: step.added]
        await self._tools.repository.remember(self._run.user_id, playlist, uris)

    async def _end(self, problem: str | None = None) -> None:
        """Keep and tell how it ended; `problem` is what kept the rest from being made."""
        if problem:
            for index, step in enumerate(self._run.steps):
                if step.status != "done":
                    self._change(index, step.model_copy(update={"problem": problem}))
        self._run = self._run.model_copy(update={"status": _status(self._run), "resumes_at": None})
        try:
            await self._tools.repository.close_run(self._run)
        finally:
            self._channel.publish("done", self._run)

    def _change(self, index: int, step: Step) -> None:
        steps = self._run.steps
        self._run = self._run.model_copy(update={"steps": (*steps[:index], step, *steps[index + 1 :])})


def _status(run: Run) -> RunStatus:
    done = sum(step.status == "done" for step in run.steps)
    if done == len(run.steps):
        return "completed"
    return "partial" if done else "failed"
