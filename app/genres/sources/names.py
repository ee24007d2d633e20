"""What the sources that are asked about artists are called."""

from typing import Literal

AnswerSource = Literal["musicbrainz", "wikidata", "lastfm", "spotify"]

SOURCE_NAMES: dict[str, str] = {
    "musicbrainz": "MusicBrainz",
    "wikidata": "Wikidata",
    "lastfm": "Last.fm",
    "spotify": "Spotify",
}
