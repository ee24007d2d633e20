"""Limits of a day, and where a day is going."""

from datetime import UTC, datetime

from app.kv.limits import OPERATIONS, SETTINGS, limits_from, midnight_after, on_course, projected
from app.settings import Settings

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_what_nobody_set_is_a_yardstick_that_judges_nothing() -> None:
    limits = limits_from(Settings(_env_file=None))
    assert [limits.of(name) for name in OPERATIONS] == [100_000, 1_000, 1_000, 1_000]
    assert (limits.source, limits.judged, limits.enforced) == ("reference", frozenset(), False)


def test_every_operation_has_a_setting() -> None:
    given = {setting.lower(): number for number, setting in enumerate(SETTINGS.values(), start=1)}
    limits = limits_from(Settings(_env_file=None, **given))  # type: ignore[arg-type]
    assert [limits.of(name) for name in OPERATIONS] == [1, 2, 3, 4]
    assert (limits.source, limits.judged) == ("configured", frozenset(OPERATIONS))


def test_only_what_is_set_is_judged() -> None:
    limits = limits_from(Settings(_env_file=None, kv_daily_delete_limit=5))
    assert (limits.source, limits.judged, limits.writes) == ("configured", {"deletes"}, 1_000)


def test_midnight_is_that_of_utc() -> None:
    assert midnight_after(NOON) == datetime(2026, 11, 23, tzinfo=UTC)
    assert midnight_after(datetime(2026, 11, 22, tzinfo=UTC)) == datetime(2026, 11, 23, tzinfo=UTC)


def test_a_day_goes_on_as_it_began() -> None:
    assert projected(100, NOON) == 200
    assert projected(90, NOON.replace(hour=18)) == 120
    assert projected(1, NOON.replace(hour=0)) == 86_400


def test_the_first_hour_tells_nothing() -> None:
    assert on_course(100, NOON.replace(hour=0, minute=59)) is None
    assert on_course(100, NOON.replace(hour=1)) == 2400
