"""Counting and the reports of browsers, wired for the composition root."""

from dataclasses import dataclass

from app.accounts.crypto import Keyring
from app.foundation import Foundation
from app.telemetry.rate import ReportRate
from app.telemetry.reports import ReportsService
from app.telemetry.repository import AnalyticsRepository, ReportsRepository
from app.telemetry.service import AnalyticsService
from app.telemetry.visits import Visits


@dataclass(frozen=True)
class TelemetryServices:
    """What routes may ask for that has to do with counting and reports."""

    analytics: AnalyticsService
    reports: ReportsService
    rate: ReportRate


def wire_telemetry(base: Foundation, keyring: Keyring) -> TelemetryServices:
    """Put the services together."""
    repository = AnalyticsRepository(base.kv)
    analytics = AnalyticsService(repository, Visits(repository, keyring), base.clock)
    base.events.subscribe(analytics.handle)
    return TelemetryServices(
        analytics=analytics,
        reports=ReportsService(ReportsRepository(base.kv), analytics, base.clock),
        rate=ReportRate(base.clock),
    )
