"""What is kept of what people listen to: for the length of a song."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["track", "episode", "ad", "unknown"]
Trouble = Literal["spent", "refused", "barred", "ended", "silent"]
"""Why Spotify was not asked, or did not tell: the calls for it are used up, a permission is missing, this
account or app may not ask, the connection is over, or there was no answer."""

KEPT_AFTER_END = timedelta(seconds=90)


class Frozen(BaseModel):
    """A value that may be handed out from the memory cache."""

    model_config = ConfigDict(frozen=True)


class Played(Frozen):
    """A song or an episode.

    Attributes:
        id: None for local files.
        artists: names; empty for episodes.
        album: of an episode its show.
        url: where it is at Spotify; None for local files.
        genres: the lead first; empty where none is known.
        hue: the colour of the lead's family, with `depth`.
    """

    id: str | None = None
    name: str
    artists: tuple[str, ...] = ()
    album: str = ""
    image: str | None = None
    url: str | None = None
    duration_ms: int = 0
    genres: tuple[str, ...] = ()
    hue: str = "grey"
    depth: int = 1


class Listening(Frozen):
    """What somebody listened to when Spotify was asked.

    Attributes:
        due_at: from when on it is worth asking again without anybody's doing.
        kind: None when nothing plays.
        progress_ms: how far it was at `asked_at`.
        private: whether the listener hides it from friends, so that it is nobody else's business here either.
        listener: the name of whoever listens.
        trouble: why this is not what plays now, or may not be.
    """

    asked_at: datetime
    due_at: datetime
    playing: bool = False
    kind: Kind | None = None
    item: Played | None = None
    progress_ms: int = 0
    device: str = ""
    private: bool = False
    listener: str = ""
    trouble: Trouble | None = None

    @property
    def resumes_at(self) -> datetime | None:
        """When there are calls for it again; None while there are."""
        return self.due_at if self.trouble == "spent" else None

    @property
    def ends_at(self) -> datetime | None:
        """When what plays is over if nobody stops it; None where that is not known."""
        if not (self.playing and self.item and self.item.duration_ms):
            return None
        return self.asked_at + timedelta(milliseconds=max(0, self.item.duration_ms - self.progress_ms))

    @property
    def at_end(self) -> bool:
        """Whether its song was over when Spotify was asked."""
        return self.item is not None and 0 < self.item.duration_ms <= self.progress_ms

    @property
    def public(self) -> bool:
        """Whether others may see it, if its listener lets them: a song of Spotify's in no private session."""
        return self.kind == "track" and self.item is not None and bool(self.item.url) and not self.private

    @property
    def forgotten_at(self) -> datetime:
        """When it is kept no more."""
        return (self.ends_at or self.due_at) + KEPT_AFTER_END

    def progress_at(self, now: datetime) -> int:
        """Return how far it is now, in milliseconds."""
        length = self.item.duration_ms if self.item else 0
        passed = (now - self.asked_at) / timedelta(milliseconds=1) if self.playing else 0
        return max(0, min(length, self.progress_ms + int(passed)))

    def told_at(self, now: datetime) -> "Listening":
        """Return what there is to say of it now: no song that is over, where what follows is not known."""
        if self.trouble and self.ends_at and now >= self.ends_at:
            return self.model_copy(update={"playing": False, "kind": None, "item": None})
        return self

    def in_trouble(self, trouble: Trouble, *, now: datetime, due_at: datetime) -> "Listening":
        """Return what is left to say when Spotify does not tell: the same while it lasts, else nothing."""
        lasts = self.ends_at is not None and now < self.ends_at
        kept = self if lasts else Listening(asked_at=now, due_at=due_at)
        return kept.model_copy(update={"trouble": trouble, "due_at": due_at})


class PlayerCalls(Frozen):
    """When a person's player was asked about in the last day, in seconds since 1970."""

    at: tuple[int, ...] = ()
