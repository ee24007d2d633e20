"""MusicBrainz's two steps in the form that all sources have."""

import pytest
import respx

from app.genres.artist_models import Tag
from app.genres.sources.musicbrainz import MusicBrainz, MusicBrainzLinks, MusicBrainzTags
from app.genres.sources.protocol import AskedArtist, Finding, GenreSource
from tests.fakes import FakeClock
from tests.unit.genres.sources.mb_answers import artist, artists, in_time, mbid, url, urls

pytestmark = pytest.mark.anyio


async def test_links_name_the_artist_and_no_genres(source: MusicBrainz, api: respx.Router) -> None:
    api.get("/url").mock(return_value=urls(url(1, mbid(1))))
    links: GenreSource = MusicBrainzLinks(source)
    found = await links.ask([AskedArtist(artist(1)), AskedArtist(artist(2)), AskedArtist("odd")])
    assert found == {artist(1): Finding(mbid=mbid(1)), artist(2): Finding()}


async def test_tags_are_those_of_artists_whose_id_is_known(
    source: MusicBrainz, api: respx.Router, clock: FakeClock
) -> None:
    api.get("/artist").mock(return_value=artists(a1=[("dub", 3)]))
    tags: GenreSource = MusicBrainzTags(source)
    asked = [AskedArtist(artist(n), mbid=known) for n, known in enumerate((mbid(1), mbid(1), mbid(3), None))]
    dub = Finding((Tag("dub", 3, "musicbrainz"),), mbid(1))
    found = await in_time(clock, tags.ask(asked))
    assert found == {artist(0): dub, artist(1): dub, artist(2): Finding((), mbid(3))}


async def test_without_any_id_nothing_is_asked(source: MusicBrainz, api: respx.Router) -> None:
    assert await MusicBrainzTags(source).ask([AskedArtist(artist(1))]) == {}
    assert not api.calls


async def test_more_than_a_hundred_are_too_many(source: MusicBrainz, api: respx.Router) -> None:
    many = [AskedArtist(artist(number)) for number in range(101)]
    for step in (MusicBrainzLinks(source), MusicBrainzTags(source)):
        with pytest.raises(ValueError, match="101"):
            await step.ask(many)
    assert not api.calls
