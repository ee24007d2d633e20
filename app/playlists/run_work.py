"""One run from start to end: playlist after playlist, with the pauses that it takes."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from app.accounts.connections import ConnectionsService
from app.clock import Clock
from app.errors import AppError
from app.events import Events, PlaylistCreated, PlaylistForgotten
from app.jobs.progress import Channel
from app.kv.errors import KVError
from app.playlists.bookkeeping import Bookkeeper
from app.playlists.looking import is_lost
from app.playlists.models import Plan, PlannedPlaylist, Run, RunStatus, Step
from app.playlists.naming.covers import CoverPrinter
from app.playlists.pausing import PAUSES_S, goes_on_at, sleep_until
from app.playlists.repository import Forgetting, PlaylistsRepository
from app.playlists.writer import Hooks, PlaylistWriter
from app.spotify.client import SpotifyClient
from app.spotify.errors import SpotifyNotFoundError

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class RunTools:
    """What every run works with."""

    repository: PlaylistsRepository
    spotify: SpotifyClient
    connections: ConnectionsService
    events: Events
    clock: Clock
    printer: CoverPrinter

    async def forget(self, user_id: str, playlist_id: str) -> bool:
        """Keep a playlist no longer, and tell so; return whether it was kept until now.

        Raises:
            KVError: the store does not take it yet. It was told all the same, for the next try finds nothing.
        """
        forgetting = Forgetting(playlist_id)
        try:
            await self.repository.forget(user_id, forgetting)
        finally:
            if forgetting.done:
                await self.events.publish(PlaylistForgotten(user_id))
        return forgetting.done


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
        self._spotify = tools.spotify.in_background() if run.automatic else tools.spotify
        self._channel = channel
        self._books = Bookkeeper(tools.repository, tools.clock, run)

    async def run(self) -> None:
        """Write every playlist that is not written yet; one that fails does not stop the others.

        Raises:
            KVError: the store fails for minutes; resuming goes on from what it holds.
        """
        try:
            await self._do_all()
        except AppError as error:
            await self._end(error.detail or error.title)
            raise
        except Exception:
            await self._end("Something went wrong on our side.")
            raise
        await self._end()

    async def _do_all(self) -> None:
        plan = self._plan or await self._tools.repository.get_plan(self._run.id, self._run.user_id)
        for index, step in enumerate(self._run.steps):
            if step.status != "done":
                await self._do(plan.playlists[index], index)

    async def _do(self, planned: PlannedPlaylist, index: int) -> None:
        pauses = iter(PAUSES_S)
        while True:
            try:
                await self._write(planned, index)
            except AppError as error:
                log.warning("playlist.failed", error=error.code)
                if until := goes_on_at(error, pauses, self._tools.clock):
                    await self._wait(index, until, error.detail or error.title)
                    continue
                await self._give_up(planned, index, error)
            return

    async def _write(self, planned: PlannedPlaylist, index: int) -> None:
        step = self._run.steps[index]
        if planned.task == "unfollow":
            step = await self._unfollow(step)
        elif not planned.changes:
            await self._books.settle(planned, step)
            self._change(index, step.model_copy(update={"status": "done"}))
            return  # kept with what comes next: nothing happened that could happen twice
        elif step.playlist_id:
            async with self._tools.repository.writing(step.playlist_id):
                step = await self._fill(planned, index)
        else:
            step = await self._fill(planned, index)
        if planned.cover:
            step = await self._with_cover(planned, step)
        await self._save(index, step.model_copy(update={"status": "done"}))
        if planned.task == "make":  # told once: after it is kept, nothing of it is done again
            made = PlaylistCreated(self._run.user_id, step.added, step.playlist_id or "")
            await self._tools.events.publish(made)

    async def _fill(self, planned: PlannedPlaylist, index: int) -> Step:
        step = self._run.steps[index]
        if planned.as_kept:  # it may have been forgotten since
            await self._tools.repository.get_made(self._run.user_id, planned.playlist_id or "")
        writer = PlaylistWriter(
            self._spotify,
            self._tools.connections.tokens(self._run.user_id),
            clock=self._tools.clock,
            known_ids=await self._known_ids(planned),
        )
        hooks = Hooks(save=partial(self._save, index), begin=partial(self._books.begin, planned))
        known = await self._books.known(step)
        step, known = await writer.write(step, planned, known=known, hooks=hooks)
        await self._books.finish(planned, step, known)  # first remembered, then done
        return step

    async def _with_cover(self, planned: PlannedPlaylist, step: Step) -> Step:
        """Give a new playlist its cover; without one it is made all the same, and that is told."""
        picture = await asyncio.to_thread(self._tools.printer.draw, step.name, planned.cover)
        tokens = self._tools.connections.tokens(self._run.user_id)
        try:
            await self._tools.spotify.upload_cover(tokens, step.playlist_id or "", picture)
        except AppError as error:
            log.warning("playlist.without_cover", error=error.code)
            told = f"It may have no cover: {error.title}."
            return step.model_copy(update={"problem": " ".join(filter(None, (step.problem, told)))})
        return step

    async def _unfollow(self, step: Step) -> Step:
        tokens = self._tools.connections.tokens(self._run.user_id)
        try:
            await self._spotify.unfollow(tokens, step.playlist_id or "")
        except SpotifyNotFoundError:
            log.info("playlist.unfollowed_before")
        await self._tools.forget(self._run.user_id, step.playlist_id or "")
        return step.model_copy(update={"removed": step.to_remove})

    async def _save(self, index: int, step: Step) -> None:
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
        await sleep_until(until, self._tools.clock)
        self._change(index, self._run.steps[index].model_copy(update={"problem": None}))
        self._run = self._run.model_copy(update={"status": "running", "resumes_at": None})
        self._channel.publish("progress", self._run)

    async def _give_up(self, planned: PlannedPlaylist, index: int, error: AppError) -> None:
        """Keep the problem with its step, and what is there of its playlist."""
        step = self._run.steps[index].model_copy(update={"problem": error.detail or error.title})
        await self._books.give_up(planned, step, lost=is_lost(error))
        await self._save(index, step)

    async def _known_ids(self, planned: PlannedPlaylist) -> frozenset[str]:
        """Return the playlists that cannot be one whose creation got lost: they were there before."""
        made = {playlist.id for playlist in await self._tools.repository.list_made(self._run.user_id)}
        steps = {step.playlist_id for step in self._run.steps if step.playlist_id}
        return frozenset(made | steps | {one.id for one in planned.namesakes})

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
