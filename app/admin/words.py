"""Words that genre sources gave and that nobody has placed yet, for whoever looks after families.toml."""

import asyncio
from collections import Counter

from app.admin.words_schemas import UnknownWordOut, UnknownWordsOut
from app.genres.artist_repository import ArtistRepository
from app.genres.families import Families
from app.genres.unknown_words import unknown_words

MOST_WORDS = 500


class UnknownWordsService:
    """Looks through all artists that are known, when somebody asks.

    Artists' names are not kept with what sources said of them, so an artist's own name among its tags counts
    as a word too. Those stand for one artist alone, and such words are not listed.
    """

    def __init__(self, artists: ArtistRepository, families: Families) -> None:
        self._artists = artists
        self._families = families
        self._counting = asyncio.Lock()

    async def count(self) -> UnknownWordsOut:
        """Return the words said of most artists; one look at a time.

        Raises:
            KVError: the store does not answer.
        """
        async with self._counting:
            words: Counter[str] = Counter()
            artists = 0
            async for known in self._artists.read_all():
                words.update(unknown_words(known, {}, self._families))
                artists += len(known)
                await asyncio.sleep(0)  # others get their turn
        several = {word: count for word, count in words.items() if count > 1}
        listed = sorted(several.items(), key=lambda word: (-word[1], word[0]))[:MOST_WORDS]
        return UnknownWordsOut(
            artists=artists,
            total=len(words),
            once=len(words) - len(several),
            words=tuple(UnknownWordOut(word=word, artists=count) for word, count in listed),
        )
