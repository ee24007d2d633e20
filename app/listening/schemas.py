"""JSON of what plays."""

from datetime import datetime

from pydantic import Field

from app.listening.feed import LISTED_S, Feed
from app.listening.models import Kind, Listening, Played, Trouble
from app.listening.service import NowPlaying
from app.schemas import ApiModel


class SongOut(ApiModel):
    """A song or an episode, as Spotify names it; `duration` is in milliseconds."""

    id: str | None
    name: str
    artists: tuple[str, ...]
    album: str
    album_art: str | None
    duration: int
    url: str | None
    genres: tuple[str, ...] = Field(description="The lead first; empty where none is known.")

    @classmethod
    def fields(cls, item: Played) -> dict[str, object]:
        """Return what is told of a song."""
        return {
            "id": item.id,
            "name": item.name,
            "artists": item.artists,
            "album": item.album,
            "album_art": item.image,
            "duration": item.duration_ms,
            "url": item.url,
            "genres": item.genres,
        }


class PlayingSongOut(SongOut):
    """The same with how far it is."""

    progress: int


class NowPlayingOut(ApiModel):
    """What the caller listens to, as far as is known."""

    enabled: bool = Field(description="Whether it was switched on.")
    playing: bool = False
    kind: Kind | None = None
    track: PlayingSongOut | None = None
    device: str | None = None
    private_session: bool = False
    as_of: datetime | None = Field(default=None, description="When Spotify said so.")
    problem: Trouble | None = Field(
        default=None,
        description="spent: paused to save calls to Spotify. refused: a permission is missing, which "
        "/auth/spotify?feature=player asks for. barred: this account or app may not ask. "
        "ended: connect again. silent: Spotify did not answer.",
    )
    resumes_at: datetime | None = Field(default=None, description="When there are calls again.")
    ask_again_s: float | None = Field(
        default=None, description="When it is worth asking again; null: when the listener comes back."
    )

    @classmethod
    def of(cls, found: NowPlaying) -> "NowPlayingOut":
        """Tell what is known."""
        listening = found.listening
        if listening is None:
            return cls(enabled=found.on, ask_again_s=found.again_s)
        item = listening.item
        return cls(
            enabled=True,
            playing=listening.playing,
            kind=listening.kind,
            track=PlayingSongOut(**SongOut.fields(item), progress=found.progress_ms) if item else None,
            device=listening.device or None,
            private_session=listening.private,
            as_of=listening.asked_at,
            problem=listening.trouble,
            resumes_at=listening.resumes_at,
            ask_again_s=found.again_s,
        )


class ListenerOut(ApiModel):
    """Who listens to what."""

    name: str
    track: SongOut
    as_of: datetime

    @classmethod
    def of(cls, listening: Listening, item: Played) -> "ListenerOut":
        """Tell one."""
        track = SongOut.model_validate(SongOut.fields(item))
        return cls(name=listening.listener, track=track, as_of=listening.asked_at)


class CacheOut(ApiModel):
    """How old an answer is and may become, in seconds."""

    age: int
    ttl: int


class ListeningOut(ApiModel):
    """Everybody's who lets others see it."""

    listeners: tuple[ListenerOut, ...]
    count: int
    cache: CacheOut = Field(alias="_cache")

    @classmethod
    def of(cls, feed: Feed) -> "ListeningOut":
        """Tell the feed."""
        listeners = tuple(ListenerOut.of(one, one.item) for one in feed.listeners if one.item)
        cache = CacheOut(age=int(feed.age_s), ttl=LISTED_S)
        return cls(listeners=listeners, count=len(listeners), cache=cache)
