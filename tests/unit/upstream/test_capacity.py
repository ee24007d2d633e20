from datetime import UTC, datetime, timedelta

from app.upstream.capacity import WINDOW, Capacity

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def capacity(used: int = 0, **values: object) -> Capacity:
    return Capacity(limit=900, reserve=150, used=used, rate_per_second=2, **values)  # type: ignore[arg-type]


def test_without_a_limit_the_pace_alone_counts() -> None:
    assert Capacity(rate_per_second=2).finish_at(100, NOW) == NOW + timedelta(seconds=50)


def test_a_block_is_waited_for() -> None:
    blocked = Capacity(blocked_until=NOW + HOUR, reason="quota", rate_per_second=2)
    assert blocked.finish_at(2, NOW) == NOW + HOUR + timedelta(seconds=1)


def test_a_scan_that_fits_takes_its_pace() -> None:
    assert capacity(used=700).finish_at(50, NOW) == NOW + timedelta(seconds=25)


def test_a_scan_over_the_limit_goes_on_when_ten_calls_fit_again() -> None:
    frees = ((NOW + HOUR, 4), (NOW + 2 * HOUR, 6), (NOW + 3 * HOUR, 10))
    assert capacity(used=750, frees=frees).finish_at(12, NOW) == NOW + 3 * HOUR + timedelta(seconds=1)
    assert capacity(used=750, frees=frees).finish_at(3, NOW) == NOW + HOUR + timedelta(seconds=1.5)


def test_what_writes_took_beyond_the_scans_share_has_to_be_free_first() -> None:
    frees = ((NOW + HOUR, 100), (NOW + 2 * HOUR, 10))
    assert capacity(used=850, frees=frees).finish_at(10, NOW) == NOW + 2 * HOUR + timedelta(seconds=5)


def test_a_scan_larger_than_a_day_waits_for_its_own_calls_to_stop_counting() -> None:
    finish = capacity().finish_at(1000, NOW)
    assert WINDOW + timedelta(seconds=125) <= finish - NOW <= WINDOW + timedelta(seconds=135)


def test_it_ends_when_nothing_is_known_to_free() -> None:
    assert capacity(used=900).finish_at(5, NOW) > NOW
