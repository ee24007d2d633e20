"""Why a song is where it is: every word that counts, with its source and date, and no word that does not."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from app.genres.artist_models import Tag
from app.genres.artist_repository import ArtistRepository
from app.genres.families import Families
from app.genres.folding import Placement
from app.genres.library import PlacedSong
from app.genres.links import Links
from app.genres.placing import Placer, group_of
from app.genres.provenance import Provenance
from app.genres.resolver import ArtistResolver
from app.genres.songs import ArtistRef, Song
from app.kv.cached import CachedKV
from tests.fakes import FakeClock
from tests.unit.genres.wire import artist_id, mbid

pytestmark = pytest.mark.anyio

ANNA, BO = ArtistRef(artist_id(1), "Anna"), ArtistRef(artist_id(2), "Bo")


class Known:
    """What sources have said so far."""

    def __init__(self, kv: CachedKV, clock: FakeClock, families: Families) -> None:
        self.families = families
        self.repository = ArtistRepository(kv, clock)
        self.resolver = ArtistResolver(self.repository, clock, front=())
        self.provenance = Provenance(self.resolver)

    async def say(self, source: str, artist: ArtistRef, words: dict[str, int]) -> None:
        tags = tuple(Tag(word, votes, source) for word, votes in words.items())
        await self.repository.keep({artist.id or "": mbid("x")}, {artist.id or "": tags}, source=source)

    async def place(self, *artists: ArtistRef) -> PlacedSong:
        song = Song(id="1", name="Song", artists=artists)
        placer = Placer(self.families)
        known = await self.resolver.recall([one.id for one in artists if one.id])
        placer.learn(known.values(), {one.id: one.name for one in artists if one.id})
        return PlacedSong(song, placer.place(group_of(song)))


@pytest.fixture
def known(kv: CachedKV, clock: FakeClock, families: Families) -> Known:
    return Known(kv, clock, families)


async def words(
    known: Known, songs: Sequence[PlacedSong], genre: str
) -> list[list[tuple[str, str, str, int]]]:
    found = await known.provenance.reasons(songs, genre, known.families)
    return [[(one.artist.name, one.source, one.word, one.votes) for one in reasons] for reasons in found]


async def test_every_spelling_of_a_genre_is_a_reason_with_its_source_and_date(
    known: Known, clock: FakeClock
) -> None:
    await known.say("musicbrainz", ANNA, {"hip hop": 9, "Hip-Hop": 4, "jazz": 9})
    first = clock.now()
    await clock.jump(2 * 86_400)
    await known.say("wikidata", ANNA, {"hip-hop music": 1})
    await known.say("wikidata", BO, {"hip hop": 1})
    song = await known.place(ANNA, BO)
    (reasons,) = await known.provenance.reasons([song], "hip hop", known.families)
    assert [(one.artist.name, one.source, one.word, one.votes, one.asked_at) for one in reasons] == [
        ("Anna", "musicbrainz", "hip hop", 9, first),
        ("Anna", "musicbrainz", "Hip-Hop", 4, first),
        ("Anna", "wikidata", "hip-hop music", 1, first + timedelta(days=2)),
        ("Bo", "wikidata", "hip hop", 1, first + timedelta(days=2)),
    ]
    assert reasons[0].mbid == mbid("x")


async def test_what_was_too_faint_to_count_is_no_reason(known: Known) -> None:
    await known.say("musicbrainz", ANNA, {"jazz": 20, "bebop": 2})
    await known.say("musicbrainz", BO, {"bebop": 5})
    assert await words(known, [await known.place(ANNA, BO)], "bebop") == [[("Bo", "musicbrainz", "bebop", 5)]]


async def test_songs_are_explained_together_and_strangers_are_not(known: Known) -> None:
    await known.say("musicbrainz", ANNA, {"jazz": 2})
    local = PlacedSong(Song(id=None, name="Tape", artists=(ArtistRef(None, "Me"),)), Placement())
    songs = [await known.place(ANNA), local, await known.place(BO, ANNA)]
    reason = ("Anna", "musicbrainz", "jazz", 2)
    assert await words(known, songs, "jazz") == [[reason], [], [reason]]


@pytest.mark.parametrize(("votes", "decides"), [(3, True), (1, False), (200, False)])
async def test_the_first_artist_is_named_only_where_counting_double_decides(
    known: Known, votes: int, *, decides: bool
) -> None:
    await known.say("musicbrainz", ANNA, {"jazz": 2})
    await known.say("musicbrainz", BO, {"rock": votes})
    song = await known.place(ANNA, BO)
    why = await known.provenance.explain(song, song.placement.lead or "", known.families)
    assert why.first_decides is decides


def test_artists_have_pages_at_sources_that_know_them_exactly_or_want_the_link() -> None:
    links = Links("https://open.test")
    known = mbid(artist_id(1))
    assert links.at_source("musicbrainz", name="A/B", mbid=known) == f"https://musicbrainz.org/artist/{known}"
    assert links.at_source("lastfm", name="A/B & C", mbid=None) == "https://www.last.fm/music/A%2FB+%26+C"
    assert links.at_source("musicbrainz", name="A", mbid="../x") is None
    assert links.at_source("wikidata", name="A", mbid=known) is None
    made_up = Links("https://open.test", at_sources=False)
    assert made_up.at_source("lastfm", name="A", mbid=None) is None
