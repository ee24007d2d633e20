import stat
from pathlib import Path

import pytest

from app.accounts.crypto import Keyring, fingerprint, load_or_create_secret
from app.accounts.errors import UnreadableError

OLD, NEW = "old-" * 10, "new-" * 10


def test_sealed_text_opens_in_its_own_context() -> None:
    sealer = Keyring(NEW).sealer("tokens")
    sealed = sealer.seal("AQB-tökèn", "anna", "refresh")
    assert "AQB" not in sealed
    assert sealer.open(sealed, "anna", "refresh") == "AQB-tökèn"


def test_the_same_text_never_looks_the_same_twice() -> None:
    sealer = Keyring(NEW).sealer("tokens")
    assert sealer.seal("a") != sealer.seal("a")


@pytest.mark.parametrize(
    "context", [("anna", "access"), ("bert", "refresh"), ("annarefresh",), ("anna", "refresh", ""), ()]
)
def test_sealed_text_does_not_open_in_another_context(context: tuple[str, ...]) -> None:
    sealer = Keyring(NEW).sealer("tokens")
    with pytest.raises(UnreadableError):
        sealer.open(sealer.seal("token", "anna", "refresh"), *context)


def test_one_purpose_cannot_open_what_another_sealed() -> None:
    with pytest.raises(UnreadableError):
        Keyring(NEW).sealer("cookie").open(Keyring(NEW).sealer("tokens").seal("token"))


def test_every_changed_character_is_noticed() -> None:
    sealer = Keyring(NEW).sealer("tokens")
    sealed = sealer.seal("token")
    for place in range(len(sealed)):
        other = "A" if sealed[place] != "A" else "B"
        with pytest.raises(UnreadableError):
            sealer.open(sealed[:place] + other + sealed[place + 1 :])


@pytest.mark.parametrize("sealed", ["", ".", "x", "00000000.", "é.é", "....", "a.b" * 1000])
def test_nonsense_is_unreadable(sealed: str) -> None:
    with pytest.raises(UnreadableError):
        Keyring(NEW).sealer("tokens").open(sealed)


def test_a_nonce_alone_is_unreadable() -> None:
    sealer = Keyring(NEW).sealer("tokens")
    key_id = sealer.seal("token").partition(".")[0]
    with pytest.raises(UnreadableError):
        sealer.open(f"{key_id}.AAAA")


def test_a_replaced_secret_still_opens_and_verifies_while_it_is_held() -> None:
    before, during, after = Keyring(OLD), Keyring(NEW, OLD), Keyring(NEW)
    sealed, signed = before.sealer("tokens").seal("token"), before.signer("session").sign("id")
    assert during.sealer("tokens").open(sealed) == "token"
    assert during.signer("session").verified(signed) == "id"
    assert after.signer("session").verified(signed) is None
    with pytest.raises(UnreadableError):
        after.sealer("tokens").open(sealed)


def test_the_newest_secret_is_the_one_that_writes() -> None:
    during, after = Keyring(NEW, OLD), Keyring(NEW)
    assert after.sealer("tokens").open(during.sealer("tokens").seal("token")) == "token"
    assert after.signer("session").verified(during.signer("session").sign("id")) == "id"


@pytest.mark.parametrize("signed", ["", "id", "id.", ".id", "id.AAAA", "é.ü", "id" * 5000])
def test_invented_signatures_are_refused(signed: str) -> None:
    assert Keyring(NEW).signer("session").verified(signed) is None


def test_a_signature_of_one_purpose_is_none_of_another() -> None:
    keyring = Keyring(NEW)
    assert keyring.signer("session").verified(keyring.signer("state").sign("id")) is None


def test_a_fingerprint_is_the_sha256() -> None:
    assert fingerprint("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret.key"
    secret = load_or_create_secret(path)
    assert len(secret) >= 43
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert load_or_create_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_places_get_two_secrets(tmp_path: Path) -> None:
    assert load_or_create_secret(tmp_path / "a") != load_or_create_secret(tmp_path / "b")


def test_a_damaged_secret_is_not_replaced_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_text("")
    with pytest.raises(ValueError, match="holds no secret key"):
        load_or_create_secret(path)
    assert path.read_text() == ""
