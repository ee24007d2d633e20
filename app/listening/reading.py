"""What Spotify's player says, as what somebody listens to."""

from datetime import datetime, timedelta

from app.genres.links import Links
from app.genres.scanning.intake import smallest_cover
from app.genres.single_songs import SongGenres
from app.genres.songs import ArtistRef, Song
from app.listening.models import Kind, Listening, Played
from app.spotify.player_calls import PlayedItem, Player

AFTER_THE_END = timedelta(seconds=2)
"""So much later than a song's expected end the next one has begun."""
SOONEST = timedelta(seconds=10)
AN_AD = timedelta(seconds=30)
A_SONG = timedelta(minutes=4)
"""What is taken for the length of what Spotify does not tell."""
SILENCE = timedelta(minutes=5)
"""How long nothing is taken for nothing, unless the listener comes back to the page."""

_KINDS: dict[str, Kind] = {"track": "track", "episode": "episode", "ad": "ad"}


def song_of(item: PlayedItem) -> Song:
    """Return what plays as libraries know songs."""
    return Song(
        id=item.id,
        name=item.name,
        artists=tuple(ArtistRef(artist.id, artist.name) for artist in item.artists),
        isrc=item.isrc,
        is_local=item.is_local,
        address="" if item.id else item.uri,
    )


def listening_of(
    player: Player | None, genres: SongGenres | None, *, links: Links, now: datetime
) -> Listening:
    """Return what somebody listens to; `genres` are those of the song, if it is one."""
    if player is None:
        return Listening(asked_at=now, due_at=now + SILENCE)
    kind = _KINDS.get(player.playing_type, "unknown")
    item = player.item
    listening = Listening(
        asked_at=now,
        due_at=now + SILENCE,
        playing=player.is_playing,
        kind=kind if player.is_playing or item else None,
        item=_played(item, genres, links) if item else None,
        progress_ms=max(0, player.progress_ms),
        device=player.device.name,
        private=player.device.is_private_session,
    )
    return listening.model_copy(update={"due_at": now + _again(listening)})


def _played(item: PlayedItem, genres: SongGenres | None, links: Links) -> Played:
    lead = genres.lead if genres else None
    return Played(
        id=item.id,
        name=item.name,
        artists=tuple(artist.name for artist in item.artists),
        album=item.album.name or item.show.name,
        image=smallest_cover(item.pictures),
        url=None if item.is_local else links.uri(item.uri),
        duration_ms=max(0, item.duration_ms),
        genres=genres.names if genres else (),
        hue=lead.hue if lead else "grey",
        depth=lead.depth if lead else 1,
    )


def _again(listening: Listening) -> timedelta:
    """Return after how long what plays has changed by itself, as far as that can be known."""
    if not listening.playing:
        return SILENCE
    if listening.ends_at:
        return max(SOONEST, listening.ends_at - listening.asked_at + AFTER_THE_END)
    return AN_AD if listening.kind == "ad" else A_SONG
