"""Genre sources that say odd things, or nothing, over the whole app."""

from collections.abc import Callable
from typing import Any

from app.demo.library import built_in_library
from app.demo.noise import DECADES, NATIONS, OPINIONS, UNKNOWN
from app.genres.spelling import key_of
from tests.e2e.listener import Listener
from tests.e2e.server import Server, until

Fresh = Callable[..., Server]
People = Callable[[Server], Listener]

AT_ONCE = {
    "MUSICBRAINZ_RATE_PER_SECOND": "1000",
    "WIKIDATA_RATE_PER_SECOND": "1000",
    "LASTFM_RATE_PER_SECOND": "1000",
}


def test_noise_of_no_source_becomes_a_genre_and_unknown_words_are_listed(
    new_server: Fresh, new_listener: People
) -> None:
    server = new_server(**AT_ONCE).start()
    server.switch(source_noise=True, musicbrainz_linked_share=0.5, wikidata_known_share=0.5)
    listener = new_listener(server).scan()
    until(lambda: server.control()["calls"]["lastfm"], "the first question to the last source")
    until(lambda: not listener.json("/api/genres/scan")["behind"], "the end of all questions")
    library = listener.library()
    sources = {
        one for family in library["families"] for genre in family["genres"] for one in genre["sources"]
    }
    assert sources >= {"musicbrainz", "wikidata", "lastfm"}
    names = {artist.name for artist in built_in_library().artists.values()}
    noise = {key_of(word) for word in (*NATIONS, *DECADES, *OPINIONS, UNKNOWN, *names)}
    found = {key_of(genre["name"]) for genre in library["genres"]}
    assert len(found) > 100
    assert not found & noise
    words: list[dict[str, Any]] = listener.json("/api/admin/unknown-words")["words"]
    assert words[0]["word"] == UNKNOWN
    assert words[0]["artists"] > 300
    assert UNKNOWN in listener.see("/operator/unknown-words").text


def test_with_every_source_down_a_scan_ends_and_a_restart_fills_in_by_itself(
    new_server: Fresh, new_listener: People
) -> None:
    server = new_server(**AT_ONCE).start()
    refused = {"musicbrainz_fault": "refused", "wikidata_fault": "refused"}
    server.switch(**refused, lastfm_error_share=1, lastfm_error=26)
    listener = new_listener(server).scan()
    (problem,) = listener.json("/api/genres/scan")["problems"]
    assert problem == "MusicBrainz and Wikidata do not answer. 414 artists wait; they are filled in later."
    assert problem in listener.see("/scan").text
    until(
        lambda: "MusicBrainz, Wikidata and Last.fm do not answer." in listener.see("/genres").text, "the line"
    )

    server.stop()
    server.start()  # with every switch as it was at first
    until(lambda: server.control()["calls"]["lastfm"], "a question that nobody asked for")
    until(lambda: not listener.json("/api/genres/scan")["behind"], "the end of all questions")
    library = listener.library()
    assert library["complete"]
    assert library["withoutGenre"] < 200
