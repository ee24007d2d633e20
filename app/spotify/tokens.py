"""Where the client gets its access tokens from."""

from collections.abc import Hashable
from typing import Protocol


class TokenSource(Hashable, Protocol):
    """Gives access tokens of one person and renews them.

    Sources that are equal are one person's, who has one turn at the gate however many there are.
    """

    async def access_token(self, *, rejected: str | None = None) -> str:
        """Return a token that should work now.

        Args:
            rejected: a token that Spotify has just answered with 401; a fresh one is wanted instead.

        Raises:
            NeedsReconnectError: the person has to connect again.
        """
        ...
