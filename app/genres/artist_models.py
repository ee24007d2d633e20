"""What is kept of artists: what every source said, when, and for how long that is good."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from pydantic import Field

from app.genres.models import Stored
from app.kv.keyspace import FrozenMapping

MUSICBRAINZ = "musicbrainz"
STALE_TTL = timedelta(days=30)
"""For so long after its end an answer is still served while it is asked for again."""


class Tag(NamedTuple):
    """One word a source gives an artist, raw: folding happens on read."""

    name: str
    votes: int
    source: str


class ArtistGenres(NamedTuple):
    """Everything the sources said about one artist; no tags means that they were asked and know none.

    Attributes:
        checked_at: when the latest of them said it.
        asked: when each of them did.
    """

    artist_id: str
    tags: tuple[Tag, ...]
    checked_at: datetime
    asked: tuple[tuple[str, datetime], ...] = ()


class Said(NamedTuple):
    """What one source said of an artist, and until when that need not be asked again.

    Written as a list of four. No tags means that the source was asked and knows none, or that it is one that
    tells no genres.

    Attributes:
        tags: each as its votes and the word, with a space between.
        checked_at: when the source said so, in seconds since 1970, as is `until`.
    """

    source: str
    checked_at: int
    until: int
    tags: tuple[str, ...] = ()


class ArtistRecord(NamedTuple):
    """What is kept of one artist, each part for as long as it is good, and for a while after that.

    Written as a list, and read in a third of the time that an object with names takes: a field may be added
    at the end, with a default. The first five were all there was when MusicBrainz was the only source, and
    are about it still. Times are in seconds since 1970.

    Attributes:
        mbid: the MusicBrainz artist, None where MusicBrainz has no link to it; known until `mbid_until`.
        tags: each as its source, its votes and the word, with a space between; known until `tags_until`.
        others: what the other sources said, one entry a source.
    """

    mbid: str | None = None
    mbid_until: int = 0
    tags: tuple[str, ...] = ()
    checked_at: int = 0
    tags_until: int = 0
    others: tuple[Said, ...] = ()

    @property
    def said(self) -> tuple[Said, ...]:
        """What every source said, MusicBrainz first."""
        if not self.tags_until:
            return self.others
        tags = tuple(tag.partition(" ")[2] for tag in self.tags)
        return (Said(MUSICBRAINZ, self.checked_at, self.tags_until, tags), *self.others)

    @property
    def ends_at(self) -> int:
        """When the last part is not good any more."""
        return max(self.mbid_until, self.tags_until, *(one.until for one in self.others), 0)

    def of(self, source: str) -> Said | None:
        """Return what a source said, good or not."""
        return next((one for one in self.said if one.source == source), None)

    def saying(self, said: Said) -> "ArtistRecord":
        """Return the record with what a source said last."""
        if said.source == MUSICBRAINZ:
            tags = tuple(f"{MUSICBRAINZ} {tag}" for tag in said.tags)
            return self._replace(tags=tags, checked_at=said.checked_at, tags_until=said.until)
        others = tuple(one for one in self.others if one.source != said.source)
        return self._replace(others=(*others, said))

    def plus(self, newer: "ArtistRecord", now: float) -> "ArtistRecord":
        """Return the record with what is known in a newer one.

        That MusicBrainz has no link says nothing against an id that somebody else knows.
        """
        record = self
        if newer.mbid_until and (newer.mbid or not (self.mbid and self.mbid_until > now)):
            record = record._replace(mbid=newer.mbid, mbid_until=newer.mbid_until)
        for said in newer.said:
            record = record.saying(said)
        return record

    def genres(self, artist_id: str) -> ArtistGenres:
        """Return what sources said, also what should be asked again."""
        tags = (
            Tag(word, int(votes), said.source)
            for said in self.said
            for votes, _, word in (tag.partition(" ") for tag in said.tags)
        )
        checked_at = max((said.checked_at for said in self.said), default=0)
        dates = tuple((said.source, datetime.fromtimestamp(said.checked_at, UTC)) for said in self.said)
        return ArtistGenres(artist_id, tuple(tags), datetime.fromtimestamp(checked_at, UTC), dates)


class ArtistShard(Stored):
    """The records of a fixed part of all artists, by Spotify's artist id."""

    artists: FrozenMapping[str, ArtistRecord] = Field(default_factory=dict, validate_default=True)

    @property
    def ends_at(self) -> datetime:
        """When nothing in it is good any more."""
        return datetime.fromtimestamp(max(record.ends_at for record in self.artists.values()), UTC)

    def plus(self, records: Mapping[str, ArtistRecord], now: datetime) -> "ArtistShard":
        """Return the shard with newer records, and without those that are of no use any more."""
        seconds = now.timestamp()
        oldest = seconds - STALE_TTL.total_seconds()
        artists = {one: record for one, record in self.artists.items() if record.ends_at > oldest}
        for artist_id, newer in records.items():
            artists[artist_id] = artists.get(artist_id, ArtistRecord()).plus(newer, seconds)
        return self.model_copy(update={"artists": MappingProxyType(artists)})
