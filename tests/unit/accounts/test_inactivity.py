"""Who has not signed in for a year is deleted."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from app.accounts.deletion import DeletionService, Leaving
from app.accounts.inactivity import FIRST_LOOK_S, INACTIVE_AFTER, USER, InactivityService
from app.accounts.preferences import PREFERENCES, Preferences
from app.events import Events, SignedIn
from app.jobs.runner import JobRunner
from app.kv.cached import CachedKV
from app.kv.registry import Registry
from app.listening.models import Listening
from app.listening.repository import LISTENING
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio

DAY_S = timedelta(days=1).total_seconds()


@dataclass
class Home:
    kv: CachedKV
    clock: FakeClock
    service: InactivityService
    events: Events

    async def visit(self, user_id: str) -> None:
        await self.kv.put(PREFERENCES(user_id), Preferences(covers=True))
        await self.events.publish(SignedIn(user_id))

    async def kept(self) -> set[str]:
        spaces = (PREFERENCES, USER, LISTENING)
        return {key.parts[0] for space in spaces for key in await self.kv.keys(space)}


@pytest.fixture
async def home(kv: CachedKV, clock: FakeClock) -> AsyncIterator[Home]:
    everything = Registry((PREFERENCES, LISTENING), last=(USER,))
    events, jobs = Events(), JobRunner(clock)
    leaving = Leaving(everything=everything, spotify_data=Registry((LISTENING,)), own_word=())
    deletion = DeletionService(kv, leaving, jobs=jobs, events=events, clock=clock)
    service = InactivityService(kv, everything, deletion=deletion, jobs=jobs, clock=clock)
    events.subscribe(service.handle)
    yield Home(kv, clock, service, events)
    await jobs.close()


async def test_nobody_goes_before_a_year_without_a_sign_in(home: Home) -> None:
    await home.visit("anna")
    await home.clock.advance(INACTIVE_AFTER.total_seconds() - 1)
    assert await home.service.look() == 0
    assert await home.kept() == {"anna"}
    await home.clock.advance(1)
    assert await home.service.look() == 1
    assert await home.kept() == set()


async def test_a_sign_in_begins_another_year(home: Home) -> None:
    await home.visit("anna")
    came = home.clock.now()
    await home.clock.advance(300 * DAY_S)
    await home.visit("anna")
    await home.clock.advance(300 * DAY_S)
    assert await home.service.look() == 0
    record = (await home.service.find_records(["anna"]))["anna"]
    assert record.since == came
    assert record.signed_in_at == came + timedelta(days=300)


async def test_who_came_before_visits_were_noted_has_a_year_from_the_first_look(home: Home) -> None:
    await home.kv.put(PREFERENCES("anna"), Preferences())
    assert await home.service.look() == 0
    await home.clock.advance(INACTIVE_AFTER.total_seconds())
    assert await home.service.look() == 1
    assert await home.kept() == set()


async def test_the_job_looks_every_day_and_leaves_others_alone(home: Home) -> None:
    await home.visit("anna")
    home.service.start()
    await home.clock.advance(364.5 * DAY_S)
    await home.visit("berta")
    assert await home.kept() == {"anna", "berta"}
    await home.clock.advance(DAY_S)
    assert await home.kept() == {"berta"}


async def test_a_process_that_is_started_anew_every_day_looks_too(home: Home) -> None:
    await home.visit("anna")
    await home.clock.advance(INACTIVE_AFTER.total_seconds())
    home.service.start()
    await home.clock.advance(FIRST_LOOK_S)
    assert await home.kept() == set()


async def test_who_is_being_deleted_is_not_noted_again(home: Home) -> None:
    await home.visit("anna")
    await home.kv.retire_user("anna")
    await home.kv.delete(USER("anna"))
    assert await home.service.look() == 0
    assert await home.kv.get(USER("anna")) is None


async def test_a_deletion_that_was_cut_off_is_finished_by_the_next_look(home: Home) -> None:
    await home.visit("anna")
    await home.visit("berta")
    await home.kv.retire_user("anna")
    await home.service.look()
    assert await home.kept() == {"berta"}


async def test_a_disconnection_that_was_cut_off_is_finished_within_days(home: Home) -> None:
    await home.visit("anna")
    now = home.clock.now()
    await home.kv.put(LISTENING("anna"), Listening(asked_at=now, due_at=now), ttl=timedelta(days=9))
    await home.kv.retire_user("anna", kinds=[LISTENING.prefix])
    home.service.start()
    await home.clock.advance(FIRST_LOOK_S)
    assert await home.kv.keys(LISTENING) == []
    assert await home.kept() == {"anna"}


async def test_one_that_is_under_way_is_left_alone(home: Home) -> None:
    await home.visit("anna")
    await home.kv.retire_user("anna")
    async with home.kv.lease("account:anna", timedelta(minutes=1)):
        await home.service.look()
        assert await home.kept() == {"anna"}
    await home.service.look()
    assert await home.kept() == set()
