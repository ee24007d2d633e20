"""How many artists and songs of a library get a genre, source by source, and how often inference is right.

    python -m benchmarks.genre_shares [FOLDER]

FOLDER holds `tracks.jsonl` and `artists.jsonl`; without it GENRE_SORTER_LIBRARY is read. The real resolver
asks the simulator, all in this process and without pauses. MusicBrainz has a link to 66 % of the artists,
Wikidata knows 29 %, MusicBrainz half of the recordings, Last.fm 80 % of the names: each drawn independently
of the others, the same in every run.

A library may have artists without any words, of whom the simulator knows none at any source. So the shares
are counted twice: for the library as it is, and for one in which those have the words of somebody else.

Inference is tried on the library's own words: some of the artists that have any are hidden, and what is
inferred of them is compared with what they have.
"""

import asyncio
import os
import random
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import httpx
from starlette.applications import Starlette

from app.clock import SystemClock
from app.demo.dispatcher import PathDispatcher
from app.demo.library import DemoLibrary, load_library
from app.demo.options import SimulatorOptions
from app.demo.simulator import build_simulator
from app.demo.switches import Switches
from app.genres import neighbours
from app.genres.artist_models import ArtistGenres, Tag
from app.genres.artist_repository import ArtistRepository
from app.genres.families import Families
from app.genres.finder import GenreFinder
from app.genres.placing import Placer, group_of
from app.genres.resolver import ArtistResolver
from app.genres.songs import ArtistRef, Song
from app.genres.sources.selection import Sources
from app.genres.tally import Tally
from app.kv.cached import CachedKV
from app.kv.stores.memory import MemoryStore
from app.settings import Settings
from app.upstream.gate import Gate
from app.upstream.gates import Gates

URL = "http://127.0.0.1:8000"
# MusicBrainz lacks one in twenty of the artists without words, so that this is 66 % of all.
SWITCHES = Switches(musicbrainz_linked_share=0.67, wikidata_known_share=0.29)
SEED, ROUNDS = 1, 25
HIDDEN = (0.2, 0.34)
FAMILIES = Families.load()


@dataclass(frozen=True)
class Shares:
    """What is known at one time: artists and songs with a genre, and with inference."""

    name: str
    artists: int
    songs: int
    artists_inferred: int
    songs_inferred: int


def songs_of(library: DemoLibrary) -> list[Song]:
    refs = {one.id: ArtistRef(one.id, one.name) for one in library.artists.values()}
    return [
        Song(one.id, one.name, tuple(refs[by] for by in one.artists), isrc=one.isrc) for one in library.tracks
    ]


def names_in(songs: Sequence[Song]) -> dict[str, str]:
    return {artist.id: artist.name for song in songs for artist in song.artists if artist.id}


def with_words_for_all(library: DemoLibrary) -> DemoLibrary:
    chance = random.Random(SEED)
    known = [one for one in library.artists.values() if one.genres]
    artists = {
        one.id: one if one.genres else replace(one, genres=chance.choice(known).genres)
        for one in library.artists.values()
    }
    return DemoLibrary(library.tracks, artists)


@asynccontextmanager
async def resolver_for(library: DemoLibrary) -> AsyncIterator[ArtistResolver]:
    settings = Settings(_env_file=None, base_url=URL).as_demo()
    simulator = build_simulator(library, SimulatorOptions(base_url=URL, switches=SWITCHES))
    transport = httpx.ASGITransport(PathDispatcher(simulator, Starlette()))
    clock = SystemClock()
    kv = CachedKV(MemoryStore(clock), clock=clock)
    await kv.start()
    artists = ArtistRepository(kv, clock)
    gates = Gates(*(Gate(name, rate_per_second=1e6, clock=clock) for name in Gates._fields))
    agent = {"User-Agent": "genre-sorter/1 ( benchmark@example.org )"}
    async with httpx.AsyncClient(transport=transport, headers=agent) as http:
        yield ArtistResolver.over(
            artists, Sources.chosen(settings, http, gates, clock=clock), clock, FAMILIES
        )
    await artists.close()
    await kv.close()


async def shares_of(library: DemoLibrary) -> list[Shares]:
    """Ask one source after the other about everybody, and count after each."""
    songs, found = songs_of(library), []
    tally = Tally(FAMILIES)
    tally.add(songs)
    async with resolver_for(library) as resolver:
        musicbrainz, wikidata = resolver.front
        recordings, lastfm = resolver.behind
        asked = {
            "MusicBrainz": (musicbrainz,),
            "+ Wikidata, and tags by its ids": (wikidata, musicbrainz),
            "+ recordings": (recordings,),
            "+ Last.fm": (lastfm,),
        }
        for name, steps in asked.items():
            finder = GenreFinder(resolver, tally, SystemClock(), tell=lambda: None, behind=steps)
            finder.all_songs()
            await finder.run()
            placer = Placer(FAMILIES)
            placer.learn((await resolver.recall(names_in(songs))).values(), names_in(songs))
            found.append(count(name, placer, songs))
    return found


def count(name: str, placer: Placer, songs: Sequence[Song]) -> Shares:
    names = names_in(songs)
    artists = sum(bool(placer.genres_of(one)) for one in names)
    said = sum(placer.place(group_of(song)).family is not None for song in songs)
    placer.infer(songs, names)
    with_inferred = sum(placer.place(group_of(song)).family is not None for song in songs)
    return Shares(name, artists, said, artists + len(placer.neighbours), with_inferred)


@dataclass
class Trial:
    """How often what is inferred of hidden artists and of songs by them alone is of their own family."""

    hidden: int = 0
    inferred: int = 0
    right: int = 0
    songs: int = 0
    songs_right: int = 0


class Trials:
    """Hides artists of one library, the same ones in every trial."""

    def __init__(self, library: DemoLibrary) -> None:
        self.songs = songs_of(library)
        self.names = names_in(self.songs)
        now = datetime(2026, 11, 23, tzinfo=UTC)
        self.known = {
            one.id: ArtistGenres(one.id, tuple(Tag(word, 1, "spotify") for word in one.genres), now)
            for one in library.artists.values()
        }
        everybody = self.placer(())
        self.truth = {one: everybody.place((one,)).family for one in self.known if everybody.genres_of(one)}
        self.placed = [everybody.place(group_of(song)).family for song in self.songs]

    def placer(self, hidden: Collection[str]) -> Placer:
        placer = Placer(FAMILIES)
        placer.learn((genres for one, genres in self.known.items() if one not in hidden), self.names)
        return placer

    def run(self, share: float, evidence: Sequence[Song]) -> Trial:
        """Hide a share of the known artists, again and again; `evidence` says who is whose neighbour."""
        chance, trial = random.Random(SEED), Trial()
        for _ in range(ROUNDS):
            hidden = set(chance.sample(sorted(self.truth), int(share * len(self.truth))))
            placer = self.placer(hidden)
            placer.infer(evidence, self.names)
            found = hidden.intersection(placer.neighbours)
            trial.hidden += len(hidden)
            trial.inferred += len(found)
            trial.right += sum(placer.place((one,)).family == self.truth[one] for one in found)
            for song, family in zip(self.songs, self.placed, strict=True):
                if found.intersection(group_of(song)):
                    place = placer.place(group_of(song))
                    trial.songs += place.certainty == "inferred"
                    trial.songs_right += place.certainty == "inferred" and place.family == family
        return trial


def albums_of(library: DemoLibrary) -> list[Song]:
    """Every album as one song by everybody on it."""
    artists: defaultdict[str, dict[str, ArtistRef]] = defaultdict(dict)
    for track, song in zip(library.tracks, songs_of(library), strict=True):
        artists[track.album].update({one.id: one for one in song.artists if one.id})
    return [Song(None, name, tuple(refs.values())) for name, refs in artists.items()]


def try_inference(library: DemoLibrary) -> None:
    trials = Trials(library)
    rules = [("songs", trials.songs, *rule) for rule in product((1, 2, 3), (0.0, 0.6, 0.8))]
    albums = [("albums of one name", albums_of(library), 1, 0.6)]
    print(
        "| shared | at least | family's share | hidden | artists inferred | right | songs a round | right |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for (what, evidence, least, agreed), share in product([*rules, *albums], HIDDEN):
        neighbours.LEAST_SONGS, neighbours.LEAST_SHARE = least, agreed
        one = trials.run(share, evidence)
        print(
            f"| {what} | {least} | {agreed:.0%} | {share:.0%} | {one.inferred / one.hidden:.1%} "
            f"| {one.right / one.inferred:.0%} | {one.songs / ROUNDS:.0f} "
            f"| {one.songs_right / one.songs:.0%} |"
        )


def tell_shares(title: str, shares: Sequence[Shares], of: Mapping[str, int]) -> None:
    print(f"\n{title}: {of['artists']:,} artists, {of['songs']:,} songs\n")
    print("| asked | artists with a genre | songs | artists, with inference | songs |")
    print("|---|---|---|---|---|")
    for one in shares:
        artists, songs = of["artists"], of["songs"]
        print(
            f"| {one.name} | {one.artists / artists:.1%} | {one.songs / songs:.1%} "
            f"| {one.artists_inferred / artists:.1%} | {one.songs_inferred / songs:.1%} |"
        )


async def main() -> None:
    library = load_library(Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["GENRE_SORTER_LIBRARY"]))
    of = {"artists": len(names_in(songs_of(library))), "songs": len(library.tracks)}
    tell_shares("As it is", await shares_of(library), of)
    tell_shares("With words for everybody", await shares_of(with_words_for_all(library)), of)
    print()
    try_inference(library)


if __name__ == "__main__":
    asyncio.run(main())
