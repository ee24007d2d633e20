"""A thread of a store's own: one job after the other, small chores in between."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import structlog

T = TypeVar("T")

LATE_S = 1.0
"""So long after they were due the idle chores are done between two jobs of a thread that is never idle."""

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class _Job:
    """Work of one caller, who waits in an event loop."""

    work: Callable[[], Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop

    def run(self) -> None:
        if self.future.cancelled():
            return
        try:
            result = self.work()
        except BaseException as error:  # noqa: BLE001 - the caller gets it
            self._answer(None, error)
        else:
            self._answer(result, None)

    def _answer(self, result: object, error: BaseException | None) -> None:
        try:
            self.loop.call_soon_threadsafe(_resolve, self.future, result, error)
        except RuntimeError:
            log.info("worker.nobody-waits")  # the loop is closed: its process is going down


def _resolve(future: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


class Worker:
    """Runs jobs on one daemon thread. A job that is given up before its turn is taken out of the line.

    Args:
        name: the thread's name.
        between: chore after every job, once its caller has the answer.
        idle: chore when there was no job for a while; returns the seconds until it wants to run again.
            On a thread that is never idle it runs a second after that.
        idle_after_s: how long that while is.
    """

    def __init__(
        self, name: str, *, between: Callable[[], None], idle: Callable[[], float], idle_after_s: float
    ) -> None:
        self._jobs: deque[_Job | None] = deque()
        self._changed = threading.Condition()
        self._between = between
        self._idle = idle
        self._idle_after_s = idle_after_s
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns; cancelled before its turn it does not run at all.

        Raises:
            RuntimeError: the worker has been stopped.
        """
        if self._stopped:
            raise RuntimeError(f"{self._thread.name} is closed")
        job = self._submit(work)
        try:
            return cast("T", await job.future)
        except asyncio.CancelledError:
            self._take_out(job)
            raise

    async def stop(self, last: Callable[[], None]) -> None:
        """Run a last job and end the thread; a second time nothing happens."""
        if not self._stopped:
            with self._changed:
                self._stopped = True
                ended = self._submit(last)
                self._put(None)
            await ended.future

    def run_waiting(self) -> None:
        """Within a long job: run what waits, so that nobody waits for the long one.

        Raises:
            RuntimeError: the worker is to stop, and the long job with it.
        """
        while job := self._take_waiting():
            job.run()
            self._between()

    def _take_waiting(self) -> _Job | None:
        with self._changed:  # so that the last job is never taken within another one
            if self._stopped:
                raise RuntimeError(f"{self._thread.name} is closed")
            return self._jobs.popleft() if self._jobs else None

    def _submit(self, work: Callable[[], object]) -> _Job:
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future(), loop)
        self._put(job)
        return job

    def _put(self, job: _Job | None) -> None:
        with self._changed:
            self._jobs.append(job)
            self._changed.notify()

    def _take_out(self, job: _Job) -> None:
        with self._changed, suppress(ValueError):  # it may be running
            self._jobs.remove(job)

    def _take(self, within_s: float) -> _Job | None:
        """Wait for a job; None is the end.

        Raises:
            TimeoutError: there was none in time.
        """
        with self._changed:
            if not self._changed.wait_for(self._jobs.__len__, within_s):
                raise TimeoutError
            return self._jobs.popleft()

    def _work(self) -> None:
        pause = self._idle_after_s
        late_at = time.monotonic() + pause + LATE_S
        while True:
            try:
                job = self._take(pause)
            except TimeoutError:
                late_at = time.monotonic()
            else:
                if job is None:
                    return
                job.run()
                self._between()
                pause = self._idle_after_s
            if time.monotonic() >= late_at:
                pause = self._idle()
                late_at = time.monotonic() + pause + LATE_S
