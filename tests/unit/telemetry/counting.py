"""What tests of counting share."""

from app.accounts.crypto import Keyring
from app.clock import Clock
from app.kv.cached import CachedKV
from app.telemetry.repository import AnalyticsRepository
from app.telemetry.service import AnalyticsService
from app.telemetry.visits import Visits

KEYRING = Keyring("s" * 32)


def analytics_of(kv: CachedKV, clock: Clock) -> AnalyticsService:
    repository = AnalyticsRepository(kv)
    return AnalyticsService(repository, Visits(repository, KEYRING), clock)
