"""The ways an artist's genres are found: which source, who may be asked about, and what an answer allows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol

import structlog

from app.genres.artist_models import MUSICBRAINZ, ArtistRecord, Tag
from app.genres.artist_repository import ArtistRepository
from app.genres.families import Families
from app.genres.sources.protocol import AskedArtist, Finding, GenreSource
from app.upstream.errors import UpstreamError

ISRC = "musicbrainz-isrc"
SPOTIFY = "spotify"

Standing = Literal["good", "stale", "open"]
"""Good: nothing to ask. Stale: answered once, to be asked again behind. Open: never answered."""

log = structlog.get_logger()


class Step(Protocol):
    """One way to find out about artists.

    Attributes:
        name: as in `GENRE_SOURCES`.
        label: as people read it.
        batch: artists of one question at most.
        patience_s: how long a question may stay unfilled while songs are still being read.
    """

    name: str
    label: str
    batch: int
    patience_s: float

    def standing(self, artist: AskedArtist, record: ArtistRecord, now: float) -> Standing:
        """Tell whether there is anything to ask about an artist; `now` is in seconds since 1970."""
        ...

    async def ask(self, artists: Sequence[AskedArtist], kept: ArtistRepository) -> None:
        """Ask about artists and keep what the answers allow.

        Raises:
            UpstreamError: no answer; what came before that is kept.
            KVError: the store does not take what was gathered.
        """
        ...


def with_ids(artists: Iterable[AskedArtist], mbids: dict[str, str]) -> list[AskedArtist]:
    """Return artists with the MusicBrainz ids that are known, without the others."""
    return [AskedArtist(one.id, one.name, mbids[one.id], one.isrcs) for one in artists if one.id in mbids]


async def ask_tags(tags: GenreSource, artists: Sequence[AskedArtist], kept: ArtistRepository) -> None:
    """Ask for the tags of artists with MusicBrainz ids, if there are any."""
    if artists:
        found = await tags.ask(artists)
        await kept.keep({}, _tags(found), source=MUSICBRAINZ)


class SpotifyStep:
    """Spotify's own words, as one person gets them; a new one for every scan, in front of the others.

    What Spotify does not tell it is not asked for again: the first question without an answer, or with one
    without words, is the last of the scan. Nothing waits for it.
    """

    name = SPOTIFY
    label = "Spotify"
    batch = 50
    patience_s = 2.0

    def __init__(self, spotify: GenreSource) -> None:
        self._spotify = spotify
        self._tells = True

    def standing(self, artist: AskedArtist, record: ArtistRecord, now: float) -> Standing:  # noqa: ARG002
        """Tell whether Spotify may have words; what is old is asked for as if it were new."""
        said = record.of(self.name)
        return "good" if not self._tells or (said and said.until > now) else "open"

    async def ask(self, artists: Sequence[AskedArtist], kept: ArtistRepository) -> None:
        """Ask for words."""
        if not self._tells:
            return
        try:
            found = await self._spotify.ask(artists)
        except UpstreamError as error:
            log.warning("genres.source_failed", source=self.name, error=error.code, artists=len(artists))
            found = {}
        self._tells = bool(found)
        await kept.keep({}, _tags(found), source=self.name)


class MusicBrainzStep:
    """From Spotify's addresses to MusicBrainz ids, and at once from those to tags.

    Only this one can say that MusicBrainz has no link to an artist. Ids that Wikidata knows need no address.
    """

    name = MUSICBRAINZ
    label = "MusicBrainz"
    batch = 100
    patience_s = 2.0

    def __init__(self, links: GenreSource, tags: GenreSource) -> None:
        self._links = links
        self._tags = tags

    def standing(self, artist: AskedArtist, record: ArtistRecord, now: float) -> Standing:  # noqa: ARG002
        """Tell whether tags are wanted, or a link."""
        linked = record.mbid_until > now
        if record.tags_until > now or (linked and record.mbid is None):
            return "good"
        return "stale" if record.tags_until or (record.mbid_until and not linked) else "open"

    async def ask(self, artists: Sequence[AskedArtist], kept: ArtistRepository) -> None:
        """Ask for links where there is no id, then for tags."""
        ids = {one.id: one.mbid for one in artists if one.mbid}
        if missing := [one for one in artists if one.id not in ids]:
            links = await self._links.ask(missing)
            await kept.keep({one: finding.mbid for one, finding in links.items()}, source=self.name)
            ids |= {one: finding.mbid for one, finding in links.items() if finding.mbid}
        await ask_tags(self._tags, with_ids(artists, ids), kept)


class WikidataStep:
    """Genres, and MusicBrainz ids for artists to which MusicBrainz has no link itself."""

    name = "wikidata"
    label = "Wikidata"
    batch = 400
    patience_s = 8.0

    def __init__(self, wikidata: GenreSource) -> None:
        self._wikidata = wikidata

    def standing(self, artist: AskedArtist, record: ArtistRecord, now: float) -> Standing:  # noqa: ARG002
        """Tell whether Wikidata has answered."""
        return _standing(record, self.name, now)

    async def ask(self, artists: Sequence[AskedArtist], kept: ArtistRepository) -> None:
        """Ask for genres and ids."""
        found = await self._wikidata.ask(artists)
        mbids = {one: finding.mbid for one, finding in found.items() if finding.mbid}
        await kept.keep(mbids, _tags(found), source=self.name)


class IsrcStep:
    """MusicBrainz ids by recordings, for artists without a link; then their tags."""

    name = ISRC
    label = "MusicBrainz (recordings)"
    batch = 60
    patience_s = 0.0

    def __init__(self, isrcs: GenreSource, tags: GenreSource) -> None:
        self._isrcs = isrcs
        self._tags = tags

    def standing(self, artist: AskedArtist, record: ArtistRecord, now: float) -> Standing:
        """Tell whether there are recordings to look for, of an artist known to have no link."""
        unlinked = record.mbid is None and record.mbid_until > 0
        return _standing(record, self.name, now) if unlinked and artist.isrcs and artist.name else "good"

    async def ask(self, artists: Sequence[AskedArtist], kept: ArtistRepository) -> None:
        """Ask for ids, note who was looked for, and ask for the tags of those found."""
        found = await self._isrcs.ask(artists)
        ids = {one: finding.mbid for one, finding in found.items() if finding.mbid}
        await kept.keep(ids, dict.fromkeys(found, ()), source=self.name)
        await ask_tags(self._tags, with_ids(artists, ids), kept)


class LastFmStep:
    """Tags by name, for artists of whom nobody else knows a genre: others of a name cannot be told apart."""

    name = "lastfm"
    label = "Last.fm"
    batch = 20
    patience_s = 0.0

    def __init__(self, lastfm: GenreSource, families: Families) -> None:
        self._lastfm = lastfm
        self._families = families

    def standing(self, artist: AskedArtist, record: ArtistRecord, now: float) -> Standing:
        """Tell whether Last.fm has answered about an artist without genres."""
        if not artist.name or self._has_genre(artist, record):
            return "good"
        return _standing(record, self.name, now)

    def _has_genre(self, artist: AskedArtist, record: ArtistRecord) -> bool:
        """Tell whether another source knows one; what is noise or unknown leaves an artist without."""
        tags = (tag for said in record.said if said.source != self.name for tag in said.tags)
        return any(self._families.is_genre(tag.partition(" ")[2], artist.name) for tag in tags)

    async def ask(self, artists: Sequence[AskedArtist], kept: ArtistRepository) -> None:
        """Ask for tags."""
        found = await self._lastfm.ask(artists)
        await kept.keep({}, _tags(found), source=self.name)


def _tags(found: Mapping[str, Finding]) -> dict[str, tuple[Tag, ...]]:
    return {one: finding.tags for one, finding in found.items() if finding.tags is not None}


def _standing(record: ArtistRecord, source: str, now: float) -> Standing:
    said = record.of(source)
    if said is None:
        return "open"
    return "good" if said.until > now else "stale"
