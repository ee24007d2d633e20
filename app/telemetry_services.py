"""Counting and the reports of browsers, wired for the composition root."""

from dataclasses import dataclass

from app.accounts.crypto import Keyring
from app.foundation import Foundation
from app.rate_limits import RateLimit
from app.telemetry.rate import report_rate
from app.telemetry.reports import ReportsService
from app.telemetry.repository import AnalyticsRepository, ReportsRepository
from app.telemetry.service import AnalyticsService
from app.telemetry.visits import Visits


@dataclass(frozen=True)
class TelemetryServices:
    """What routes may ask for that has to do with counting and reports."""

    analytics: AnalyticsService
    reports: ReportsService
    rate: RateLimit


def wire_telemetry(base: Foundation, keyring: Keyring) -> TelemetryServices:
    """Put the services together."""
    repository = AnalyticsRepository(base.kv)
    analytics = AnalyticsService(repository, Visits(repository, keyring), base.clock)
    base.events.subscribe(analytics.handle)
    return TelemetryServices(
        analytics=analytics,
        reports=ReportsService(ReportsRepository(base.kv), analytics, base.clock),
        rate=report_rate(base.clock),
    )
