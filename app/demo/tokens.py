"""Signed statements: codes, tokens and cookies that the simulator can read back without having kept them."""

import hashlib
from typing import TypeVar

from itsdangerous import BadData, URLSafeSerializer
from pydantic import BaseModel, ConfigDict, ValidationError


class Claims(BaseModel):
    """What a signature vouches for. Times are seconds since 1970."""

    model_config = ConfigDict(frozen=True)


class Browser(Claims):
    """The cookie: which simulated account a browser has."""

    account_id: str


class Authorization(Claims):
    """What an app asks a person for."""

    redirect_uri: str
    state: str | None
    scopes: tuple[str, ...]
    challenge: str | None


class Consent(Claims):
    """A consent page that was shown; only the browser that it was shown to may answer it."""

    asked: Authorization
    account_id: str
    expires_at: float


class Code(Consent):
    """An authorization code; `nonce` is kept once it was used."""

    nonce: str


class AccessToken(Claims):
    """An hour of access; the nonce makes every token another one."""

    account_id: str
    scopes: tuple[str, ...]
    expires_at: float
    nonce: str


class RefreshToken(Claims):
    """Six months of access, unless the account's generation has moved on: then it is revoked."""

    account_id: str
    scopes: tuple[str, ...]
    expires_at: float
    nonce: str
    generation: int


C = TypeVar("C", bound=Claims)


class Signer:
    """Signs claims and reads them back; one kind is never accepted for another."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def sign(self, claims: Claims) -> str:
        """Return a text that is safe in a URL, a header and a cookie."""
        return str(self._serializer(type(claims)).dumps(claims.model_dump(mode="json")))

    def read(self, kind: type[C], text: str) -> C | None:
        """Return what was signed, or None when it was not signed here or is of another kind."""
        try:
            return kind.model_validate(self._serializer(kind).loads(text))
        except (BadData, ValidationError):
            return None

    def _serializer(self, kind: type[Claims]) -> URLSafeSerializer:
        return URLSafeSerializer(
            self._secret, salt=kind.__name__, signer_kwargs={"digest_method": hashlib.sha256}
        )
