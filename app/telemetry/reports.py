"""What browsers tell of errors and of how fast pages were."""

from collections.abc import Iterable, Sequence
from statistics import fmean

from app.clock import Clock
from app.telemetry.csp import Refusal
from app.telemetry.models import ClientError, PageTimes
from app.telemetry.redaction import browser_of, page_of, redacted
from app.telemetry.repository import ReportsRepository
from app.telemetry.schemas import (
    ClientErrorIn,
    ErrorGroup,
    ErrorOut,
    ErrorsOut,
    PerformanceOut,
    SampleOut,
    Spread,
    TimesIn,
)
from app.telemetry.service import AnalyticsService

LONGEST_MESSAGE, LONGEST_STACK, LONGEST_WORD = 500, 2000, 100
NEWEST_ERRORS, NEWEST_SAMPLES = 100, 50


class ReportsService:
    """Keeps the newest reports, and tells operators what they have in common."""

    def __init__(self, repository: ReportsRepository, analytics: AnalyticsService, clock: Clock) -> None:
        self._repository = repository
        self._analytics = analytics
        self._clock = clock

    async def take_errors(self, errors: Sequence[ClientErrorIn], user_agent: str) -> int:
        """Count errors of scripts and keep them; return how many.

        Raises:
            KVError: they are counted, but not all of them could be kept.
        """
        if errors:
            await self._analytics.count({"clientErrors": len(errors)})
        for error in errors:
            await self._repository.add_error(
                ClientError(
                    at=self._clock.now(),
                    kind=error.kind,
                    message=redacted(error.message, LONGEST_MESSAGE),
                    page=page_of(error.url),
                    browser=browser_of(user_agent),
                    code=redacted(error.code, LONGEST_WORD),
                    context=redacted(error.context, LONGEST_WORD),
                    stack=redacted(error.stack, LONGEST_STACK),
                )
            )
        return len(errors)

    async def take_refusals(self, refusals: Sequence[Refusal], user_agent: str) -> None:
        """Count what the content security policy refused, and keep it.

        Raises:
            KVError: it is counted, but not all of it could be kept.
        """
        if refusals:
            await self._analytics.count({"cspReports": len(refusals)})
        for refusal in refusals:
            await self._repository.add_error(
                ClientError(
                    at=self._clock.now(),
                    kind="csp",
                    message=redacted(f"{refusal.directive} refuses {refusal.blocked}", LONGEST_MESSAGE),
                    page=page_of(refusal.page),
                    browser=browser_of(user_agent),
                    stack=redacted(refusal.place, LONGEST_STACK),
                )
            )

    async def take_times(self, times: TimesIn) -> int:
        """Keep a page's times, if it told any; return how many pages that is."""
        told = times.model_dump(exclude_none=True)
        if told:
            await self._repository.add_times(PageTimes(at=self._clock.now(), **told))
        return 1 if told else 0

    async def list_errors(self) -> ErrorsOut:
        """Return all errors in groups, the most recent group first, and the newest one by one."""
        errors = await self._repository.list_errors()
        newest = tuple(
            ErrorOut(**error.model_dump(), fingerprint=error.fingerprint) for error in errors[:NEWEST_ERRORS]
        )
        return ErrorsOut(count=len(errors), groups=tuple(_groups(errors)), errors=newest)

    async def get_performance(self) -> PerformanceOut:
        """Return how fast pages were."""
        samples = await self._repository.list_times()
        found = {str(field.alias): _values(samples, name) for name, field in TimesIn.model_fields.items()}
        told = {name: values for name, values in found.items() if values}
        return PerformanceOut(
            total_samples=len(samples),
            averages={name: round(fmean(values), 3) for name, values in told.items()},
            spreads={name: _spread(values) for name, values in told.items()},
            samples=tuple(SampleOut(**sample.model_dump()) for sample in samples[:NEWEST_SAMPLES]),
        )


def _groups(errors: Iterable[ClientError]) -> Iterable[ErrorGroup]:
    """Put together what is the same; `errors` and what comes out have the newest first."""
    groups: dict[str, list[ClientError]] = {}
    for error in errors:
        groups.setdefault(error.fingerprint, []).append(error)
    for fingerprint, same in groups.items():
        newest = same[0]
        yield ErrorGroup(
            fingerprint=fingerprint,
            kind=newest.kind,
            message=newest.message,
            code=newest.code,
            stack=newest.stack,
            count=len(same),
            first_seen=same[-1].at,
            last_seen=newest.at,
            pages=tuple(sorted({error.page for error in same})),
            browsers=tuple(sorted({error.browser for error in same})),
        )


def _values(samples: Iterable[PageTimes], name: str) -> list[float]:
    """Return all that was told of one time, the smallest first."""
    return sorted(value for sample in samples if (value := getattr(sample, name)) is not None)


def _spread(values: Sequence[float]) -> Spread:
    def below(share: float) -> float:
        return values[min(len(values) - 1, int(share * len(values)))]

    return Spread(count=len(values), median=below(0.5), p75=below(0.75), p95=below(0.95))
