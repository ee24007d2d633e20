"""The JSON of Wikidata's query service: one row for every genre with every MusicBrainz id."""

import uuid
import zlib
from collections.abc import Iterator

from app.demo.catalogue import mbid
from app.demo.generated.numbers import Dice
from app.demo.listing import Json
from app.demo.models import DemoArtist

ENTITY = "http://www.wikidata.org/entity/Q"
# Shares of artists and of genre words; guesses, large enough that every library has some.
SHARE_WITH_MBID, SHARE_WITH_TWO_MBIDS, SHARE_TWICE = 0.8, 0.02, 0.02
SHARE_NAMED_MUSIC, SHARE_WITHOUT_ENGLISH, SHARE_WITHOUT_NAME = 0.3, 0.15, 0.03
VARIABLES = ("spotifyId", "item", "genre", "genreLabel", "mbid")


def answer(artists: list[DemoArtist]) -> Json:
    """Return the result of a query."""
    bindings = [row for artist in artists for row in _rows(artist)]
    return {"head": {"vars": list(VARIABLES)}, "results": {"bindings": bindings}}


def _rows(artist: DemoArtist) -> Iterator[Json]:
    """Yield the rows of the artist's item, or of both when two have the Spotify id."""
    dice = Dice(f"wikidata item {artist.id}")
    ids: list[Json] = []
    if dice.happens(SHARE_WITH_MBID):
        ids.append({"mbid": _literal(mbid(artist))})
    if dice.happens(SHARE_WITH_TWO_MBIDS):
        ids.append({"mbid": _literal(str(uuid.uuid5(uuid.NAMESPACE_URL, f"{artist.id}#twin")))})
    genres = [named for word in artist.genres for named in _named(word)]
    for item in (artist.id, f"{artist.id}#twin") if dice.happens(SHARE_TWICE) else (artist.id,):
        subject = {"spotifyId": _literal(artist.id), "item": _entity(item)}
        for one in ids or [{}]:
            yield from ({**subject, **one, **genre} for genre in genres or [{}])


def _named(word: str) -> Iterator[Json]:
    """Yield a genre with its name, in English or in the code for all languages; nothing without a name."""
    dice = Dice(f"wikidata genre {word}")
    label = f"{word} music" if dice.happens(SHARE_NAMED_MUSIC) and "music" not in word else word
    if dice.happens(SHARE_WITHOUT_NAME):
        return
    language = "mul" if dice.happens(SHARE_WITHOUT_ENGLISH) else "en"
    name = {"xml:lang": language, "type": "literal", "value": label}
    yield {"genre": _entity(f"genre {word}"), "genreLabel": name}


def _entity(seed: str) -> Json:
    return {"type": "uri", "value": f"{ENTITY}{zlib.crc32(seed.encode())}"}


def _literal(value: str) -> Json:
    return {"type": "literal", "value": value}
