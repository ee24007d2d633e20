"""What the simulated Spotify remembers: accounts, their playlists, and codes that were used."""

import os
import secrets
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ValidationError

from app.demo.records import Account, LikeEdits, Playlist

ACCOUNT_LIFETIME = timedelta(days=1)
MOST_ACCOUNTS = 200


class StateFileError(Exception):
    """The file with the simulator's state cannot be used; the message names it."""


class _Kept(BaseModel):
    """The form of the file."""

    secret: str
    accounts: dict[str, Account] = {}
    playlists: dict[str, Playlist] = {}
    likes: dict[str, LikeEdits] = {}
    used_codes: dict[str, float] = {}


class State:
    """Accounts and playlists in memory, and in a file if a path is given.

    The file is replaced after each change, before the answer goes out: a killed process loses nothing that it
    has confirmed. It is not forced to the disk, so a power cut may cost the last change.

    Raises:
        StateFileError: the file is there but cannot be used. It is left as it is.
    """

    def __init__(self, path: Path | None = None, *, account_lifetime: timedelta = ACCOUNT_LIFETIME) -> None:
        self._path = path
        self._account_lifetime = account_lifetime
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._kept = _read(path) if path and path.exists() else _Kept(secret=secrets.token_urlsafe(32))
        self._save()

    @property
    def secret(self) -> str:
        """What tokens are signed with; it lives as long as the file."""
        return self._kept.secret

    @property
    def playlists(self) -> tuple[Playlist, ...]:
        """Every playlist, oldest first."""
        return tuple(self._kept.playlists.values())

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Every account."""
        return tuple(self._kept.accounts.values())

    def likes_of(self, account_id: str) -> LikeEdits:
        """Return what the person has changed in the library since the start."""
        return self._kept.likes.get(account_id, LikeEdits())

    def put_likes(self, account_id: str, edits: LikeEdits) -> None:
        """Keep what a person has changed in the library."""
        self._kept.likes[account_id] = edits
        self._save()

    def find_account(self, account_id: str) -> Account | None:
        """Return the account, or None when it never was or is dropped."""
        return self._kept.accounts.get(account_id)

    def find_playlist(self, playlist_id: str) -> Playlist | None:
        """Return the playlist, or None."""
        return self._kept.playlists.get(playlist_id)

    def put_account(self, account: Account) -> None:
        """Keep the account, and drop those that nobody has used for too long."""
        kept = self._kept
        kept.accounts[account.id] = account
        oldest = account.seen_at - self._account_lifetime
        recent = sorted(kept.accounts.values(), key=lambda one: one.seen_at)[-MOST_ACCOUNTS:]
        kept.accounts = {one.id: one for one in recent if one.seen_at > oldest}
        kept.playlists = {
            key: playlist for key, playlist in kept.playlists.items() if playlist.account_id in kept.accounts
        }
        kept.likes = {key: edits for key, edits in kept.likes.items() if key in kept.accounts}
        self._save()

    def put_playlists(self, *playlists: Playlist) -> None:
        """Keep these playlists."""
        self._kept.playlists.update((playlist.id, playlist) for playlist in playlists)
        self._save()

    def is_used(self, nonce: str) -> bool:
        """Tell whether a code or a refresh token was used up."""
        return nonce in self._kept.used_codes

    def use_code(self, nonce: str, expires_at: float, now: float) -> bool:
        """Note that a code or a refresh token was used up; return False if it was before."""
        used = {key: end for key, end in self._kept.used_codes.items() if end > now}
        fresh = nonce not in used
        self._kept.used_codes = {**used, nonce: expires_at}
        self._save()
        return fresh

    def revoke_all(self) -> None:
        """Make every refresh token that was given so far invalid; people must agree again."""
        for account in self._kept.accounts.values():
            changed = {"generation": account.generation + 1, "approved": ()}
            self._kept.accounts[account.id] = account.model_copy(update=changed)
        self._save()

    def clear(self) -> None:
        """Forget everything but the secret."""
        self._kept = _Kept(secret=self._kept.secret)
        self._save()

    def _save(self) -> None:
        if self._path is None:
            return
        fresh = self._path.with_name(self._path.name + ".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(self._kept.model_dump_json())
        fresh.replace(self._path)


def _read(path: Path) -> _Kept:
    try:
        return _Kept.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise StateFileError(f"{path} is not a state of the simulator; move it away to start anew") from error
