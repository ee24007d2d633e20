"""Where rules and corrections are kept: until they are undone or the account is deleted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from app.genres.personal.corrections import Corrections
from app.genres.personal.order import PersonalOrder
from app.genres.personal.rules import FamilyRules
from app.genres.repository import LibraryRepository
from app.kv.cached import CachedKV
from app.kv.keyspace import AtBound, Key, Keyspace, Owner

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

    They are read when a library is sorted, not whenever one is looked at: most people have none, and asking
    the store for what is not there costs as much as for what is. So every change says in the library's index
    that the library has to be sorted anew.
    """

    def __init__(self, kv: CachedKV, library: LibraryRepository) -> None:
        self._kv = kv
        self._library = library

    async def find(self, user_id: str) -> PersonalOrder:
        """Return what a person said, in one store call."""
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
