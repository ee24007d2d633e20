"""Background work, told by kind."""

from collections import Counter
from collections.abc import Iterable

from app.admin.page_models import JobKind
from app.jobs.runner import Job


def kinds_of(jobs: Iterable[Job]) -> tuple[JobKind, ...]:
    """Return what became of jobs, by kind, in the order of the alphabet."""
    counts: dict[str, Counter[str]] = {}
    for job in jobs:
        counts.setdefault(job.kind, Counter())["crashed" if job.crashed else job.status.value] += 1
    return tuple(JobKind(kind, **counts[kind]) for kind in sorted(counts))
