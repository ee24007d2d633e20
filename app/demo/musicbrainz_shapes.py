"""The JSON of MusicBrainz, and the tags its simulated people gave."""

import random
import uuid

from app.demo.catalogue import mbid, spotify_url
from app.demo.listing import Json
from app.demo.models import DemoArtist, DemoTrack

# MusicBrainz' id for the relation "free streaming" between an artist and a page.
FREE_STREAMING = "769085a1-c2f7-4c24-a532-2375a77693bd"
MOST_VOTES = 14
# What people tag artists with that is no genre, and genres that were voted away again.
NOISE = ("seen live", "british", "american", "swedish", "japanese", "80s", "90s", "00s", "favourites")
VOTED_AWAY = ("polka", "new age", "comedy")


def url(artist: DemoArtist, *, with_artists: bool) -> Json:
    """Return a Spotify address, if wanted with the artist that it belongs to."""
    address = spotify_url(artist)
    shape: Json = {"id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{address}#url")), "resource": address}
    return {**shape, "relations": [_relation(artist)]} if with_artists else shape


def _relation(artist: DemoArtist) -> Json:
    return {
        "artist": {
            "country": None,
            "disambiguation": "",
            "id": mbid(artist),
            "name": artist.name,
            "sort-name": artist.name,
            "type": None,
            "type-id": None,
        },
        "attribute-ids": {},
        "attribute-values": {},
        "attributes": [],
        "begin": None,
        "direction": "backward",
        "end": None,
        "ended": False,
        "source-credit": "",
        "target-credit": "",
        "target-type": "artist",
        "type": "free streaming",
        "type-id": FREE_STREAMING,
    }


def found_artist(artist: DemoArtist) -> Json:
    """Return an artist as the search does; without tags the key is missing."""
    shape: Json = {
        "id": mbid(artist),
        "score": 100,
        "name": artist.name,
        "sort-name": artist.name,
        "life-span": {"ended": None},
    }
    tags = tags_of(artist)
    return {**shape, "tags": tags} if tags else shape


def recording(song: DemoTrack, artists: list[DemoArtist]) -> Json:
    """Return a recording as the search does; a credit has no name where it is the artist's own."""
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"recording {song.id}")),
        "score": 100,
        "title": song.name,
        "length": song.duration_ms,
        "video": None,
        "artist-credit": [
            {"artist": {"id": mbid(artist), "name": artist.name, "sort-name": artist.name}}
            for artist in artists
        ],
        "isrcs": [song.isrc],
    }


def tags_of(artist: DemoArtist) -> list[Json]:
    """Return the artist's genre words with votes, and some noise; nothing for an artist without genres."""
    if not artist.genres:
        return []
    chance = random.Random(artist.id)
    votes = sorted((chance.randint(3, MOST_VOTES) for _ in artist.genres), reverse=True)
    noise = [(word, chance.randint(1, votes[0])) for word in chance.sample(NOISE, k=chance.randint(0, 2))]
    away = [(word, 0) for word in VOTED_AWAY if word not in artist.genres][: chance.randint(0, 1)]
    tags = [*zip(artist.genres, votes, strict=True), *noise, *away]
    return [{"count": count, "name": name} for name, count in sorted(tags)]
