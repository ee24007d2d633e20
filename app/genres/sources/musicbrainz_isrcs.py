"""MusicBrainz by recordings: for artists whose Spotify address nobody has entered there.

One search takes the ISRCs of sixty artists. A code is on several recordings at times, and a `limit` over 100
falls back to 25: so sixty codes are asked for at once, and a hundred recordings wanted (November 2026).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, zip_longest

from pydantic import Field

from app.genres.sources.musicbrainz_api import SOURCE, Lenient, MusicBrainzApi
from app.genres.sources.protocol import MBID, AskedArtist, Finding, checked
from app.genres.spelling import key_of

BATCH = 60
"""Artists of one question, and codes of one request."""
MOST_RECORDINGS = 100

_ISRC = re.compile(r"^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$")


class MusicBrainzIsrcs:
    """Finds MusicBrainz ids by recordings and names.

    An artist is found where a recording with one of the codes is credited to somebody of the same name, but
    for case, accents and punctuation, or with it among the other names, and where that is one person or group
    alone. Tags are asked for afterwards, with the id.

    Artists without a code or a name are left out. Where MusicBrainz has more recordings than an answer holds,
    those not found are asked for once more, and left out after that.
    """

    name = SOURCE
    batch = BATCH

    def __init__(self, api: MusicBrainzApi) -> None:
        self._api = api

    async def ask(self, artists: Sequence[AskedArtist]) -> Mapping[str, Finding]:
        """Return MusicBrainz ids; a finding without one says nothing of links by address.

        Raises:
            UnavailableError: no usable answer about anybody.
            ValueError: more than 60 artists.
        """
        wanted = _wanted(checked(artists, self.batch))
        found: dict[str, Finding] = {}
        for _ in range(2):
            absent = {one: codes for one, codes in wanted.items() if one.id not in found}
            if not absent:
                break
            answer = await self._search(absent.values())
            found |= {one.id: Finding(mbid=mbid) for one in absent if (mbid := answer.find(one, wanted[one]))}
            if answer.is_whole:
                return {one.id: found.get(one.id, Finding()) for one in wanted}
        return found

    async def _search(self, codes: Iterable[Sequence[str]]) -> "_Recordings":
        """Ask for the first code of everybody, then for the second ones, as long as there is room."""
        in_turn = filter(None, chain.from_iterable(zip_longest(*codes)))
        query = "%20OR%20".join(list(dict.fromkeys(in_turn))[:BATCH])
        path = f"/recording?query=isrc:({query})&limit={MOST_RECORDINGS}&fmt=json"
        return (await self._api.get(path)).read(_Recordings)


class _Alias(Lenient):
    name: str = ""


class _Artist(Lenient):
    id: str
    name: str = ""
    aliases: tuple[_Alias, ...] | None = None


class _Credit(Lenient):
    """A name on a recording; the search leaves `name` out where it is the artist's own."""

    name: str | None = None
    artist: _Artist

    def names(self) -> set[str]:
        aliases = (alias.name for alias in self.artist.aliases or ())
        return {key_of(name) for name in (self.name or "", self.artist.name, *aliases)}


class _Recording(Lenient):
    isrcs: tuple[str, ...] | None = None
    credits: tuple[_Credit, ...] = Field(default=(), validation_alias="artist-credit")


class _Recordings(Lenient):
    count: int
    recordings: tuple[_Recording, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing that was found is missing."""
        return len(self.recordings) >= self.count

    def find(self, artist: AskedArtist, codes: Sequence[str]) -> str | None:
        """Return the one MusicBrainz id that goes with a name on recordings with these codes."""
        name = key_of(artist.name)
        found = {
            credit.artist.id
            for recording in self.recordings
            if not set(codes).isdisjoint(recording.isrcs or ())
            for credit in recording.credits
            if name in credit.names() and MBID.fullmatch(credit.artist.id)
        }
        return found.pop() if len(found) == 1 else None


def _wanted(artists: Iterable[AskedArtist]) -> dict[AskedArtist, list[str]]:
    codes = {one: [_code(isrc) for isrc in one.isrcs] for one in artists if key_of(one.name)}
    sound = {one: list(filter(_ISRC.fullmatch, those)) for one, those in codes.items()}
    return {one: those for one, those in sound.items() if those}


def _code(isrc: str) -> str:
    return isrc.replace("-", "").strip().upper()
