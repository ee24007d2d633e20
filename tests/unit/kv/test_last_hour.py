"""The rolling hour, against a plain list of what happened when."""

from hypothesis import given
from hypothesis import strategies as st

from app.kv.last_hour import HOUR_S, MINUTE_S, LastHour, Mark, Recent

KINDS = ("session", "note")
EVENTS = st.lists(
    st.tuples(st.floats(0, 900), st.sampled_from(KINDS), st.sampled_from(Mark._fields)), max_size=60
)


class Counting:
    """Counts as the service does: running totals, and a mark at the end of each minute."""

    def __init__(self) -> None:
        self.now = 0.0
        self.running: dict[str, Mark] = {}
        self.hour = LastHour(lambda: dict(self.running), self.now)

    def count(self, kind: str, field: str) -> None:
        if self.now >= self.hour.minute_ends:
            self.hour.end_minute(self.now)
        mark = self.running.get(kind, Mark(0, 0, 0))
        self.running[kind] = mark._replace(**{field: getattr(mark, field) + 1})

    def recent(self) -> dict[str, Recent]:
        return self.hour.counts(self.now)


@given(EVENTS, st.floats(0, 8000))
def test_the_last_hour_is_counted_to_the_minute(events: list[tuple[float, str, str]], later: float) -> None:
    counting, happened = Counting(), []
    for pause, kind, field in events:
        counting.now += pause
        counting.count(kind, field)
        happened.append((counting.now, kind, field))
    counting.now += later
    recent = counting.recent()
    for kind in KINDS:
        for field in Mark._fields:
            ages = [counting.now - at for at, one, other in happened if (one, other) == (kind, field)]
            counted = getattr(recent.get(kind, Recent()), field)
            assert (
                sum(age < HOUR_S for age in ages) <= counted <= sum(age <= HOUR_S + MINUTE_S for age in ages)
            )


def test_an_hour_later_nothing_is_left() -> None:
    counting = Counting()
    counting.count("session", "hits")
    counting.now = HOUR_S
    assert counting.recent() == {"session": Recent(hits=1)}
    counting.now = HOUR_S + MINUTE_S
    assert counting.recent() == {}


def test_it_remembers_no_more_than_the_minutes_of_an_hour() -> None:
    counting = Counting()
    for _ in range(1000):
        counting.count("note", "misses")
        counting.now += 30
    assert len(counting.hour._marks) <= HOUR_S / MINUTE_S + 2


def test_ratios() -> None:
    assert Recent().hit_ratio == 1.0
    assert Recent(hits=3, misses=1).hit_ratio == 0.75
    assert Recent(hits=3, misses=1).lookups == 4
