"""Why a song is where it is: every word that counts, with its source and date, and no word that does not."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from app.genres.artist_models import Tag
from app.genres.artist_repository import ArtistRepository
from app.genres.families import Families
from app.genres.folding import Placement
from app.genres.library import Library, Origin, PlacedSong
from app.genres.links import Links
from app.genres.neighbours import Neighbour
from app.genres.personal.corrections import Correction, Corrections
from app.genres.placing import Placer, group_of
from app.genres.provenance import Provenance, Reason
from app.genres.resolver import ArtistResolver
from app.genres.songs import ArtistRef, Song
from app.kv.cached import CachedKV
from tests.fakes import FakeClock
from tests.unit.genres.wire import artist_id, mbid

pytestmark = pytest.mark.anyio

ANNA, BO = ArtistRef(artist_id(1), "Anna"), ArtistRef(artist_id(2), "Bo")
NAMES = {artist_id(1): "Anna", artist_id(2): "Bo"}
LONG_AGO = datetime(2026, 1, 2, tzinfo=UTC)


class Known:
    """What sources have said so far."""

    def __init__(self, kv: CachedKV, clock: FakeClock, families: Families) -> None:
        self.families = families
        self.songs: list[Song] = []
        self.corrections = Corrections()
        self.neighbours: dict[str, tuple[Neighbour, ...]] = {}
        self.repository = ArtistRepository(kv, clock)
        self.resolver = ArtistResolver(self.repository, clock, front=())
        self.provenance = Provenance(self.resolver)

    async def say(self, source: str, artist: ArtistRef, words: dict[str, int]) -> None:
        tags = tuple(Tag(word, votes, source) for word, votes in words.items())
        await self.repository.keep({artist.id or "": mbid("x")}, {artist.id or "": tags}, source=source)

    async def place(self, *artists: ArtistRef) -> PlacedSong:
        song = Song(id="1", name="Song", artists=artists)
        placer = Placer(self.families, self.corrections)
        known = await self.resolver.recall(NAMES)
        placer.learn(known.values(), NAMES)
        placer.infer(self.songs, NAMES)
        self.neighbours = placer.neighbours
        return PlacedSong(song, placer.own_place(song) or placer.place(group_of(song)))

    def correct(self, target: str, *genres: str) -> None:
        said = Correction(genres=genres, label="", made_at=LONG_AGO)
        self.corrections = self.corrections.plus(target, said)

    def library(self, *songs: PlacedSong) -> Library:
        origin = Origin(
            scanned_at=LONG_AGO,
            whole=True,
            waiting=(),
            sources={},
            neighbours=self.neighbours,
            corrections=self.corrections,
        )
        return Library(songs, self.families, origin)


@pytest.fixture
def known(kv: CachedKV, clock: FakeClock, families: Families) -> Known:
    return Known(kv, clock, families)


async def words(
    known: Known, songs: Sequence[PlacedSong], genre: str
) -> list[list[tuple[str | None, str, str, int]]]:
    found = await known.provenance.reasons(known.library(*songs), songs, genre)
    return [[(one.artist, one.source, one.word, one.votes) for one in reasons] for reasons in found]


async def test_every_spelling_of_a_genre_is_a_reason_with_its_source_and_date(
    known: Known, clock: FakeClock
) -> None:
    await known.say("musicbrainz", ANNA, {"hip hop": 9, "Hip-Hop": 4, "jazz": 9})
    first = clock.now()
    await clock.jump(2 * 86_400)
    await known.say("wikidata", ANNA, {"hip-hop music": 1})
    await known.say("wikidata", BO, {"hip hop": 1})
    song = await known.place(ANNA, BO)
    (reasons,) = await known.provenance.reasons(known.library(song), [song], "hip hop")
    assert [(one.artist, one.source, one.word, one.votes, one.asked_at) for one in reasons] == [
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
    why = await known.provenance.explain(known.library(song), song, song.placement.lead or "")
    assert why.first_decides is decides


async def test_what_the_person_said_is_the_reason_and_no_source_is(known: Known) -> None:
    await known.say("musicbrainz", ANNA, {"jazz": 2})
    await known.say("musicbrainz", BO, {"jazz": 3})
    known.correct(f"artist:{ANNA.id}", "jazz", "City-Pop")
    song = await known.place(ANNA, BO)
    mine = Reason("Anna", "you", "jazz", 1, LONG_AGO)
    (reasons,) = await known.provenance.reasons(known.library(song), [song], "jazz")
    assert (reasons[0], reasons[1].artist) == (mine, "Bo")
    assert await words(known, [song], "city pop") == [[("Anna", "you", "City-Pop", 1)]]
    assert not (await known.provenance.explain(known.library(song), song, "jazz")).first_decides


async def test_a_corrected_song_has_one_reason(known: Known) -> None:
    await known.say("musicbrainz", ANNA, {"jazz": 2})
    known.correct("song:1", "jazz")
    assert await words(known, [await known.place(ANNA)], "jazz") == [[(None, "you", "jazz", 1)]]


async def test_what_is_inferred_names_the_neighbours_that_play_it(known: Known) -> None:
    await known.say("musicbrainz", ANNA, {"jazz": 2})
    known.songs = [Song(id=str(n), name=f"Song {n}", artists=(ANNA, BO)) for n in range(3)]
    song = await known.place(BO)
    assert song.inferred
    (reasons,) = await known.provenance.reasons(known.library(song), [song], "jazz")
    assert reasons == (Reason("Bo", "neighbours", "jazz", 3, None, neighbour="Anna"),)


async def test_nothing_is_inferred_where_somebody_speaks_of_another_artist(known: Known) -> None:
    await known.say("musicbrainz", ANNA, {"jazz": 2})
    known.songs = [Song(id=str(n), name=f"Song {n}", artists=(ANNA, BO)) for n in range(3)]
    song = await known.place(BO, ANNA)
    assert not song.inferred
    assert await words(known, [song], "jazz") == [[("Anna", "musicbrainz", "jazz", 2)]]


def test_artists_have_pages_at_sources_that_know_them_exactly_or_want_the_link() -> None:
    links = Links("https://open.test")
    known = mbid(artist_id(1))
    assert links.at_source("musicbrainz", name="A/B", mbid=known) == f"https://musicbrainz.org/artist/{known}"
    assert links.at_source("lastfm", name="A/B & C", mbid=None) == "https://www.last.fm/music/A%2FB+%26+C"
    assert links.at_source("musicbrainz", name="A", mbid="../x") is None
    assert links.at_source("wikidata", name="A", mbid=known) is None
    made_up = Links("https://open.test", at_sources=False)
    assert made_up.at_source("lastfm", name="A", mbid=None) is None
