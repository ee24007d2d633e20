"""Where operator sessions are kept."""

from datetime import timedelta

from app.admin.models import OPERATOR_SESSION_LIFE, OperatorSession
from app.kv.cached import CachedKV
from app.kv.keyspace import Keyspace

OPERATOR_SESSION = Keyspace(
    "operator-session",
    OperatorSession,
    ttl=OPERATOR_SESSION_LIFE,
    cache_ttl=timedelta(seconds=60),
)


class OperatorSessionsRepository:
    """Operator sessions by the SHA-256 of their id."""

    def __init__(self, kv: CachedKV) -> None:
        self._kv = kv

    async def find(self, key: str) -> OperatorSession | None:
        """Return the session, also one whose end has come."""
        return await self._kv.get(OPERATOR_SESSION(key))

    async def begin(self, key: str, session: OperatorSession, *, replacing: str | None) -> None:
        """Keep a new session in the place of another, later."""
        await self._kv.put_later(OPERATOR_SESSION(key), session)
        if replacing:
            await self._kv.delete_later(OPERATOR_SESSION(replacing))

    async def delete(self, key: str) -> None:
        """End a session at once."""
        await self._kv.delete(OPERATOR_SESSION(key))
