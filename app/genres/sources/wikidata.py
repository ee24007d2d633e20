"""Wikidata: genres and MusicBrainz ids by Spotify's artist ids, hundreds in one SPARQL query.

Facts about the query service, from its user manual ("Query limits") as of November 2026: a query may run for
60 seconds, a client (address and User-Agent) has 60 seconds of running time a minute and 30 failed queries,
429 comes with Retry-After, and whoever goes on all the same is banned for a day. A User-Agent without a
contact gets 403. A query that runs out of time after its answer has begun ends as HTTP 200 whose JSON breaks
off with a Java exception (osm-search/wikipedia-wikidata issue 4, 2021). Since 2025 a name that is the same in
all languages stands under the language code `mul` alone, and no longer under `en`. Everything is CC0.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.genres.artist_models import Tag
from app.genres.sources.caller import Caller
from app.genres.sources.protocol import MBID, AskedArtist, Finding, checked, once_each
from app.spotify.models import SPOTIFY_ID
from app.upstream.errors import UnavailableError, UpstreamError

BATCH = 400
SMALLEST_BATCH = 25
"""A query for so few is not made smaller: it fails for another reason."""
TRIES = 3
PAUSE_S = 8.0
TIMEOUT = httpx.Timeout(10.0, read=65.0)
"""Longer than a query may run, so that the service is the first to give up, and says so."""
SOURCE = "wikidata"
LANGUAGES = ("en", "mul")
"""The first in which a genre has a name is the one that is taken."""

OTHER_WITHOUT_MUSIC = frozenset(
    f"{word} music"
    for word in (
        *("background", "beach", "beautiful", "cartoon", "chip", "computer"),
        *("early", "electronic dance", "elevator", "film", "improvised", "incidental", "library"),
        *("light", "military", "mobb", "mood", "production", "space", "tape", "television", "trailer"),
        *("video game", "videogame"),
    )
)
"""Genres that their name without "music" does not name."""

# P1902 is the Spotify artist id, P136 the genre, P434 the MusicBrainz artist id. `wdt:` leaves out statements
# that Wikidata takes back. Names come from rdfs:label, because the label service slows a query down.
QUERY = """SELECT ?spotifyId ?item ?genre ?genreLabel ?mbid WHERE {{
  VALUES ?spotifyId {{ {ids} }}
  ?item wdt:P1902 ?spotifyId .
  OPTIONAL {{ ?item wdt:P434 ?mbid . }}
  OPTIONAL {{
    ?item wdt:P136 ?genre .
    ?genre rdfs:label ?genreLabel .
    FILTER(LANG(?genreLabel) IN ({languages}))
  }}
}}"""


class Wikidata:
    """Asks Wikidata about up to 400 artists at once.

    An artist is found where exactly one item has the Spotify id; an id on two items says nothing of use, as
    does an id on none: no tags. A query that takes the service too long is asked again in halves; what was
    answered before a failure is returned, and the artists of the rest are left out.
    """

    name = SOURCE
    batch = BATCH

    def __init__(self, caller: Caller, *, url: str) -> None:
        self._caller = caller
        self._url = url

    async def ask(self, artists: Sequence[AskedArtist]) -> Mapping[str, Finding]:
        """Return genres, each with one vote, and the MusicBrainz id where an item has exactly one.

        Raises:
            UnavailableError: no usable answer about anybody.
            ValueError: more than 400 artists.
        """
        ids = [one.id for one in checked(artists, self.batch) if SPOTIFY_ID.fullmatch(one.id)]
        if not ids:
            return {}
        async with self._caller.question():
            return await self._find(list(dict.fromkeys(ids)))

    async def _find(self, ids: list[str]) -> dict[str, Finding]:
        rows = await self._query(ids)
        if rows is not None:
            return _findings(ids, rows)
        middle = len(ids) // 2
        found = await self._find(ids[:middle])
        try:
            return found | await self._find(ids[middle:])
        except UpstreamError:
            return found

    async def _query(self, ids: Sequence[str]) -> "tuple[_Row, ...] | None":
        """Return the rows of an answer, or None when the service needs too long for so many ids.

        A query is sent as a form: an address would be too long.
        """
        values = " ".join(f'"{one}"' for one in ids)
        languages = ", ".join(f'"{one}"' for one in LANGUAGES)
        form = {"query": QUERY.format(ids=values, languages=languages)}
        headers = {"Accept": "application/sparql-results+json"}
        for _ in range(TRIES):
            response = await self._caller.send("POST", self._url, data=form, headers=headers, timeout=TIMEOUT)
            if response is not None:
                await self._check(response)
                if (rows := _read(response)) is not None:
                    return rows
                if _took_too_long(response) and len(ids) > SMALLEST_BATCH:
                    return None
            self._caller.hold_off(response, longest_s=PAUSE_S)
        raise UnavailableError("Wikidata does not answer right now. Genres already found are kept.")

    async def _check(self, response: httpx.Response) -> None:
        """Raise what asking again at once cannot help."""
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            await self._caller.stop(response)
        if response.status_code == httpx.codes.FORBIDDEN:
            raise UnavailableError("Wikidata refuses this app. Its operator should set CONTACT.")
        if response.status_code == httpx.codes.BAD_REQUEST:
            raise UnavailableError("Wikidata does not understand what it is asked.")


class _Lenient(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Term(_Lenient):
    value: str
    language: str = Field(default="", validation_alias="xml:lang")


class _Row(_Lenient):
    """One solution; a genre without a name in our languages comes as none."""

    spotify_id: _Term = Field(validation_alias="spotifyId")
    item: _Term
    genre: _Term | None = None
    label: _Term | None = Field(default=None, validation_alias="genreLabel")
    mbid: _Term | None = None


class _Results(_Lenient):
    bindings: tuple[_Row, ...]


class _Body(_Lenient):
    results: _Results


@dataclass(slots=True)
class _Item:
    """What an item says, put together from its rows: every genre comes once with every MusicBrainz id.

    Attributes:
        labels: names of its genres by genre, then by language.
    """

    labels: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    mbids: set[str] = field(default_factory=set)

    def add(self, row: _Row) -> None:
        if row.mbid and MBID.fullmatch(row.mbid.value):
            self.mbids.add(row.mbid.value)
        if row.genre and row.label:
            self.labels[row.genre.value][row.label.language] = row.label.value

    def finding(self) -> Finding:
        names = sorted(filter(None, map(_name, self.labels.values())))
        return Finding(
            tags=once_each(Tag(name, 1, SOURCE) for name in names),
            mbid=next(iter(self.mbids)) if len(self.mbids) == 1 else None,
        )


def _findings(ids: Iterable[str], rows: Iterable[_Row]) -> dict[str, Finding]:
    items: defaultdict[str, defaultdict[str, _Item]] = defaultdict(lambda: defaultdict(_Item))
    for row in rows:
        items[row.spotify_id.value][row.item.value].add(row)
    found: dict[str, Finding] = {}
    for one in ids:
        known = list(items[one].values())
        found[one] = known[0].finding() if len(known) == 1 else Finding(tags=())
    return found


def _name(labels: Mapping[str, str]) -> str:
    """Return a genre's name as listeners say it: "house music" is house."""
    label = next((labels[one] for one in LANGUAGES if one in labels), "").strip()
    if label.casefold() in OTHER_WITHOUT_MUSIC:
        return label
    return label[: -len(" music")].strip() if label.casefold().endswith(" music") else label


def _read(response: httpx.Response) -> tuple[_Row, ...] | None:
    """Return the rows, or None when the answer is none, or not whole."""
    if response.status_code != httpx.codes.OK:
        return None
    try:
        return _Body.model_validate_json(response.content).results.bindings
    except ValidationError:
        return None


def _took_too_long(response: httpx.Response) -> bool:
    """Whether the query ran out of time: said so, at a proxy, or in the middle of its answer."""
    too_long = {httpx.codes.OK, httpx.codes.GATEWAY_TIMEOUT, httpx.codes.REQUEST_ENTITY_TOO_LARGE}
    return response.status_code in too_long or "TimeoutException" in response.text
