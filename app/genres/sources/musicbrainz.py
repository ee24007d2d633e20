"""MusicBrainz: from Spotify's artist ids to its own ids, and from those to tags.

At most 100 ids a request (November 2026): addresses beyond are silently cut, and a `limit` beyond becomes 25.
Ids, addresses and genre names are CC0, tags CC BY-NC-SA 3.0.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import httpx
from pydantic import StringConstraints

from app.genres.artist_models import Tag
from app.genres.sources.musicbrainz_api import SOURCE, Answer, Lenient, MusicBrainzApi
from app.genres.sources.protocol import MBID, AskedArtist, Finding, checked
from app.spotify.models import SPOTIFY_ID

BATCH = 100
"""Ids of one request; the service silently cuts what goes beyond."""

_ARTIST_PAGE = re.compile(r"https?://open\.spotify\.com/(?:[\w-]+/)?artist/([0-9A-Za-z]{22})(?:[/?#].*)?")


class MusicBrainz:
    """Asks MusicBrainz in batches.

    Both methods raise `UnavailableError` when the service does not answer or not usefully, and nothing may
    then be concluded about any artist.
    """

    def __init__(self, api: MusicBrainzApi) -> None:
        self._api = api

    async def find_mbids(self, artist_ids: Sequence[str]) -> dict[str, str | None]:
        """Look up artists by their Spotify ids, at most 100.

        Returns:
            The MusicBrainz id of each, or None where MusicBrainz knows no artist or more than one by that id.
            An id that it could not be asked about is left out.

        Raises:
            ValueError: more than 100 ids.
        """
        wanted = [one for one in dict.fromkeys(checked(artist_ids, BATCH)) if SPOTIFY_ID.fullmatch(one)]
        return await self._find(wanted) if wanted else {}

    async def fetch_tags(self, mbids: Sequence[str]) -> dict[str, tuple[Tag, ...]]:
        """Return the tags of artists, at most 100, as listeners voted for them; no tags is an answer too.

        The search may leave artists out when it runs out of time, so those are asked for once more.

        Raises:
            ValueError: more than 100 ids, or one that is none.
        """
        if odd := [one for one in checked(mbids, BATCH) if not MBID.fullmatch(one)]:
            raise ValueError(f"not MusicBrainz ids: {odd[:3]}")
        found: dict[str, tuple[Tag, ...]] = {}
        for _ in range(2):
            if absent := [one for one in dict.fromkeys(mbids) if one not in found]:
                found |= await self._search(absent)
        return {one: found.get(one, ()) for one in mbids}

    async def _find(self, ids: list[str]) -> dict[str, str | None]:
        # Written out by hand: percent-encoding would make a hundred addresses longer than some servers take.
        resources = "&".join(f"resource=https://open.spotify.com/artist/{one}" for one in ids)
        answer = await self._api.get(f"/url?{resources}&inc=artist-rels&fmt=json")
        if answer.too_long:
            middle = len(ids) // 2
            return {**await self._find(ids[:middle]), **await self._find(ids[middle:])} if middle else {}
        if answer.status == httpx.codes.NOT_FOUND and len(ids) == 1:
            return {ids[0]: None}
        return _read_artists(ids, answer)

    async def _search(self, mbids: list[str]) -> dict[str, tuple[Tag, ...]]:
        query = "%20OR%20".join(mbids)
        answer = await self._api.get(f"/artist?query=arid:({query})&limit={BATCH}&fmt=json")
        artists = answer.read(_ArtistList).artists
        return {artist.id: artist.counted_tags() for artist in artists}


class MusicBrainzLinks:
    """The MusicBrainz artist behind an address of Spotify, as a source of its own.

    A finding without an id means that MusicBrainz has no link, or one to several artists.
    """

    name = SOURCE
    batch = BATCH

    def __init__(self, musicbrainz: MusicBrainz) -> None:
        self._musicbrainz = musicbrainz

    async def ask(self, artists: Sequence[AskedArtist]) -> Mapping[str, Finding]:
        """Return MusicBrainz ids; see `MusicBrainz.find_mbids`."""
        mbids = await self._musicbrainz.find_mbids([artist.id for artist in artists])
        return {artist_id: Finding(mbid=mbid) for artist_id, mbid in mbids.items()}


class MusicBrainzTags:
    """The tags of artists whose MusicBrainz id is known; the others are left out."""

    name = SOURCE
    batch = BATCH

    def __init__(self, musicbrainz: MusicBrainz) -> None:
        self._musicbrainz = musicbrainz

    async def ask(self, artists: Sequence[AskedArtist]) -> Mapping[str, Finding]:
        """Return tags; see `MusicBrainz.fetch_tags`."""
        mbids = {artist.id: artist.mbid for artist in checked(artists, BATCH) if artist.mbid}
        tags = await self._musicbrainz.fetch_tags(tuple(dict.fromkeys(mbids.values()))) if mbids else {}
        return {one: Finding(tags[mbid], mbid) for one, mbid in mbids.items() if mbid in tags}


class _TagEntry(Lenient):
    name: str
    count: int | None = None


class _Artist(Lenient):
    id: Annotated[str, StringConstraints(pattern=MBID)]
    tags: tuple[_TagEntry, ...] | None = None

    def counted_tags(self) -> tuple[Tag, ...]:
        """Return the tags that more people are for than against."""
        return tuple(
            Tag(name=tag.name, votes=tag.count, source=SOURCE)
            for tag in self.tags or ()
            if tag.count and tag.count > 0
        )


class _ArtistList(Lenient):
    artists: tuple[_Artist, ...]


class _Relation(Lenient):
    artist: _Artist | None = None


class _Url(Lenient):
    resource: str
    relations: tuple[_Relation, ...] | None = None


class _UrlList(Lenient):
    urls: tuple[_Url, ...]


def _read_artists(ids: list[str], answer: Answer) -> dict[str, str | None]:
    """Read the answer about several addresses, a list, or about one, the bare object.

    An address that comes without its relations says nothing about its artist and is left out.
    """
    if len(ids) == 1 and "urls" not in answer.body:
        relations = answer.read(_Url).relations
        return {} if relations is None else {ids[0]: _only_artist(relations)}
    related: dict[str, list[_Relation]] = {one: [] for one in ids}
    for url in answer.read(_UrlList).urls:
        page = _ARTIST_PAGE.fullmatch(url.resource)
        if not page or page[1] not in related:
            continue
        if url.relations is None:
            del related[page[1]]
        else:
            related[page[1]] += url.relations
    return {one: _only_artist(relations) for one, relations in related.items()}


def _only_artist(relations: Iterable[_Relation]) -> str | None:
    ids = {relation.artist.id for relation in relations if relation.artist}
    return ids.pop() if len(ids) == 1 else None
