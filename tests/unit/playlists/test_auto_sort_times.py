"""When auto-sort runs next, when it gives up, and how who comes back is greeted."""

from datetime import timedelta

import pytest

from app.playlists.autosort.models import AutoSort, SortingRun
from app.playlists.autosort.news import visited
from tests.auto_sort_samples import NEWS
from tests.page_samples import LIBRARY
from tests.samples import NAME, NOW, Sample
from tests.unit.test_templates import Markup, render, untranslated

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOTHING_NEW = NEWS.but(new=Sample(songs=0, placed=0), room=Sample(playlists=0, songs=0))


@pytest.mark.parametrize(("late", "then"), [(0, 1), (5, 1), (24, 2), (60, 3)])
def test_a_run_keeps_its_hour_however_late_it_was(late: int, then: int) -> None:
    state = AutoSort().planned({"daily", "off"}, NOW)
    due = NOW + DAY
    assert (state.next_at, state.rhythms(due - HOUR), state.rhythms(due)) == (due, set(), {"daily"})
    now = due + late * HOUR
    assert state.after(SortingRun(at=now), {"daily"}, now).next_at == due + then * DAY


def test_a_weekly_run_that_fails_is_tried_again_a_day_later_and_no_more_after_three() -> None:
    state = AutoSort().planned({"weekly"}, NOW)
    now = NOW + 7 * DAY
    for failures in (1, 2, 3):
        state = state.after(SortingRun(at=now, problem=NAME), {"weekly"}, now)
        assert (state.failures, state.paused) == (failures, NAME if failures == 3 else "")
        assert state.next_at == (None if failures == 3 else now + DAY)
        now += DAY
    assert state.resumed(now).rhythms(now) == {"weekly"}
    assert state.planned({"off"}, now).paused == ""


def test_thirty_runs_are_told_of() -> None:
    state = AutoSort().planned({"daily"}, NOW)
    for number in range(40):
        state = state.after(SortingRun(at=NOW + number * DAY), {"daily"}, NOW + number * DAY)
    assert (len(state.log), state.log[0].at) == (30, NOW + 39 * DAY)


def test_a_visit_ends_after_an_hour_without_a_look() -> None:
    read = NOW - HOUR
    visit = visited(None, read, NOW)
    assert (visit.left_at, visit.since) == (NOW, read)
    assert visited(visit, read, NOW + HOUR / 4) == visit
    visit = visited(visit, read + HOUR, NOW + HOUR / 2)
    assert (visit.seen_at, visit.left_at, visit.since) == (NOW + HOUR / 2, NOW, read)
    again = visited(visit, read + 9 * HOUR, NOW + 9 * HOUR)
    assert (again.left_at, again.since) == (NOW + HOUR / 2, read + HOUR)


@pytest.mark.parametrize(("news", "room"), [(NEWS, True), (NOTHING_NEW, False)])
def test_who_comes_back_is_greeted_in_words_that_go_through_gettext(news: Sample, *, room: bool) -> None:
    markup = Markup(render("genres/page.html", LIBRARY, news=news))
    assert not untranslated(markup)
    assert room == ("/playlists/refresh" in {one["action"] for one in markup.all("form")})
