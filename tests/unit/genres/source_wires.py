"""Wikidata, Last.fm and MusicBrainz' search for recordings as the app's real clients see them, on respx."""

import re
from typing import Any

import httpx
import respx
from pydantic import SecretStr

from app.genres.sources.caller import Caller
from app.genres.sources.lastfm import LastFm
from app.genres.sources.musicbrainz import MusicBrainz, MusicBrainzLinks, MusicBrainzTags
from app.genres.sources.musicbrainz_api import MusicBrainzApi
from app.genres.sources.musicbrainz_isrcs import MusicBrainzIsrcs
from app.genres.sources.selection import Sources
from app.genres.sources.wikidata import Wikidata
from app.kv.cached import CachedKV
from app.upstream.gate import Gate
from tests.fakes import FakeClock
from tests.unit.genres.wire import MUSICBRAINZ, mbid

WIKIDATA = "https://wikidata.test/sparql"
LASTFM = "https://lastfm.test/2.0/"


def all_sources(http: httpx.AsyncClient, clock: FakeClock, kv: CachedKV) -> Sources:
    """Every source, each at its own pace."""
    paces = {"musicbrainz": 1.0, "wikidata": 0.5, "lastfm": 4.0}
    gates = {name: Gate(name, rate_per_second=pace, clock=clock, kv=kv) for name, pace in paces.items()}
    api = MusicBrainzApi(http, gates["musicbrainz"], base_url=MUSICBRAINZ, clock=clock)
    musicbrainz = MusicBrainz(api)
    return Sources(
        order=("musicbrainz", "wikidata", "musicbrainz-isrc", "lastfm"),
        links=MusicBrainzLinks(musicbrainz),
        tags=MusicBrainzTags(musicbrainz),
        isrcs=MusicBrainzIsrcs(api),
        wikidata=Wikidata(Caller(http, gates["wikidata"], clock), url=WIKIDATA),
        lastfm=LastFm(Caller(http, gates["lastfm"], clock), url=LASTFM, api_key=SecretStr("key")),
    )


class WikidataWire:
    """Wikidata with genres by Spotify's artist id; `ids` also have a MusicBrainz id."""

    def __init__(self, wire: respx.MockRouter) -> None:
        self.genres: dict[str, str] = {}
        self.ids: set[str] = set()
        self.down = False
        self.asked: list[list[str]] = []
        wire.post(WIKIDATA).mock(side_effect=self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            return httpx.Response(503, text="upstream connect error")
        form = httpx.QueryParams(request.content.decode())
        ids = re.findall(r'"(\w{22})"', form["query"])
        self.asked.append(ids)
        rows = [self._row(one) for one in ids if one in self.genres or one in self.ids]
        return httpx.Response(200, json={"results": {"bindings": rows}})

    def _row(self, one: str) -> dict[str, Any]:
        row: dict[str, Any] = {"spotifyId": {"value": one}, "item": {"value": f"item/{one}"}}
        if one in self.genres:
            row["genre"] = {"value": f"genre/{self.genres[one]}"}
            row["genreLabel"] = {"value": self.genres[one], "xml:lang": "en"}
        if one in self.ids:
            row["mbid"] = {"value": mbid(one)}
        return row


class RecordingsWire:
    """MusicBrainz' recordings: by code, the Spotify id of an artist and its name."""

    def __init__(self, wire: respx.MockRouter) -> None:
        self.recordings: dict[str, tuple[str, str]] = {}
        self.asked: list[list[str]] = []
        wire.get(url__startswith=f"{MUSICBRAINZ}/ws/2/recording").mock(side_effect=self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        codes = re.findall(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", request.url.params["query"])
        self.asked.append(codes)
        found = [
            {"isrcs": [code], "artist-credit": [{"artist": {"id": mbid(one), "name": name}}]}
            for code, (one, name) in self.recordings.items()
            if code in codes
        ]
        return httpx.Response(200, json={"count": len(found), "recordings": found})


class LastFmWire:
    """Last.fm with a tag by name."""

    def __init__(self, wire: respx.MockRouter) -> None:
        self.tags: dict[str, str] = {}
        self.asked: list[str] = []
        wire.get(url__startswith=LASTFM).mock(side_effect=self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        name = request.url.params["artist"]
        self.asked.append(name)
        tags = [{"name": self.tags[name], "count": 100}] if name in self.tags else []
        return httpx.Response(200, json={"toptags": {"tag": tags, "@attr": {"artist": name}}})
