"""Requests for access: one a person, few an address, gone once decided."""

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from app.accounts.access.models import MOST_OPEN, REQUEST_LIFE, AccessWish
from app.accounts.access.repository import ACCESS_REQUESTS, AccessRepository
from app.accounts.access.service import (
    MOST_FROM_AN_ADDRESS,
    AccessService,
    ListFullError,
    RequestDecidedError,
    TooManyAsksError,
)
from app.kv.cached import CachedKV
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio

ANNA = AccessWish(name="Anna", email="anna@example.com")


@pytest.fixture
def access(kv: CachedKV, clock: FakeClock) -> AccessService:
    return AccessService(AccessRepository(kv), clock)


def wish(number: int) -> AccessWish:
    return AccessWish(name=f"Somebody {number}", email=f"{number}@example.com")


async def test_who_asks_waits_in_order(access: AccessService, clock: FakeClock) -> None:
    assert await access.list_open() == ()
    await access.ask(ANNA, address="192.0.2.1")
    await clock.advance(1)
    await access.ask(wish(1), address="192.0.2.2")
    first, second = await access.list_open()
    assert (first.name, first.email) == ("Anna", "anna@example.com")
    assert first.asked_at < second.asked_at
    assert first.id != second.id


async def test_who_asks_twice_waits_once_with_what_was_said_last(access: AccessService) -> None:
    await access.ask(ANNA, address="192.0.2.1")
    await access.ask(AccessWish(name="Anna B.", email="Anna@Example.com"), address="192.0.2.1")
    (only,) = await access.list_open()
    assert (only.name, only.email) == ("Anna B.", "Anna@Example.com")


async def test_whatever_is_decided_leaves_nothing_of_the_person(access: AccessService, kv: CachedKV) -> None:
    await access.ask(ANNA, address="192.0.2.1")
    await access.ask(wish(1), address="192.0.2.1")
    first, second = await access.list_open()
    with capture_logs() as lines:
        await access.decide(first.id, "approve")
        await access.decide(second.id, "deny")
    assert await access.list_open() == ()
    assert await kv.keys(ACCESS_REQUESTS) == []
    assert [(line["event"], line["request"]) for line in lines] == [
        ("access.approved", first.id),
        ("access.denied", second.id),
    ]
    assert "anna" not in str(lines).lower()


async def test_what_was_decided_cannot_be_decided_again(access: AccessService) -> None:
    await access.ask(ANNA, address="192.0.2.1")
    await access.ask(wish(1), address="192.0.2.1")
    first, _ = await access.list_open()
    await access.decide(first.id, "deny")
    for gone in (first.id, "never"):
        with pytest.raises(RequestDecidedError):
            await access.decide(gone, "approve")
    assert len(await access.list_open()) == 1


async def test_nobody_waits_longer_than_ninety_days(
    access: AccessService, clock: FakeClock, kv: CachedKV
) -> None:
    await access.ask(ANNA, address="192.0.2.1")
    await clock.advance(REQUEST_LIFE.total_seconds() - 1)
    (old,) = await access.list_open()
    await access.ask(wish(1), address="192.0.2.1")
    await clock.advance(1)
    assert [one.name for one in await access.list_open()] == ["Somebody 1"]
    with pytest.raises(RequestDecidedError):
        await access.decide(old.id, "approve")
    await access.ask(wish(2), address="192.0.2.1")
    kept = await kv.get(ACCESS_REQUESTS("open"))
    assert kept is not None
    assert [one.name for one in kept.requests] == ["Somebody 1", "Somebody 2"]


async def test_an_address_asks_ten_times_an_hour(access: AccessService, clock: FakeClock) -> None:
    for number in range(MOST_FROM_AN_ADDRESS):
        await access.ask(wish(number), address="192.0.2.1")
    await clock.advance(600)
    with pytest.raises(TooManyAsksError) as raised:
        await access.ask(ANNA, address="192.0.2.1")
    assert (raised.value.status, raised.value.retry_after) == (429, 3000)
    await access.ask(ANNA, address="192.0.2.2")
    await clock.advance(3000)
    await access.ask(ANNA, address="192.0.2.1")
    assert len(await access.list_open()) == MOST_FROM_AN_ADDRESS + 1


async def test_a_hundred_wait_at_most_and_those_who_do_can_still_mend_theirs(access: AccessService) -> None:
    for number in range(MOST_OPEN):
        await access.ask(wish(number), address=f"192.0.2.{number}")
    with pytest.raises(ListFullError):
        await access.ask(ANNA, address="198.51.100.1")
    await access.ask(AccessWish(name="New name", email="3@example.com"), address="198.51.100.1")
    waiting = await access.list_open()
    assert len(waiting) == MOST_OPEN
    assert waiting[-1].name == "New name"


async def test_looking_at_the_list_again_asks_no_store(access: AccessService, kv: CachedKV) -> None:
    await access.ask(ANNA, address="192.0.2.1")
    before = kv.snapshot().totals.reads
    for _ in range(5):
        await access.list_open()
    assert kv.snapshot().totals.reads == before


def test_what_spotify_wants_is_taken_as_it_is() -> None:
    asked = AccessWish(name="  \u97f3\u697d O'Neil \u0631\u200c\u0627 ", email=" a.b+c@mail.example.co.uk ")
    assert (asked.name, asked.email) == ("\u97f3\u697d O'Neil \u0631\u200c\u0627", "a.b+c@mail.example.co.uk")


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("", "a@b.c"),
        ("  ", "a@b.c"),
        ("x" * 101, "a@b.c"),
        ("An\nna", "a@b.c"),
        ("An\u2028na", "a@b.c"),
        ("\u202eanna", "a@b.c"),
        ("Anna", ""),
        ("Anna", "anna"),
        ("Anna", "anna@localhost"),
        ("Anna", "anna@@b.c"),
        ("Anna", "an\u200bna@b.c"),
        ("Anna", "a@b\u202e.c"),
        ("Anna", "an na@b.c"),
        ("Anna", "Anna <a@b.c>"),
        ("Anna", "a@b.c,d@e.f"),
        ("Anna", "a@b.c\r\nBcc: x@y.z"),
        ("Anna", "x" * 251 + "@b.c"),
    ],
)
def test_what_is_no_name_or_address_is_refused(name: str, email: str) -> None:
    with pytest.raises(ValidationError):
        AccessWish(name=name, email=email)
