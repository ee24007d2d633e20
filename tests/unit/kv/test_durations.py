"""Durations of rounds: every one in its bucket, percentiles of the newest."""

import pytest

from app.kv.durations import BOUNDS_S, RECENT, Durations


def durations(*seconds: float) -> Durations:
    made = Durations()
    for one in seconds:
        made.add(one)
    return made


def test_before_the_first_everything_is_nothing() -> None:
    state = Durations().state()
    assert (state.total_s, state.median_ms, state.p99_ms) == (0, 0, 0)
    assert state.buckets == (0,) * (len(BOUNDS_S) + 1)


def test_every_duration_is_in_one_bucket_up_to_and_with_its_upper_end() -> None:
    state = durations(0.0, 0.001, 0.0011, 5.0, 5.1, 100.0).state()
    assert state.buckets == (2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2)
    assert state.total_s == pytest.approx(110.1021)


def test_percentiles_are_those_of_the_newest() -> None:
    made = durations(*[9.0] * RECENT, *(number / 1000 for number in range(RECENT)))
    assert (made.state().median_ms, made.state().p99_ms) == (250, 495)
    assert sum(made.state().buckets) == 2 * RECENT
