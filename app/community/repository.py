"""Where the board is kept."""

from collections.abc import Callable
from datetime import timedelta

from app.community.models import Board
from app.kv.cached import CachedKV
from app.kv.errors import WithdrawnError
from app.kv.keyspace import AtBound, Keyspace, Owner, Shared

BOARD = Keyspace(
    "board",
    Board,
    owner=Owner.SHARED,
    shared=Shared(without=Board.without, only=Board.only, users=lambda board: board.user_ids),
    cache_ttl=timedelta(seconds=60),
    at_bound=AtBound.MERGE,
    stale_if_down=True,
)

Changed = Callable[[Board], Board]


class BoardRepository:
    """The one board."""

    def __init__(self, kv: CachedKV) -> None:
        self._kv = kv

    async def get(self) -> Board:
        """Return the board.

        An empty one is kept too: every page asks, and the store would be asked for what is not there.
        """
        return await self._kv.get(BOARD("all")) or await self._change(Board.model_copy, later=True)

    async def change(self, user_id: str, change: Changed, *, later: bool = False) -> None:
        """Change what stands on the board of a person who is on it or joins.

        Raises:
            WithdrawnError: they have disconnected, or deleted their account.
        """

        def changed(board: Board) -> Board:
            if self._kv.is_retired(user_id, BOARD):
                raise WithdrawnError("Connect to Spotify first; the boards are of what came from there.")
            return change(board)

        await self._change(changed, later=later)

    async def remove(self, user_id: str) -> None:
        """Take a person and what they made off the board, at once."""
        await self._change(lambda board: board.without(user_id))

    async def _change(self, change: Changed, *, later: bool = False) -> Board:
        empty = Board()
        return await self._kv.update(BOARD("all"), change, default=empty, later=later) or empty
