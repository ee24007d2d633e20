from datetime import date, timedelta

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from app.kv.cached import CachedKV
from app.kv.keyspace import AtBound, Counters, FrozenMapping, Key, Keyspace, Members, Owned, Owner, Shared
from tests.unit.kv.stand_ins import NOTE, Note


class Thawed(BaseModel):
    text: str


async def nothing_of(_kv: CachedKV, _user_id: str) -> list[Key[Note]]:
    return []


OWNED = Owned[Note](user_of=lambda value: value.text, keys_of=nothing_of)
SHARED = Shared[Note](without=lambda note, _: note, only=lambda note, _: note, users=lambda _: ())


def test_a_key_is_its_parts_joined() -> None:
    assert str(NOTE("abc")) == "note:abc"
    assert str(NOTE("user", 3, date(2026, 11, 22))) == "note:user:3:2026-11-22"
    assert NOTE("abc") == NOTE("abc")
    assert NOTE("abc") != NOTE("abd")


def test_parts_cannot_run_into_each_other() -> None:
    assert NOTE("a:b", "c").text == "note:a%3Ab:c"
    assert len({NOTE("a:b", "c"), NOTE("a", "b:c"), NOTE("a%3Ab", "c")}) == 3


@pytest.mark.parametrize("parts", [("abc",), ("a:b", "c"), ("a%3Ab", "100%"), ("%253A", "::")])
def test_a_key_tells_its_parts(parts: tuple[str, ...]) -> None:
    assert NOTE(*parts).parts == parts


def test_a_value_tells_its_user_by_its_key_or_by_itself() -> None:
    by_key = Keyspace("by-key", Note, owner=Owner.KEY)
    by_value = Keyspace("by-value", Note, owner=Owner.VALUE, owned=OWNED)

    assert by_key.user_of(by_key("an:na", 1), Note(text="x")) == "an:na"
    assert by_value.user_of(by_value("k"), Note(text="anna")) == "anna"
    assert NOTE.user_of(NOTE("anna"), Note(text="anna")) is None


@pytest.mark.parametrize("owner", list(Owner))
def test_only_values_that_name_their_user_need_a_way_to_find_them(owner: Owner) -> None:
    owned = OWNED if owner is Owner.VALUE else None
    shared = SHARED if owner is Owner.SHARED else None
    assert Keyspace("mine", Note, owner=owner, owned=owned, shared=shared).owner is owner
    with pytest.raises(TypeError, match="mine: `owned` belongs to"):
        Keyspace("mine", Note, owner=owner, owned=None if owned else OWNED, shared=shared)
    with pytest.raises(TypeError, match="mine: `shared` belongs to"):
        Keyspace("mine", Note, owner=owner, owned=owned, shared=None if shared else SHARED)


def test_an_empty_part_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        NOTE("a", "")


def test_a_keyspace_is_by_default_nobodys_and_waits() -> None:
    space = Keyspace("plain", Note)

    assert (space.owner, space.at_bound, space.stale_if_down) == (Owner.NONE, AtBound.WAIT, False)
    assert space.ttl is space.cache_ttl is None


@pytest.mark.parametrize("prefix", ["", "Note", "a:b", "1a", "note "])
def test_a_prefix_has_small_letters_digits_and_hyphens(prefix: str) -> None:
    with pytest.raises(ValueError, match="not a prefix"):
        Keyspace(prefix, Note)


def test_values_that_can_be_changed_are_refused() -> None:
    with pytest.raises(TypeError, match="Thawed must be frozen"):
        Keyspace("thawed", Thawed, ttl=timedelta(days=1))


def test_counters_add_up_and_cannot_be_changed() -> None:
    counters = Counters().plus({"views": 2}).plus({"views": 1, "errors": 1})

    assert dict(counters.totals) == {"views": 3, "errors": 1}
    with pytest.raises(TypeError):
        counters.totals["views"] = 9  # type: ignore[index]
    assert Counters.model_validate_json(counters.model_dump_json()) == counters


def test_members_are_kept_once() -> None:
    members = Members().plus("a")

    assert members.plus("a") is members
    assert members.plus("b").members == {"a", "b"}


def test_members_are_the_same_bytes_in_any_order() -> None:
    names = [f"visitor {number}" for number in range(50)]
    there, back = Members(), Members()
    for name in names:
        there = there.plus(name)
    for name in reversed(names):
        back = back.plus(name)

    assert there.model_dump_json() == back.model_dump_json()
    assert Members.model_validate_json(there.model_dump_json()) == there


def test_a_frozen_mapping_keeps_the_types_of_its_values() -> None:
    class Shelf(BaseModel):
        model_config = ConfigDict(frozen=True)

        notes: FrozenMapping[str, Note]

    shelf = Shelf.model_validate_json('{"notes":{"a":{"text":"hello"}}}')
    assert shelf.notes["a"] == Note(text="hello")
    assert shelf.model_dump_json() == '{"notes":{"a":{"text":"hello"}}}'
    with pytest.raises(ValidationError):
        Shelf.model_validate({"notes": {"a": 1}})
