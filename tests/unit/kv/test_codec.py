import pytest
from pydantic import BaseModel, ConfigDict, computed_field
from pydantic.alias_generators import to_camel

from app.kv.codec import COMPRESS_OVER, Sealed, decode, encode, seal, unseal
from app.kv.errors import UnreadableValueError
from app.kv.keyspace import Keyspace
from tests.unit.kv.stand_ins import NOTE, RAW, note


@pytest.mark.parametrize("expires_at", [None, 1795348800.123456, 0.1])
@pytest.mark.parametrize("body", [b"", b"{}", b"a\nb c", bytes(COMPRESS_OVER), bytes(COMPRESS_OVER + 1)])
def test_what_is_sealed_can_be_unsealed(body: bytes, expires_at: float | None) -> None:
    sealed = Sealed(body, 7, expires_at)

    assert unseal(seal(sealed)) == sealed


def test_the_envelope_is_one_readable_line() -> None:
    assert seal(Sealed(b'{"text":"a"}', 7, None)) == b'1 7 - json\n{"text":"a"}'
    assert seal(Sealed(b"{}", 8, 12.5)) == b"1 8 12.5 json\n{}"


def test_large_values_are_compressed_and_marked() -> None:
    data = seal(Sealed(b"x" * (COMPRESS_OVER + 1), 7, None))

    assert data.startswith(b"1 7 - zlib\n")
    assert len(data) < 200
    assert seal(Sealed(b"x" * COMPRESS_OVER, 7, None)).startswith(b"1 7 - json\n")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"2 7 - json\n{}",
        b"1 x - json\n{}",
        b"1 7 soon json\n{}",
        b"1 7 - lzma\n{}",
        b"1 7 - zlib\n{}",
        b"1 7 json\n{}",
    ],
)
def test_another_envelope_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableValueError) as raised:
        unseal(data)
    assert raised.value.status == 500


def test_values_become_json_and_come_back() -> None:
    assert encode(note("ö")) == '{"text":"ö"}'.encode()
    assert decode(NOTE, encode(note("ö"))) == note("ö")


class Renamed(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, serialize_by_alias=True, extra="forbid")

    first_name: str

    @computed_field  # type: ignore[prop-decorator]
    @property
    def initial(self) -> str:
        return self.first_name[0]


def test_aliases_and_computed_fields_are_no_matter_of_storage() -> None:
    value = Renamed.model_validate({"firstName": "Ada"})

    assert encode(value) == b'{"first_name":"Ada"}'
    assert decode(Keyspace("renamed", Renamed), encode(value)) == value


def test_bytes_stay_as_they_are() -> None:
    assert encode(b"\x00ready") == b"\x00ready"
    assert decode(RAW, b"\x00ready") == b"\x00ready"


@pytest.mark.parametrize("body", [b"", b"{", b'{"text":1}', b"\xff"])
def test_a_body_of_another_form_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableValueError, match="note cannot be read"):
        decode(NOTE, body)
