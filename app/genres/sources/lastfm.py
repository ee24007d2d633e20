"""Last.fm: what listeners tag artists with, asked one artist at a time, by name.

Facts are those of Last.fm's API pages and of lastfm-docs.github.io as of November 2026. Errors come as HTTP
200 too, with `error` and `message` in place of an answer; so do artists without tags. An artist that is not
there is error 6, which is also the error for a request that lacks something: the message tells. Counts go to
100 for the first tag. A list of one comes as the bare object. Pages that show tags have to link to Last.fm.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import httpx
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from app.genres.artist_models import Tag
from app.genres.sources.caller import Caller
from app.genres.sources.protocol import AskedArtist, Finding, checked, once_each
from app.genres.spelling import key_of
from app.upstream.errors import UnavailableError, UpstreamError

BATCH = 20
"""Artists of one question, each a request: answers are kept by the batch."""
PAUSES_S = (1.0, 2.0, 4.0)
"""After an error; most are over at once, and an artist each is asked about with a call of its own."""
SOURCE = "lastfm"
LEAST_COUNT = 10
"""What fewer than a tenth of the listeners say is noise."""

NO_SUCH_ARTIST = 6
BAD_KEY = frozenset({4, 10, 26})
TOO_FAST = 29


class LastFm:
    """Asks Last.fm about artists by their names.

    Names are not corrected, and the tags of an answer count only if it is about the name that was asked for,
    but for case, accents and punctuation. Several artists of one name share a page there: when they are asked
    about together, all of them are left out. That there are others of a name cannot be seen.
    """

    name = SOURCE
    batch = BATCH

    def __init__(self, caller: Caller, *, url: str, api_key: SecretStr) -> None:
        self._caller = caller
        self._url = url.rstrip("/") + "/"
        self._api_key = api_key

    async def ask(self, artists: Sequence[AskedArtist]) -> Mapping[str, Finding]:
        """Return tags with their counts, 10 to 100; what came before a failure is returned without the rest.

        Raises:
            UnavailableError: no usable answer about anybody, or the key is refused.
            ValueError: more than 20 artists.
        """
        found: dict[str, Finding] = {}
        for artist in _with_names_of_their_own(checked(artists, self.batch)):
            try:
                async with self._caller.question():
                    finding = await self._ask(artist)
            except UpstreamError:
                if not found:
                    raise
                break
            if finding:
                found[artist.id] = finding
        return found

    async def _ask(self, artist: AskedArtist) -> Finding | None:
        """Return what is known of one artist, None where the answer does not say whom it is about."""
        for pause_s in PAUSES_S:
            response = await self._call(artist.name)
            if response is not None and (answer := _read(response)):
                if answer.error is None:
                    return answer.finding(artist)
                await self._check(answer, response)
                if answer.says_unknown:
                    return Finding(tags=())
            self._caller.hold_off(response, longest_s=pause_s)
        raise UnavailableError("Last.fm does not answer right now. Genres already found are kept.")

    async def _call(self, name: str) -> httpx.Response | None:
        query = {
            "method": "artist.gettoptags",
            "artist": name,
            "autocorrect": "0",
            "format": "json",
            "api_key": self._api_key.get_secret_value(),
        }
        response = await self._caller.send("GET", self._url, params=query)
        if response is not None and response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            await self._caller.stop(response)
        return response

    async def _check(self, answer: "_Answer", response: httpx.Response) -> None:
        """Raise what asking again at once cannot help."""
        if answer.error == TOO_FAST:
            await self._caller.stop(response)
        if answer.error in BAD_KEY:
            raise UnavailableError("Last.fm refuses the key. Its operator should check LASTFM_API_KEY.")


def _listed(value: Any) -> Any:
    """Return a list also where it has one entry, or none."""
    if isinstance(value, dict):
        return [value]
    return value or []


class _Lenient(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Tag(_Lenient):
    name: str
    count: int = 0


class _About(_Lenient):
    artist: str = ""


class _TopTags(_Lenient):
    tags: Annotated[tuple[_Tag, ...], BeforeValidator(_listed)] = Field(default=(), validation_alias="tag")
    about: _About = Field(default=_About(), validation_alias="@attr")


class _Answer(_Lenient):
    """An answer or an error, whatever its status."""

    error: int | None = None
    message: str = ""
    toptags: _TopTags | None = None

    @property
    def says_unknown(self) -> bool:
        """Whether there is no artist of that name."""
        return self.error == NO_SUCH_ARTIST and "could not be found" in self.message

    def finding(self, artist: AskedArtist) -> Finding | None:
        """Return what it says of the artist: nothing where it is about another; None if it does not tell."""
        if self.toptags is None or not self.toptags.about.artist:
            return None
        name = key_of(artist.name)
        if key_of(self.toptags.about.artist) != name:
            return Finding(tags=())
        tags = (
            Tag(tag.name.strip(), tag.count, SOURCE)
            for tag in self.toptags.tags
            if tag.count >= LEAST_COUNT and key_of(tag.name) not in {"", name}
        )
        return Finding(tags=once_each(tags))


def _with_names_of_their_own(artists: Iterable[AskedArtist]) -> list[AskedArtist]:
    by_name: dict[str, set[AskedArtist]] = {}
    for artist in artists:
        by_name.setdefault(key_of(artist.name), set()).add(artist)
    by_name.pop("", None)
    return [next(iter(those)) for those in by_name.values() if len(those) == 1]


def _read(response: httpx.Response) -> _Answer | None:
    """Return an answer or an error; None for anything else."""
    try:
        answer = _Answer.model_validate_json(response.content)
    except ValidationError:
        return None
    if answer.error is None and (answer.toptags is None or response.status_code != httpx.codes.OK):
        return None
    return answer
