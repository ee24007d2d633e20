"""One simulator's parts, shared by its routes."""

import random
from collections import Counter, defaultdict
from datetime import timedelta

from app.clock import Clock
from app.demo.calls import Call
from app.demo.catalogue import Catalogue
from app.demo.models import DemoLibrary
from app.demo.options import SimulatorOptions
from app.demo.seeds import followed_playlist
from app.demo.shapes import Shapes
from app.demo.state import ACCOUNT_LIFETIME, Account, Playlist, State
from app.demo.switches import LibraryEdit, Switches, SwitchesIn
from app.demo.tokens import Signer

CHANCE_SEED = 2026
MOST_NAMES = 200


class World:
    """The library, the people, the switches and the counted calls."""

    def __init__(self, library: DemoLibrary, options: SimulatorOptions, clock: Clock) -> None:
        self.options = options
        self.clock = clock
        self.state = State(options.state_path)
        self.signer = Signer(self.state.secret)
        self._library = library
        self._start()

    def _start(self) -> None:
        self.catalogue = Catalogue(self._library)
        self.shapes = Shapes(self.catalogue, self.options)
        self.followed = followed_playlist(self.catalogue)
        self.switches = Switches()
        self.quota_back_at = self.clock.now()
        self.calls: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.removed_calls = 0
        self.chance = random.Random(CHANCE_SEED)
        self._edits: list[LibraryEdit] = []

    def reset(self) -> None:
        """Begin anew: no accounts, no playlists, no counts, every switch off, the whole library liked."""
        self.state.clear()
        self._start()

    @property
    def timestamp(self) -> float:
        """Seconds since 1970."""
        return self.clock.now().timestamp()

    def find_account(self, account_id: str) -> Account | None:
        """Return the account, or None when it never was, or nobody has used it for a day."""
        account = self.state.find_account(account_id)
        is_kept = account is not None and self.clock.now() < account.seen_at + ACCOUNT_LIFETIME
        return account if is_kept else None

    def find_playlist(self, playlist_id: str) -> Playlist | None:
        """Return a person's playlist, or the one that everybody follows, or None."""
        is_followed = playlist_id == self.followed.id
        return self.followed if is_followed else self.state.find_playlist(playlist_id)

    def count(self, call: Call) -> None:
        """Count a call; names beyond the first few hundred share one, so that odd paths cannot pile up."""
        counts = self.calls[call.service]
        counts[call.name if call.name in counts or len(counts) < MOST_NAMES else "(other)"] += 1
        self.removed_calls += call.removed_status is not None

    async def wait(self) -> None:
        """Wait as long as the services take to answer."""
        if self.switches.latency_ms:
            await self.clock.sleep(self.switches.latency_ms / 1000)

    def change(self, switches: SwitchesIn) -> None:
        """Set switches and do what was asked for at once.

        Raises:
            KeyError: a song to like is not in the library.
        """
        self.switches = switches.applied_to(self.switches)
        if switches.quota_exceeded_for_s is not None:
            self.quota_back_at = self.clock.now() + timedelta(seconds=switches.quota_exceeded_for_s)
        if switches.revoke_refresh:
            self.state.revoke_all()
        if switches.library:
            self._edits.append(switches.library)
            self._edit_library()

    def take(self, switch: str) -> bool:
        """Use up one of a `..._next` switch; False when none is left."""
        left: int = getattr(self.switches, switch)
        if left:
            self.switches = self.switches.model_copy(update={switch: left - 1})
        return left > 0

    def liked_page_was_read(self) -> None:
        """Note that a page of liked songs went out; changes of the library may wait for it."""
        self._edits = [edit.model_copy(update={"after_pages": edit.after_pages - 1}) for edit in self._edits]
        self._edit_library()

    def _edit_library(self) -> None:
        due = [edit for edit in self._edits if edit.after_pages <= 0]
        self._edits = [edit for edit in self._edits if edit.after_pages > 0]
        for edit in due:
            self.catalogue.unlike(edit.unlike)
            self.catalogue.like(edit.like, self.clock.now())
