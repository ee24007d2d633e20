"""Typed access to what is kept about the songs of a listener's own playlists."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from app.kv.cached import CachedKV
from app.kv.keyspace import Keyspace, Owner
from app.playlists.memberships.models import READ_FOR, Contents, ListedPlaylist, Listing
from app.playlists.models import OpenRun
from app.playlists.repository import FIVE_MINUTES, LEASE, LONGEST_RUN, MINUTE

LISTING = Keyspace(
    "playlist-listing", Listing, owner=Owner.KEY, ttl=READ_FOR, cache_ttl=FIVE_MINUTES, stale_if_down=True
)
# A listing that says that songs are kept is at most twice as old as they may be: they outlive it.
CONTENTS = Keyspace(
    "playlist-contents",
    Contents,
    owner=Owner.KEY,
    ttl=3 * READ_FOR,
    cache_ttl=FIVE_MINUTES,
    stale_if_down=True,
)
OPEN_READING = Keyspace("open-reading", OpenRun, owner=Owner.KEY, ttl=LONGEST_RUN, cache_ttl=MINUTE)


class ContentsRepository:
    """Listings, and what is in their playlists."""

    def __init__(self, kv: CachedKV) -> None:
        self._kv = kv

    def lease(self, user_id: str) -> AbstractAsyncContextManager[None]:
        """Return a block in which nobody else reads for a person; `LeaseHeldError` while somebody does."""
        return self._kv.lease(f"contents:{user_id}", LEASE)

    async def find_listing(self, user_id: str) -> Listing | None:
        """Return what Spotify listed last, with what is known of it."""
        return await self._kv.get(LISTING(user_id))

    async def renew_listing(self, user_id: str, listing: Listing) -> Listing:
        """Keep a new listing, and forget the songs of playlists that it does not show any more."""
        before = await self.find_listing(user_id)
        renewed = await self._kv.update(
            LISTING(user_id), listing.renewed, default=Listing(as_of=listing.as_of)
        )
        there = {one.id for one in listing.playlists}
        for one in before.playlists if before else ():
            if one.id not in there and one.read is not None:
                await self._kv.delete_later(CONTENTS(user_id, one.id))
        return renewed or listing

    async def keep(self, user_id: str, playlist: ListedPlaylist, contents: Contents) -> None:
        """Keep the songs of a playlist, and then that they are known."""
        await self._kv.put(CONTENTS(user_id, playlist.id), contents)
        await self.change(user_id, playlist)

    async def change(self, user_id: str, playlist: ListedPlaylist) -> None:
        """Keep what became of one playlist of the listing; what a crash forgets of that is read again."""
        await self._kv.update(LISTING(user_id), lambda listing: listing.changed(playlist), later=True)

    async def list_contents(self, user_id: str, playlist_ids: Iterable[str]) -> Mapping[str, Contents]:
        """Return the songs of several playlists, by the playlists' ids."""
        found = await self._kv.get_many(CONTENTS(user_id, one) for one in playlist_ids)
        return {key.parts[1]: contents for key, contents in found.items()}

    async def open(self, user_id: str, since: datetime) -> None:
        """Note that a restart goes on reading."""
        await self._kv.put(OPEN_READING(user_id), OpenRun(since=since))

    async def close(self, user_id: str) -> None:
        """Note that it does not."""
        await self._kv.delete(OPEN_READING(user_id))

    async def list_open(self) -> tuple[str, ...]:
        """Return for whom playlists were being read when the last process ended."""
        return tuple(key.parts[0] for key in await self._kv.keys(OPEN_READING))
