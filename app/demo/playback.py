"""What a person plays, has played, and plays most."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from app.demo.catalogue import Catalogue
from app.demo.likes import Likes
from app.demo.models import DemoArtist, DemoTrack

Kind = Literal["nothing", "in_turn", "track", "local", "episode", "ad", "unknown", "no_item"]

# What Spotify remembers of the past, and how many of the newest likes stand for a time.
MOST_PLAYS = 50
A_PLAY_S = 240
LIKES_WITHIN = {"short_term": 100, "medium_term": 500, "long_term": 2000}


class Play(NamedTuple):
    """A song, and when it was played, in milliseconds since 1970."""

    track: DemoTrack
    at_ms: int

    @property
    def at(self) -> datetime:
        """When it was played."""
        return datetime.fromtimestamp(self.at_ms / 1000, tz=UTC)


class Playback(BaseModel):
    """What is playing.

    Attributes:
        kind: nothing plays, or what does; "in_turn" are the newest likes one after the other, each to its
            end, "no_item" is a song that Spotify does not name.
        uri: of the song; None: the newest like.
        private_session: the device hides what it plays from friends.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind = "nothing"
    uri: str | None = None
    is_playing: bool = True
    progress_ms: int | None = Field(default=61_000, ge=0)
    private_session: bool = False


class Listening:
    """A person's playing, made of what the person likes."""

    def __init__(self, likes: Likes, catalogue: Catalogue) -> None:
        self._likes, self._catalogue = likes, catalogue

    def track(self, playback: Playback) -> DemoTrack | None:
        """Return the song or local file that plays, if it is one."""
        if playback.kind == "local":
            return next(track for track in self._catalogue.odd.tracks if track.is_local)
        if playback.kind != "track":
            return None
        return self._catalogue.find_track(playback.uri) or next(iter(self._playable(MOST_PLAYS)), None)

    def at(self, moment: datetime, playback: Playback) -> Playback:
        """Return what of `playback` plays at a moment: songs in turn begin and end by the clock."""
        if playback.kind != "in_turn":
            return playback
        songs = list(self._playable(MOST_PLAYS))
        left_ms = int(moment.timestamp() * 1000) % max(1, sum(song.duration_ms for song in songs))
        for song in songs:
            if left_ms < song.duration_ms:
                playing = {"kind": "track", "uri": f"spotify:track:{song.id}", "progress_ms": left_ms}
                return playback.model_copy(update=playing)
            left_ms -= song.duration_ms
        return Playback()

    def plays(self, now: datetime) -> Iterator[Play]:
        """Yield what was played, the last play first; a play stays the same while others follow it."""
        songs = list(self._playable(MOST_PLAYS))
        last = int(now.timestamp()) // A_PLAY_S
        for slot in range(last, last - MOST_PLAYS if songs else last, -1):
            yield Play(songs[slot % len(songs)], slot * A_PLAY_S * 1000)

    def top_artists(self, likes: int) -> list[DemoArtist]:
        """Return the artists of so many newest likes, those with the most first."""
        songs = self._playable(likes)
        counts = Counter(artist for song in songs for artist in song.artists)
        found = (self._catalogue.find_artist(artist) for artist, _ in counts.most_common())
        return [artist for artist in found if artist and not artist.nameless]

    def _playable(self, most: int) -> Iterator[DemoTrack]:
        newest = self._likes.slice(0, most)
        return (song for song in newest if song.playable and not song.lost and not song.is_local)
