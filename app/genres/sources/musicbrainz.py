"""MusicBrainz: from Spotify's artist ids to its own ids, and from those to tags.

Facts about the service are of November 2026: one request in flight and one a second per address, a
User-Agent with a contact (else 403), at most 100 ids a request.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import httpx
import structlog
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from app.clock import Clock
from app.genres.models import Tag
from app.spotify.models import SPOTIFY_ID
from app.upstream.errors import RateLimitedError, UnavailableError
from app.upstream.gate import Gate
from app.upstream.retry import backoff_s, retry_after_s

BATCH = 100
"""Ids of one request; the service silently cuts what goes beyond."""
SOURCE = "musicbrainz"
TRIES = 5
"""About a quarter of proper requests are answered "busy"."""
BUSY_S = 2.0
TOO_FAST_S = 10.0

_MBID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_ARTIST_PAGE = re.compile(r"https?://open\.spotify\.com/(?:[\w-]+/)?artist/([0-9A-Za-z]{22})(?:[/?#].*)?")
_TOO_LONG = frozenset({httpx.codes.BAD_REQUEST, httpx.codes.REQUEST_URI_TOO_LONG})
_ANSWERS = frozenset({httpx.codes.OK, httpx.codes.NOT_FOUND})

M = TypeVar("M", bound=BaseModel)

log = structlog.get_logger()


class MusicBrainz:
    """Asks MusicBrainz in batches.

    Both methods raise `UnavailableError` when the service does not answer or not usefully, and nothing may
    then be concluded about any artist.
    """

    def __init__(self, http: httpx.AsyncClient, gate: Gate, *, base_url: str, clock: Clock) -> None:
        if gate.max_in_flight != 1:
            raise ValueError("MusicBrainz allows one request in flight")
        self._http = http
        self._gate = gate
        self._base_url = base_url.rstrip("/") + "/ws/2"
        self._clock = clock

    async def find_mbids(self, artist_ids: Sequence[str]) -> dict[str, str | None]:
        """Look up artists by their Spotify ids, at most 100.

        Returns:
            The MusicBrainz id of each, or None where MusicBrainz knows no artist or more than one by that id.
            An id that it could not be asked about is left out.

        Raises:
            ValueError: more than 100 ids.
        """
        _check_size(artist_ids)
        wanted = [one for one in dict.fromkeys(artist_ids) if SPOTIFY_ID.fullmatch(one)]
        return await self._find(wanted) if wanted else {}

    async def fetch_tags(self, mbids: Sequence[str]) -> dict[str, tuple[Tag, ...]]:
        """Return the tags of artists, at most 100, as listeners voted for them; no tags is an answer too.

        The search may leave artists out when it runs out of time, so those are asked for once more.

        Raises:
            ValueError: more than 100 ids, or one that is none.
        """
        _check_size(mbids)
        if odd := [one for one in mbids if not _MBID.fullmatch(one)]:
            raise ValueError(f"not MusicBrainz ids: {odd[:3]}")
        found: dict[str, tuple[Tag, ...]] = {}
        for _ in range(2):
            if absent := [one for one in dict.fromkeys(mbids) if one not in found]:
                found |= await self._search(absent)
        return {one: found.get(one, ()) for one in mbids}

    async def _find(self, ids: list[str]) -> dict[str, str | None]:
        # Written out by hand: percent-encoding would make a hundred addresses longer than some servers take.
        resources = "&".join(f"resource=https://open.spotify.com/artist/{one}" for one in ids)
        answer = await self._get(f"/url?{resources}&inc=artist-rels&fmt=json")
        if answer.too_long:
            middle = len(ids) // 2
            return {**await self._find(ids[:middle]), **await self._find(ids[middle:])} if middle else {}
        if answer.status == httpx.codes.NOT_FOUND and len(ids) == 1:
            return {ids[0]: None}
        return _read_artists(ids, answer.body)

    async def _search(self, mbids: list[str]) -> dict[str, tuple[Tag, ...]]:
        query = "%20OR%20".join(mbids)
        answer = await self._get(f"/artist?query=arid:({query})&limit={BATCH}&fmt=json")
        artists = _read(_ArtistList, answer.body).artists
        return {artist.id: artist.counted_tags() for artist in artists}

    async def _get(self, path: str) -> "_Answer":
        for _ in range(TRIES):
            response = await self._attempt(path)
            if response is not None and (answer := _conclusive(response)):
                return answer
            self._hold_off(response)
        raise UnavailableError("MusicBrainz does not answer right now. Genres already found are kept.")

    async def _attempt(self, path: str) -> httpx.Response | None:
        try:
            async with self._gate.slot():
                response = await self._http.get(self._base_url + path)
        except httpx.RequestError as error:
            log.info("musicbrainz.unreachable", error=type(error).__name__)
            return None
        except RateLimitedError as error:
            raise UnavailableError(error.detail, retry_after=error.retry_after) from error
        if response.status_code == httpx.codes.FORBIDDEN:
            raise UnavailableError("MusicBrainz refuses this app. Its operator should set CONTACT.")
        return response

    def _hold_off(self, response: httpx.Response | None) -> None:
        """Hold the gate for everybody: after "busy" 1-2 s, after "exceeding the allowable rate" 5-10 s."""
        longest_s, asked_s = BUSY_S, 0.0
        if response is not None:
            log.info("musicbrainz.refused", status=response.status_code)
            too_fast = response.status_code == httpx.codes.TOO_MANY_REQUESTS or "exceeding" in response.text
            longest_s = TOO_FAST_S if too_fast else BUSY_S
            asked_s = retry_after_s(response.headers.get("Retry-After"), now=self._clock.now()) or 0.0
        wait_s = backoff_s(1, base_s=longest_s, cap_s=longest_s)
        self._gate.pause(max(wait_s, min(asked_s, 3 * TOO_FAST_S)))


@dataclass(frozen=True)
class _Answer:
    """An answer from which something follows."""

    status: int
    body: dict[str, Any]

    @property
    def too_long(self) -> bool:
        return self.status in _TOO_LONG


class _Lenient(BaseModel):
    model_config = ConfigDict(frozen=True)


class _TagEntry(_Lenient):
    name: str
    count: int | None = None


class _Artist(_Lenient):
    id: Annotated[str, StringConstraints(pattern=_MBID)]
    tags: tuple[_TagEntry, ...] | None = None

    def counted_tags(self) -> tuple[Tag, ...]:
        """Return the tags that more people are for than against."""
        return tuple(
            Tag(name=tag.name, votes=tag.count, source=SOURCE)
            for tag in self.tags or ()
            if tag.count and tag.count > 0
        )


class _ArtistList(_Lenient):
    artists: tuple[_Artist, ...]


class _Relation(_Lenient):
    artist: _Artist | None = None


class _Url(_Lenient):
    resource: str
    relations: tuple[_Relation, ...] | None = None


class _UrlList(_Lenient):
    urls: tuple[_Url, ...]


def _check_size(ids: Sequence[str]) -> None:
    if len(ids) > BATCH:
        raise ValueError(f"{len(ids)} ids in one request; it takes {BATCH}")


def _conclusive(response: httpx.Response) -> _Answer | None:
    if response.status_code in _TOO_LONG:
        return _Answer(response.status_code, {})
    try:
        body = response.json() if response.status_code in _ANSWERS else None
    except ValueError:
        return None
    return _Answer(response.status_code, body) if isinstance(body, dict) else None


def _read_artists(ids: list[str], body: dict[str, Any]) -> dict[str, str | None]:
    """Read the answer about several addresses, a list, or about one, the bare object.

    An address that comes without its relations says nothing about its artist and is left out.
    """
    if len(ids) == 1 and "urls" not in body:
        relations = _read(_Url, body).relations
        return {} if relations is None else {ids[0]: _only_artist(relations)}
    related: dict[str, list[_Relation]] = {one: [] for one in ids}
    for url in _read(_UrlList, body).urls:
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


def _read(model: type[M], body: dict[str, Any]) -> M:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise UnavailableError("MusicBrainz gave an answer that could not be understood.") from error
