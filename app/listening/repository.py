"""Where it is kept for the length of a song what people listen to, and for a day how often was asked."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from app.kv.cached import CachedKV
from app.kv.keyspace import AtBound, Keyspace, Owner
from app.listening.models import Listening, PlayerCalls
from app.upstream.capacity import WINDOW

CACHE_TTL = timedelta(seconds=60)

LISTENING = Keyspace(
    "listening",
    Listening,
    owner=Owner.KEY,
    ttl=timedelta(days=1),  # the longest; each value has the life of its song
    cache_ttl=CACHE_TTL,
    at_bound=AtBound.DROP_OLDEST,
    stale_if_down=False,
)
PLAYER_CALLS = Keyspace(
    "player-calls",
    PlayerCalls,
    owner=Owner.KEY,
    ttl=WINDOW,
    cache_ttl=CACHE_TTL,
    at_bound=AtBound.MERGE,
    stale_if_down=False,
)


class ListeningRepository:
    """What people listen to, by person."""

    def __init__(self, kv: CachedKV) -> None:
        self._kv = kv

    def is_closed(self, user_id: str) -> bool:
        """Return whether nothing may be kept, because the person has disconnected."""
        return self._kv.is_retired(user_id, LISTENING)

    async def find(self, user_id: str) -> Listening | None:
        """Return what is known of a person's listening."""
        return await self._kv.get(LISTENING(user_id))

    async def put(self, user_id: str, listening: Listening, now: datetime) -> None:
        """Keep it, later, until its song is over and a little longer."""
        life = min(LISTENING.ttl or CACHE_TTL, listening.forgotten_at - now)
        await self._kv.put_later(LISTENING(user_id), listening, ttl=life)

    async def forget(self, user_id: str) -> None:
        """Drop it, later; no read sees it from now on."""
        await self._kv.delete_later(LISTENING(user_id))

    async def list_listeners(self) -> tuple[str, ...]:
        """Return of whom anything is known; the store is asked."""
        return tuple(key.parts[0] for key in await self._kv.keys(LISTENING))

    async def find_many(self, user_ids: Iterable[str]) -> Mapping[str, Listening]:
        """Return what is known of several people's listening, in one store call at most."""
        found = await self._kv.get_many([LISTENING(user_id) for user_id in user_ids])
        return {key.parts[0]: listening for key, listening in found.items()}

    async def get_calls(self, user_id: str, now: datetime) -> tuple[int, ...]:
        """Return when a person's player was asked about in the last day, the first time first."""
        kept = await self._kv.get(PLAYER_CALLS(user_id)) or PlayerCalls()
        return _counting(kept, now)

    async def note_call(self, user_id: str, now: datetime) -> None:
        """Note, later, that it was asked about."""
        await self._kv.update(
            PLAYER_CALLS(user_id),
            lambda kept: PlayerCalls(at=(*_counting(kept, now), int(now.timestamp()))),
            default=PlayerCalls(),
            later=True,
        )


def _counting(calls: PlayerCalls, now: datetime) -> tuple[int, ...]:
    oldest = (now - WINDOW).timestamp()
    return tuple(at for at in calls.at if at > oldest)
