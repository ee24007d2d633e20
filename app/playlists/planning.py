"""Turning what belongs into a playlist, and what is in it, into exactly what will be written."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from app.genres.library import Library
from app.playlists.changes import Insertion, Recordings, change_of, insertions, without
from app.playlists.duplicates import choose
from app.playlists.models import (
    CALL_SONGS,
    PAGE_SONGS,
    Entry,
    Mode,
    PlannedPlaylist,
    calls_of,
    reading_calls,
    uris_of,
)
from app.playlists.records import MadePlaylist, PlaylistSongs
from app.spotify.limits import NAME_LIMIT, PLAYLIST_LIMIT, fitting


def frame_of(made: MadePlaylist) -> PlannedPlaylist:
    """Return a playlist that the app keeps, as it is kept, without its songs."""
    return PlannedPlaylist(
        name=made.name,
        description="",
        selection=made.selection,
        uris=(),
        playlist_id=made.id,
        url=made.url,
        as_kept=True,
        mode=made.mode,
        order=made.order,
    )


def with_songs(frame: PlannedPlaylist, library: Library, *, drop: Collection[str] = ()) -> PlannedPlaylist:
    """Return a playlist with the songs of a library that belong there, in its order."""
    wanted = frame.selection
    placed = library.select(wanted.include, match=wanted.match, exclude=wanted.exclude)
    songs = [one.song for one in placed if wanted.inferred or not one.inferred]
    choice = choose(songs, dropped=drop)
    entries = choice.entries if frame.order == "newest" else tuple(reversed(choice.entries))
    return frame.model_copy(
        update={
            "uris": uris_of(entries),
            "isrcs": tuple(entry.isrc for entry in entries),
            "duplicates": choice.duplicates,
            "skipped_local": choice.local,
            "skipped_unplayable": choice.unplayable,
            "skipped_inferred": len(placed) - len(songs),
        }
    )


def careful(mode: Mode, library: Library) -> Mode:
    """Return how a playlist may be changed: until all songs are read none is known not to belong."""
    return "add" if mode == "mirror" and not library.origin.whole else mode


def without_some(planned: PlannedPlaylist, out: Iterable[Entry]) -> PlannedPlaylist:
    """Return a new playlist without songs that the listener took out of the one before it."""
    gone = Recordings(out)
    left = [entry for entry in planned.entries if entry not in gone]
    return planned.model_copy(
        update={
            "uris": uris_of(left),
            "isrcs": tuple(entry.isrc for entry in left),
            "held_back": len(planned.uris) - len(left),
        }
    )


def dropping(planned: PlannedPlaylist, drop: Collection[str]) -> PlannedPlaylist:
    """Return a playlist without some of the songs that are to be added, which the listener does not want."""
    if not drop:
        return planned
    left = [entry for entry in planned.entries if entry.uri not in drop]
    new = planned.model_copy(
        update={
            "uris": uris_of(left),
            "isrcs": tuple(entry.isrc for entry in left),
            "add": None if planned.add is None else tuple(uri for uri in planned.add if uri not in drop),
            "dropped": tuple(dict.fromkeys((*planned.dropped, *drop))),
        }
    )
    return new if new.changes else new.model_copy(update={"calls": 0})


def in_parts(planned: PlannedPlaylist, *, series: str = "") -> list[PlannedPlaylist]:
    """Split a new playlist longer than Spotify takes in "rock", "rock (2)" ...; one without songs is none."""
    whole, uris = fitting(planned.name, NAME_LIMIT - len(" (99)")), planned.uris
    if planned.task != "make" or 1 <= len(uris) <= PLAYLIST_LIMIT:
        return [planned]
    nothing = {"skipped_local": 0, "skipped_unplayable": 0, "skipped_inferred": 0, "duplicates": ()}
    return [
        planned.model_copy(
            update={
                "uris": uris[start : start + PLAYLIST_LIMIT],
                "isrcs": planned.isrcs[start : start + PLAYLIST_LIMIT],
                "series": series,
                **({} if number == 1 else {"name": f"{whole} ({number})", **nothing}),
            }
        )
        for number, start in enumerate(range(0, len(uris), PLAYLIST_LIMIT), 1)
    ]


def as_update(
    planned: PlannedPlaylist,
    known: PlaylistSongs,
    *,
    mode: Mode,
    read: bool,
    taken: Iterable[Entry] = (),
    limit: int = PLAYLIST_LIMIT,
) -> PlannedPlaylist:
    """Return the change of a playlist that is there.

    Args:
        planned: what belongs there.
        known: what is in it now.
        mode: how it is changed this time, which may be more careful than how it is kept.
        read: whether it is known to be so when the change is made, if nobody has changed it since.
        taken: songs that another part of the same series has.
        limit: entries that a playlist holds.
    """
    elsewhere = {entry.uri for entry in taken}
    wanted = [entry for entry in planned.entries if entry.uri not in elsewhere]
    change = change_of(known, wanted, mode, limit=limit)
    places = insertions(without(known.items, uris_of(change.remove)), wanted, change.add, order=planned.order)
    first_look = 1 if read else reading_calls(len(known.items))
    written = calls_of(len(change.remove)) + len(places)
    belongs = wanted if written else []  # what is only to be looked at need not be kept
    return planned.model_copy(
        update={
            "task": "update",
            "uris": uris_of(belongs),
            "isrcs": tuple(entry.isrc for entry in belongs),
            "add": uris_of(change.add),
            "remove": uris_of(change.remove),
            "already": change.already,
            "held_back": len(change.held_back),
            "no_room": len(change.no_room),
            "size": len(known.items),
            "calls": first_look + written + _checking_calls(places) if written else 0,
        }
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A playlist, or a part of one that was split.

    Attributes:
        planned: what belongs there.
        known: what is in it now.
        mode: how it is changed this time.
    """

    planned: PlannedPlaylist
    known: PlaylistSongs
    mode: Mode


def as_updates(parts: Sequence[Part], *, limit: int = PLAYLIST_LIMIT) -> list[PlannedPlaylist]:
    """Return the changes of the parts of one playlist, the first part first.

    No part gets what another has, and new songs go to the first that has room.
    """
    held = [list(part.known.items) for part in parts]
    changes = []
    for number, part in enumerate(parts):
        taken = [song for other, songs in enumerate(held) if other != number for song in songs]
        change = as_update(part.planned, part.known, mode=part.mode, read=True, taken=taken, limit=limit)
        held[number] += change.additions
        is_last = number == len(parts) - 1
        changes.append(change if is_last else change.model_copy(update={"no_room": 0}))
    return changes


def as_undo(planned: PlannedPlaylist, before: Sequence[Entry], *, size: int) -> PlannedPlaylist:
    """Return the taking back of an update; `planned` says what is added and removed for that."""
    songs = len(planned.add or ())
    return planned.model_copy(
        update={
            "task": "undo",
            "uris": uris_of(before),
            "size": size,
            "calls": reading_calls(0) + calls_of(len(planned.remove)) + songs + reading_calls(len(before)),
        }
    )


def _checking_calls(places: Iterable[Insertion]) -> int:
    """Return how many calls compare the songs that were put in."""
    indices = (one.position + number for one in places for number in range(len(one.entries)))
    return 1 + len({(index - CALL_SONGS) // PAGE_SONGS for index in indices if index >= CALL_SONGS})
