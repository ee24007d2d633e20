"""The words that nobody has placed yet, of all artists that are known."""

import pytest

from app.admin.words import MOST_WORDS, UnknownWordsService
from app.genres.artist_models import Tag
from app.genres.artist_repository import SHARDS, SHARDS_AT_ONCE, ArtistRepository
from app.genres.families import Families
from app.kv.cached import CachedKV
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio

FAMILIES = Families.load()


async def kept(kv: CachedKV, clock: FakeClock, said: dict[str, tuple[str, ...]]) -> ArtistRepository:
    artists = ArtistRepository(kv, clock)
    tags = {one: tuple(Tag(word, 1, "wikidata") for word in words) for one, words in said.items()}
    await artists.keep({}, tags, source="wikidata")
    await artists.close()
    return artists


async def test_words_come_by_how_many_artists_they_were_said_of(kv: CachedKV, clock: FakeClock) -> None:
    said = {f"artist{n}": ("jazz", "swedish", "seen live", "Zorble") for n in range(40)}
    artists = await kept(kv, clock, said | {"a": ("flarn", "zorble"), "b": ("flarn", "The B", "zorble")})
    found = await UnknownWordsService(artists, FAMILIES).count()
    assert (found.artists, found.total, found.once) == (42, 3, 1)
    assert [(one.word, one.artists) for one in found.words] == [("zorble", 42), ("flarn", 2)]


async def test_the_list_and_the_store_calls_are_bounded(kv: CachedKV, clock: FakeClock) -> None:
    artists = await kept(kv, clock, {f"artist{n}": (f"zorble{n // 2}x",) for n in range(2 * MOST_WORDS + 18)})
    before = kv.snapshot().calls
    found = await UnknownWordsService(artists, FAMILIES).count()
    assert (found.total, len(found.words)) == (MOST_WORDS + 9, MOST_WORDS)
    assert kv.snapshot().calls - before <= SHARDS // SHARDS_AT_ONCE
