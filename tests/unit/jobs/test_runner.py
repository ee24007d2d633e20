import asyncio
from collections.abc import Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from app.errors import AppError
from app.jobs.runner import FINISHED_KEPT, JobRunner, JobRunningError, JobStatus, RunnerClosedError
from tests.fakes import FakeClock, settle

pytestmark = pytest.mark.anyio


@pytest.fixture
def runner(clock: FakeClock) -> JobRunner:
    return JobRunner(clock)


async def nothing() -> None:
    pass


async def test_a_job_runs_to_its_end(runner: JobRunner, clock: FakeClock) -> None:
    ran = asyncio.Event()

    async def work() -> None:
        ran.set()

    job = runner.start("scan:a", work)
    assert job.running
    assert job.started_at == clock.now()
    await job.wait()

    assert ran.is_set()
    assert runner.find("scan:a") is job
    assert (job.status, job.error) == (JobStatus.COMPLETED, None)


async def test_one_job_of_a_name_at_a_time(runner: JobRunner) -> None:
    gate = asyncio.Event()
    job = runner.start("scan:a", gate.wait)
    other = runner.start("scan:b", gate.wait)
    with pytest.raises(JobRunningError) as refused:
        runner.start("scan:a", nothing)
    assert refused.value.status == 409
    gate.set()
    await asyncio.gather(job.wait(), other.wait())

    again = runner.start("scan:a", nothing)
    await again.wait()
    assert runner.find("scan:a") is again


async def test_whoever_waited_for_a_job_may_start_the_next(runner: JobRunner) -> None:
    await runner.start("scan:a", nothing).wait()
    assert runner.start("scan:a", nothing).running
    await runner.close()


async def test_a_crash_is_logged_and_kept(runner: JobRunner) -> None:
    async def work() -> None:
        raise ValueError("boom")

    with capture_logs() as logs:
        job = runner.start("scan:secret-user", work)
        await job.wait()

    assert job.status is JobStatus.FAILED
    assert isinstance(job.error, ValueError)
    [entry] = logs
    assert (entry["event"], entry["job"], entry["exc_info"]) == ("job.crashed", "scan", job.error)
    assert "secret-user" not in repr(logs)


async def test_a_foreseen_failure_is_no_crash(runner: JobRunner) -> None:
    async def work() -> None:
        raise AppError("not today")

    with capture_logs() as logs:
        job = runner.start("scan:a", work)
        await job.wait()

    assert isinstance(job.error, AppError)
    assert [entry["event"] for entry in logs] == ["job.failed"]


async def test_cancelling_waits_for_the_job_to_clear_up(runner: JobRunner) -> None:
    cleared: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleared.append("yes")

    job = runner.start("scan:a", work)
    await settle()

    assert await runner.cancel("scan:a")
    assert cleared == ["yes"]
    assert job.status is JobStatus.CANCELLED
    assert not await runner.cancel("scan:a")
    assert not await runner.cancel("scan:b")


@pytest.mark.parametrize(
    "stop", [lambda runner: runner.cancel("scan:a"), lambda runner: runner.cancel_all("a"), JobRunner.close]
)
async def test_a_job_stopped_right_after_its_start_clears_up_too(
    runner: JobRunner, stop: Callable[[JobRunner], Awaitable[object]]
) -> None:
    cleared = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleared.set()

    job = runner.start("scan:a", work)
    await stop(runner)
    assert cleared.is_set()
    assert job.status is JobStatus.CANCELLED


async def test_all_jobs_of_an_owner_are_stopped_and_forgotten(runner: JobRunner) -> None:
    await runner.start("genres:a", nothing).wait()
    stopped = [
        runner.start(name, asyncio.Event().wait) for name in ("scan:a", "playlists:a:1", "playlists:a:2")
    ]
    others = [runner.start(name, asyncio.Event().wait) for name in ("scan:ab", "playlists:b:a")]
    await runner.cancel_all("a")
    await runner.cancel_all("nobody")

    assert [job.status for job in stopped] == [JobStatus.CANCELLED] * 3
    assert all(runner.find(job.name) is None for job in stopped)
    assert runner.find("genres:a") is None
    assert all(job.running for job in others)
    await runner.close()


async def test_after_cancelling_the_name_is_free(runner: JobRunner) -> None:
    runner.start("scan:a", asyncio.Event().wait)
    await runner.cancel("scan:a")
    job = runner.start("scan:a", nothing)
    await job.wait()
    assert job.status is JobStatus.COMPLETED


async def test_closing_stops_everything_and_starts_nothing(runner: JobRunner) -> None:
    jobs = [runner.start(name, asyncio.Event().wait) for name in ("scan:a", "scan:b")]
    await settle()
    await runner.close()

    assert [job.status for job in jobs] == [JobStatus.CANCELLED] * 2
    with pytest.raises(RunnerClosedError):
        runner.start("scan:c", nothing)


async def test_an_idle_runner_closes(runner: JobRunner) -> None:
    assert not runner.closing
    await runner.close()
    assert runner.closing


async def test_finished_jobs_do_not_pile_up(runner: JobRunner) -> None:
    lasting = runner.start("scan:lasting", asyncio.Event().wait)
    for number in range(FINISHED_KEPT + 10):
        await runner.start(f"scan:{number}", nothing).wait()

    assert runner.find("scan:lasting") is lasting
    assert runner.find("scan:0") is None
    assert runner.find(f"scan:{FINISHED_KEPT + 9}") is not None
    await runner.close()
