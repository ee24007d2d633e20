"""Where rules and corrections are kept: until they are undone or the account is deleted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cachetools import LRUCache

from app.genres.models import LibraryIndex
from app.genres.personal.corrections import Corrections
from app.genres.personal.order import PersonalOrder
from app.genres.personal.rules import FamilyRules
from app.genres.repository import LibraryRepository
from app.kv.cached import CachedKV
from app.kv.keyspace import AtBound, Key, Keyspace, Owner

MOST_KNOWN = 100
"""People whose rules and corrections stay in memory."""

FAMILY_RULES = Keyspace(
    "family-rules",
    FamilyRules,
    owner=Owner.KEY,
    cache_ttl=timedelta(seconds=300),
    at_bound=AtBound.WAIT,
    stale_if_down=True,
)
CORRECTIONS = Keyspace(
    "corrections",
    Corrections,
    owner=Owner.KEY,
    cache_ttl=timedelta(seconds=300),
    at_bound=AtBound.WAIT,
    stale_if_down=True,
)


class PersonalRepository:
    """Rules and corrections by person.

    They are not read whenever a library is looked at or sorted: most people have none, and asking the store
    for what is not there costs as much as for what is. So every change is counted in the library's index.
    """

    def __init__(self, kv: CachedKV, library: LibraryRepository) -> None:
        self._kv = kv
        self._library = library
        self._known: LRUCache[str, tuple[int, PersonalOrder]] = LRUCache(MOST_KNOWN)

    async def find(self, user_id: str, index: LibraryIndex | None = None) -> PersonalOrder:
        """Return what a person said: in one store call, or in none if the index counts no change since."""
        known = self._known.get(user_id)
        if known and index is None:
            index = await self._library.find_index(user_id)
        if known and index and known[0] == index.order:
            return known[1]
        order = await self._read(user_id)
        if index:
            self._known[user_id] = (index.order, order)
        return order

    def forget(self, user_id: str) -> None:
        """Know nothing more of a person."""
        self._known.pop(user_id, None)

    async def _read(self, user_id: str) -> PersonalOrder:
        rules: Key[Any] = FAMILY_RULES(user_id)
        corrections: Key[Any] = CORRECTIONS(user_id)
        found = await self._kv.get_many([rules, corrections])
        return PersonalOrder(found.get(rules) or FamilyRules(), found.get(corrections) or Corrections())

    async def change_rules(self, user_id: str, change: Callable[[FamilyRules], FamilyRules]) -> FamilyRules:
        """Change a person's rules; what `change` raises is passed on, and nothing is changed then."""
        changed = await self._kv.update(FAMILY_RULES(user_id), change, default=FamilyRules())
        await self._library.sort_anew(user_id)
        return changed or FamilyRules()

    async def change_corrections(
        self, user_id: str, change: Callable[[Corrections], Corrections]
    ) -> Corrections:
        """Change a person's corrections; what `change` raises is passed on, and nothing is changed then."""
        changed = await self._kv.update(CORRECTIONS(user_id), change, default=Corrections())
        await self._library.sort_anew(user_id)
        return changed or Corrections()
