import pytest

from app.demo.tokens import Browser, RefreshToken, Signer


def test_what_was_signed_is_read_back() -> None:
    token = RefreshToken(account_id="a", scopes=("x", "y"), expires_at=1.5, nonce="n", generation=2)
    assert Signer("s").read(RefreshToken, Signer("s").sign(token)) == token


def test_another_secret_another_kind_and_other_words_are_refused() -> None:
    text = Signer("s").sign(Browser(account_id="a"))
    assert Signer("t").read(Browser, text) is None
    assert Signer("s").read(RefreshToken, text) is None


@pytest.mark.parametrize("text", ["", ".", "a.b", "ä", "a" * 5000])
def test_nonsense_is_refused(text: str) -> None:
    assert Signer("s").read(Browser, text) is None
