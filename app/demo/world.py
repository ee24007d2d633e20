"""One simulator's parts, shared by its routes."""

import random
from collections import Counter, defaultdict
from datetime import timedelta

from app.clock import Clock
from app.demo.calls import Call
from app.demo.catalogue import Catalogue
from app.demo.index import Index
from app.demo.libraries import Libraries
from app.demo.limits import RollingLimit
from app.demo.models import DemoArtist, DemoLibrary
from app.demo.noise import noisy
from app.demo.options import SimulatorOptions
from app.demo.playlist_shapes import PlaylistShapes
from app.demo.records import PLAYLIST, Account, Playlist
from app.demo.seeds import Seeds
from app.demo.shapes import Shapes
from app.demo.state import State
from app.demo.switches import SwitchesIn
from app.demo.tokens import Signer

CHANCE_SEED = 2026
MOST_NAMES = 200
# Spotify counts calls in a rolling window of 30 seconds; the size of the limit is not published.
WINDOW = timedelta(seconds=30)
SONGS_FOR_PLAYLISTS = 2000


class World:
    """The library, the people, the switches and the counted calls."""

    def __init__(self, library: DemoLibrary, options: SimulatorOptions, clock: Clock) -> None:
        self.options = options
        self.clock = clock
        self.state = State(options.state_path, account_lifetime=options.account_lifetime)
        self.signer = Signer(self.state.secret)
        self._library = library
        self._start()

    def _start(self) -> None:
        self.catalogue = Catalogue(self._library)
        self.followed = Seeds(self.catalogue.own.tracks, self.catalogue).followed_playlist()
        self.index = Index(self.catalogue, self.state)
        self.libraries = Libraries(self.catalogue, self.state)
        self.switches = self.options.switches
        self.quota_back_at = self.clock.now()
        self.calls: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.removed_calls = 0
        self.limited_calls = 0
        self._window, self._day = RollingLimit(WINDOW), RollingLimit(timedelta(days=1))
        self.chance, self.flakiness = random.Random(CHANCE_SEED), random.Random(CHANCE_SEED)
        self.wikidata_chance, self.lastfm_chance = random.Random(CHANCE_SEED), random.Random(CHANCE_SEED)

    def reset(self) -> None:
        """Begin anew: no accounts, no playlists, no counts, every switch as it was at the start."""
        self.state.clear()
        self._start()

    @property
    def shapes(self) -> Shapes:
        """What writes answers as the switches want them now."""
        return Shapes(self.catalogue, self.options, self.switches)

    @property
    def playlist_shapes(self) -> PlaylistShapes:
        """What writes playlists as the switches want them now."""
        return PlaylistShapes(self.shapes, self.catalogue)

    @property
    def timestamp(self) -> float:
        """Seconds since 1970."""
        return self.clock.now().timestamp()

    def find_account(self, account_id: str) -> Account | None:
        """Return the account, or None when it never was, or nobody has used it for too long."""
        account = self.state.find_account(account_id)
        is_kept = account is not None and self.clock.now() < account.seen_at + self.options.account_lifetime
        return account if is_kept else None

    def find_playlist(self, playlist_id: str) -> Playlist | None:
        """Return a person's playlist, or the one that everybody follows, or None."""
        is_followed = playlist_id == self.followed.id
        return self.followed if is_followed else self.state.find_playlist(playlist_id)

    def playlists_of(self, account: Account) -> list[Playlist | None]:
        """Return what the person's list of playlists shows, newest first; None is one of Spotify's own.

        With every oddity, a playlist that several people work on is listed twice.
        """
        own = [one for one in reversed(self.state.playlists) if one.account_id == account.id]
        listed = [one for one in (*own, self.followed) if one.uri not in account.unfollowed]
        again = [one for one in listed if account.odd and one.collaborative]
        ids = (uri.removeprefix(PLAYLIST) for uri in account.followed if uri.startswith(PLAYLIST))
        followed = [one for one in map(self.find_playlist, ids) if one]
        return [*followed, *listed, *again, None, *([None] if account.odd else [])]

    def tagged(self, artist: DemoArtist) -> DemoArtist:
        """Return an artist with everything that people tag it with."""
        return noisy(artist) if self.switches.source_noise else artist

    def count(self, call: Call) -> None:
        """Count a call; names beyond the first few hundred share one, so that odd paths cannot pile up."""
        counts = self.calls[call.service]
        counts[call.name if call.name in counts or len(counts) < MOST_NAMES else "(other)"] += 1
        is_new = not self.switches.old_api
        self.removed_calls += call.is_removed_from_all or (is_new and call.removed_status is not None)

    async def wait(self) -> None:
        """Wait as long as the services take to answer."""
        if self.switches.latency_ms:
            await self.clock.sleep(self.switches.latency_ms / 1000)

    async def wait_at_times(self) -> None:
        """Wait longer before some answers of the Web API."""
        if self.flakiness.random() < self.switches.slow_share:
            await self.clock.sleep(self.switches.slow_ms / 1000)

    def quota_left_s(self) -> float:
        """Return for how many seconds the app is over its daily quota."""
        now = self.clock.now()
        told_s = (self.quota_back_at - now).total_seconds()
        return max(told_s, self._day.left_s(self.switches.daily_limit, now))

    def window_left_s(self) -> float:
        """Return for how many seconds the app may make no more calls after too many at once."""
        return self._window.left_s(self.switches.window_limit, self.clock.now())

    def count_as_used(self) -> None:
        """Let a call count for the limits of the app."""
        for limit in (self._day, self._window):
            limit.count(self.clock.now())

    def change(self, switches: SwitchesIn) -> None:
        """Set switches and do what was asked for at once."""
        self.switches = switches.applied_to(self.switches)
        if switches.quota_exceeded_for_s is not None:
            self.quota_back_at = self.clock.now() + timedelta(seconds=switches.quota_exceeded_for_s)
        if switches.revoke_refresh:
            self.state.revoke_all()
        if switches.model_fields_set & {"like_every_s", "like_every_pages"}:
            self.libraries.start_clocks()
        if switches.library:
            self.libraries.edit(switches.library, self.clock.now())

    def take(self, switch: str) -> bool:
        """Use up one of a `..._next` switch; False when none is left."""
        left: int = getattr(self.switches, switch)
        if left:
            self.switches = self.switches.model_copy(update={switch: left - 1})
        return left > 0

    def new_account(self, account_id: str) -> Account:
        """Return an account as the switches want new ones."""
        seeds = [account.seed for account in self.state.accounts]
        return Account(
            id=account_id,
            seen_at=self.clock.now(),
            seed=max(seeds, default=self.options.seed - 1) + 1,
            songs=self.switches.songs,
            odd=self.switches.oddities,
        )

    def seed_playlists(self, account: Account) -> None:
        """Make the playlists that a new account has."""
        seeds = Seeds(self.libraries.of(account).slice(0, SONGS_FOR_PLAYLISTS), self.catalogue)
        made = [*seeds.own_playlists(account), *seeds.more_playlists(account, self.switches.playlists)]
        if account.odd:
            made += seeds.odd_playlists(account)
        self.state.put_playlists(*made)
