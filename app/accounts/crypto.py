"""Keys derived from SECRET_KEY, and what they do: encrypt, sign, hash."""

import base64
import binascii
import hashlib
import json
import os
import secrets
from pathlib import Path

import itsdangerous
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.accounts.errors import UnreadableError
from app.settings import SHORTEST_SECRET

KEY_BYTES = 32
KEY_ID_BYTES = 4
NONCE_BYTES = 12  # what NIST SP 800-38D recommends for GCM


class Sealer:
    """Encrypts text with AES-256-GCM for one purpose."""

    def __init__(self, keys: dict[str, AESGCM]) -> None:
        self._keys = keys
        self._current = next(iter(keys))

    def seal(self, text: str, *context: str) -> str:
        """Return `text` encrypted with the current key, openable only with the same `context`."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._keys[self._current].encrypt(nonce, text.encode(), _bound(self._current, context))
        return f"{self._current}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *context: str) -> str:
        """Return what was sealed with any key still held.

        Raises:
            UnreadableError: it was changed, belongs to another context, or its key is gone.
        """
        key_id, _, body = sealed.partition(".")
        try:
            data = base64.urlsafe_b64decode(body)
            opened = self._keys[key_id].decrypt(
                data[:NONCE_BYTES], data[NONCE_BYTES:], _bound(key_id, context)
            )
        except (KeyError, ValueError, binascii.Error, InvalidTag) as error:
            raise UnreadableError from error
        return opened.decode()


def _bound(key_id: str, context: tuple[str, ...]) -> bytes:
    """The associated data; JSON, so that no two contexts run together into the same bytes."""
    return json.dumps([key_id, *context]).encode()


class Signer:
    """Signs short text with HMAC-SHA256 for one purpose."""

    def __init__(self, keys: list[bytes]) -> None:
        newest_last = keys[::-1]
        self._signer = itsdangerous.Signer(newest_last, key_derivation="none", digest_method=hashlib.sha256)

    def sign(self, text: str) -> str:
        """Return `text` followed by a dot and its signature."""
        return self._signer.sign(text).decode()

    def verified(self, signed: str) -> str | None:
        """Return the text, or None when no key still held has signed it."""
        try:
            return self._signer.unsign(signed).decode()
        except (itsdangerous.BadSignature, UnicodeError):
            return None


class Keyring:
    """The installation's secrets, each purpose with keys of its own.

    The first secret seals and signs; those after it only open and verify, which is how a secret is replaced.
    """

    def __init__(self, *secrets_newest_first: str) -> None:
        self._secrets = secrets_newest_first

    def sealer(self, purpose: str) -> Sealer:
        """Return the encryption of one purpose."""
        return Sealer({_key_id(secret): AESGCM(_derived(secret, purpose)) for secret in self._secrets})

    def signer(self, purpose: str) -> Signer:
        """Return the signature of one purpose."""
        return Signer([_derived(secret, purpose) for secret in self._secrets])


def _derived(secret: str, purpose: str, length: int = KEY_BYTES) -> bytes:
    info = f"genre-sorter:{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(secret.encode())


def _key_id(secret: str) -> str:
    return _derived(secret, "key-id", KEY_ID_BYTES).hex()


def fingerprint(value: str) -> str:
    """Return the SHA-256 of an unguessable value, as hex: what a store may keep of it."""
    return hashlib.sha256(value.encode()).hexdigest()


def load_or_create_secret(path: Path) -> str:
    """Return the secret kept at `path`, made on the first call and readable by its owner alone.

    Raises:
        ValueError: the file is there and holds no usable secret.
        OSError: it cannot be read or written.
    """
    try:
        return _create_secret(path)
    except FileExistsError:
        return _load_secret(path)


def _create_secret(path: Path) -> str:
    secret = secrets.token_urlsafe(KEY_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret


def _load_secret(path: Path) -> str:
    secret = path.read_text().strip()
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"{path} holds no secret key; put its backup back, or delete it and sign in again")
    path.chmod(0o600)
    return secret
