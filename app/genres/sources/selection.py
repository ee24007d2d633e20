"""The genre sources that the settings choose, ready to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import httpx

from app.clock import Clock
from app.genres.sources.caller import Caller
from app.genres.sources.lastfm import LastFm
from app.genres.sources.musicbrainz import MusicBrainz, MusicBrainzLinks, MusicBrainzTags
from app.genres.sources.musicbrainz_api import MusicBrainzApi
from app.genres.sources.musicbrainz_isrcs import MusicBrainzIsrcs
from app.genres.sources.wikidata import Wikidata
from app.settings import GenreSourceName, Settings
from app.upstream.breaker import Breaker
from app.upstream.gates import Gates


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """One for the whole process; a source that is not chosen is None.

    Spotify is not among them: it is asked with the token of a person (`SpotifyStep`). Nor are neighbours,
    who are asked nothing.

    Attributes:
        order: what GENRE_SOURCES says; of Last.fm only if there is a key.
        links: from addresses to MusicBrainz ids.
        tags: from those to genres.
        isrcs: from recordings to MusicBrainz ids.
        breakers: by the name of the gate, of those services that are asked.
    """

    order: tuple[GenreSourceName, ...]
    links: MusicBrainzLinks | None = None
    tags: MusicBrainzTags | None = None
    isrcs: MusicBrainzIsrcs | None = None
    wikidata: Wikidata | None = None
    lastfm: LastFm | None = None
    breakers: Mapping[str, Breaker] = field(default_factory=dict)

    @classmethod
    def chosen(cls, settings: Settings, http: httpx.AsyncClient, gates: Gates, *, clock: Clock) -> Self:
        """Build the sources that GENRE_SOURCES names."""
        key = settings.lastfm_api_key
        order = settings.used_sources
        api = MusicBrainzApi(http, gates.musicbrainz, base_url=settings.musicbrainz_url, clock=clock)
        musicbrainz = MusicBrainz(api)
        callers = {name: Caller(http, getattr(gates, name), clock) for name in ("wikidata", "lastfm")}
        wikidata = Wikidata(callers["wikidata"], url=settings.wikidata_url)
        lastfm = LastFm(callers["lastfm"], url=settings.lastfm_url, api_key=key) if key else None
        breakers = {"musicbrainz": api.breaker, **{name: one.breaker for name, one in callers.items()}}
        return cls(
            order=order,
            links=MusicBrainzLinks(musicbrainz) if "musicbrainz" in order else None,
            tags=MusicBrainzTags(musicbrainz) if "musicbrainz" in order else None,
            isrcs=MusicBrainzIsrcs(api) if "musicbrainz-isrc" in order else None,
            wikidata=wikidata if "wikidata" in order else None,
            lastfm=lastfm if "lastfm" in order else None,
            breakers={name: breaker for name, breaker in breakers.items() if name in order},
        )
