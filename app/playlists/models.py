"""What is planned and done about playlists."""

from collections.abc import Iterable
from datetime import datetime
from itertools import zip_longest
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

Match = Literal["any", "lead"]
Mode = Literal["add", "mirror", "frozen"]
Order = Literal["newest", "oldest"]
Schedule = Literal["off", "daily", "weekly"]
Task = Literal["make", "update", "undo", "unfollow"]
RunStatus = Literal["new", "running", "waiting", "completed", "partial", "failed"]
StepStatus = Literal["waiting", "creating", "filling", "done", "failed"]

CALL_SONGS = 100
"""Songs that one call adds or takes out, and that come with a playlist without a further call."""
PAGE_SONGS = 50
"""Songs that a further call reads."""


class Frozen(BaseModel):
    """A value that may be handed out from the memory cache."""

    model_config = ConfigDict(frozen=True)


class Entry(NamedTuple):
    """One place in a playlist.

    Attributes:
        uri: Spotify's, empty where the song is lost.
        isrc: the code of its recording, empty where unknown.
        mine: whether the app put it in, and nobody has added a second copy since.
    """

    uri: str
    isrc: str = ""
    mine: bool = False


class Selection(Frozen):
    """Which songs belong to a playlist.

    Attributes:
        include: `family:<id>` and `genre:<name>`.
        exclude: the same, taken out again; a genre here means every song that has it.
        match: by every genre of a song, or by its lead genre only.
        inferred: also songs whose place is inferred.
        unlisted: only songs that are in none of the listener's playlists. This is for one preview: a playlist
            keeps the songs that it left out, not the wish.
    """

    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    match: Match = "any"
    inferred: bool = False
    unlisted: bool = False

    def joined(self, other: "Selection") -> "Selection":
        """Return the selection of all songs that either has, or more."""
        return Selection(
            include=tuple(dict.fromkeys((*self.include, *other.include))),
            exclude=tuple(item for item in self.exclude if item in other.exclude),
            match=self.match if self.match == other.match else "any",
            inferred=self.inferred or other.inferred,
        )


class Tint(NamedTuple):
    """A family's colour."""

    hue: str
    depth: int


class Duplicate(Frozen):
    """Two songs that may be one to a listener.

    Attributes:
        kept: URI of the song that is in the playlist.
        other: URI of the other one.
        kind: `recording` where their ISRC says that they are the same, and `other` is left out; `title` where
            only title and artists are, and both are in it.
    """

    kept: str
    other: str
    kind: Literal["recording", "title"]


class Namesake(Frozen):
    """A playlist of the listener's that already has the name; `songs` is None where Spotify does not tell."""

    id: str
    name: str
    songs: int | None = None


class PlannedPlaylist(Frozen):
    """One playlist of a preview: exactly what will be written.

    Attributes:
        uris: songs that belong there, in order, each once; of an undo, all entries as they were before.
        isrcs: codes of their recordings, beside `uris`; empty where unknown.
        task: what is done: a new playlist, a change of one that is there, or taking the last of these back.
        playlist_id: which is changed; None for a new one.
        as_kept: whether selection, mode and order are those of a playlist that is kept, and stay as they are
            by then.
        replaces: the vanished playlist in whose place a new one is made.
        add: those of `uris` that are added; None for all of them.
        remove: URIs that are taken out.
        already: songs that are in it.
        held_back: songs that the listener took out, which therefore are not added.
        no_room: songs for which the playlist has no room.
        dropped: URIs that the listener does not want in it, now or later.
        listed: the same of songs that are in other playlists, where only songs in none were asked for.
        asked: what was asked for, where a preview began with that; `selection` may have more.
        size: entries before.
        namesakes: own playlists that already have the name.
        series: what the parts of one that was split have in common.
        calls: Spotify calls that it takes; None where they follow from the rest.
        cover: colours of the cover that a new one gets; none without one.
        skipped_local: local files, which Spotify's API cannot add.
        skipped_unplayable: songs that Spotify does not play in the listener's country.
        skipped_inferred: songs whose place is inferred, where these were not asked for.
    """

    name: str
    description: str
    selection: Selection
    uris: tuple[str, ...]
    isrcs: tuple[str, ...] = ()
    task: Task = "make"
    playlist_id: str | None = None
    url: str | None = None
    as_kept: bool = False
    replaces: str | None = None
    add: tuple[str, ...] | None = None
    remove: tuple[str, ...] = ()
    already: int = 0
    held_back: int = 0
    no_room: int = 0
    dropped: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    asked: Selection | None = None
    duplicates: tuple[Duplicate, ...] = ()
    size: int = 0
    mode: Mode = "add"
    order: Order = "newest"
    namesakes: tuple[Namesake, ...] = ()
    series: str = ""
    calls: int | None = None
    cover: tuple[Tint, ...] = ()
    skipped_local: int = 0
    skipped_unplayable: int = 0
    skipped_inferred: int = 0

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The songs that belong there."""
        pairs = zip_longest(self.uris, self.isrcs[: len(self.uris)], fillvalue="")
        return tuple(Entry(uri, isrc) for uri, isrc in pairs)

    @property
    def additions(self) -> tuple[Entry, ...]:
        """The songs that are added, in order."""
        if self.add is None:
            return self.entries
        added = set(self.add)
        return tuple(entry for entry in self.entries if entry.uri in added)

    @property
    def changes(self) -> bool:
        """Whether anything is written."""
        return self.task in {"make", "unfollow"} or bool(self.add) or bool(self.remove)

    @property
    def calls_needed(self) -> int:
        """Spotify calls when nothing fails: to create, one a hundred songs, to read back, and the cover."""
        if self.calls is not None:
            return self.calls
        return 1 + calls_of(len(self.uris)) + reading_calls(len(self.uris)) + bool(self.cover)


class Plan(Frozen):
    """A preview. Its id is the idempotency key: applying it twice makes the playlists once.

    Attributes:
        gone: names of playlists that vanished from Spotify, which the plan leaves out.
        automatic: whether auto-sort made it, so that everybody else's calls go first.
        own: the listener's own playlists, which could be added to.
        applied: whether there is a run of it.
    """

    id: str
    user_id: str
    created_at: datetime
    expires_at: datetime
    playlists: tuple[PlannedPlaylist, ...]
    gone: tuple[Namesake, ...] = ()
    automatic: bool = False
    own: tuple[Namesake, ...] = ()
    applied: bool = False

    @property
    def calls_needed(self) -> int:
        """Spotify calls that applying the plan takes when nothing fails."""
        return sum(playlist.calls_needed for playlist in self.playlists)


class Step(Frozen):
    """How far one playlist of a run is.

    Attributes:
        total: songs to add, and `to_remove` songs to take out.
        added: how many of them, in the plan's order, Spotify has acknowledged; these are never added again.
        removed: the same of those to take out.
        verified: entries that Spotify shows in the playlist, read back song by song at the end.
        problem: a sentence for a person when the step failed, or something is not as it should be.
    """

    name: str
    selection: Selection
    total: int
    task: Task = "make"
    status: StepStatus = "waiting"
    playlist_id: str | None = None
    url: str | None = None
    added: int = 0
    to_remove: int = 0
    removed: int = 0
    verified: int | None = None
    problem: str | None = None


class Run(Frozen):
    """The applying of one plan, kept so that it can go on after a crash.

    Attributes:
        resumes_at: while it waits, when it goes on by itself.
        automatic: whether auto-sort started it.
    """

    id: str
    user_id: str
    started_at: datetime
    status: RunStatus = "new"
    resumes_at: datetime | None = None
    automatic: bool = False
    steps: tuple[Step, ...]

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.status in {"completed", "partial", "failed"}


class OpenRun(Frozen):
    """Says that a run has not ended, so that a start after a crash goes on with it.

    Attributes:
        since: when it was opened.
    """

    since: datetime


def task_of(things: "Iterable[PlannedPlaylist | Step]") -> Task | None:
    """Return what is done to all of them; None if that differs."""
    tasks = {one.task for one in things}
    return tasks.pop() if len(tasks) == 1 else None


def calls_of(songs: int) -> int:
    """Return how many calls add, or take out, so many songs."""
    return -(-songs // CALL_SONGS)


def reading_calls(songs: int) -> int:
    """Return how many calls read a playlist of so many songs."""
    return 1 + -(-max(0, songs - CALL_SONGS) // PAGE_SONGS)


def uris_of(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the URIs of entries."""
    return tuple(entry.uri for entry in entries)
