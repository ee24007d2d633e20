"""What has to change in a playlist: values in, values out, nothing is asked and nothing is written."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

from app.playlists.models import CALL_SONGS, Entry, Mode, Order, uris_of
from app.playlists.records import PlaylistSongs
from app.spotify.limits import PLAYLIST_LIMIT

MOST_PLACES = 5
"""Different places that songs of one update are put at, as each costs a call; of more, all go in at one."""

Slot = tuple[str, int]


class Recordings:
    """Tells whether a song is among some entries: by its URI, or as the same recording by its ISRC.

    Spotify may show another id for a song than the one that was added (its changelog of February 2026 took
    away the field that told so), and a library may hold a recording on two albums.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._uris: set[str] = set()
        self._isrcs: set[str] = set()
        for entry in entries:
            self._uris.add(entry.uri)
            self._isrcs.add(entry.isrc)
        self._uris.discard("")
        self._isrcs.discard("")

    def __contains__(self, entry: Entry) -> bool:
        return entry.uri in self._uris or entry.isrc in self._isrcs


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done to one playlist.

    Attributes:
        add: songs to put in, in the order in which they belong.
        remove: songs of the app's own to take out.
        already: how many songs that belong there are in it.
        held_back: songs that belong there and were taken out by hand.
        no_room: songs that belong there and do not fit.
    """

    add: tuple[Entry, ...] = ()
    remove: tuple[Entry, ...] = ()
    already: int = 0
    held_back: tuple[Entry, ...] = ()
    no_room: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Insertion:
    """Songs that go in together, the first at `position`; at most a hundred."""

    position: int
    entries: tuple[Entry, ...]


def observed(known: PlaylistSongs, seen: Sequence[Entry], snapshot_id: str) -> PlaylistSongs:
    """Return what is known of a playlist after it was read.

    What is missing was taken out by hand, unless a run was taking it out; what is there again is wanted
    again. A song of the app's own of which there is a second copy belongs to the listener from then on.
    """
    here = Recordings(seen)
    leaving = set(known.removing)
    gone = [one for one in known.items if one.uri and one not in here and one.uri not in leaving]
    out = {one.uri: one._replace(mine=False) for one in (*known.out, *gone) if one not in here}
    copies = Counter(uris_of(seen))
    apps = [*(one for one in known.items if one.mine), *known.adding]
    own = {one.uri for one in apps}
    others = {one.uri for one in known.items} - own
    moved = {one.isrc for one in apps if one.uri not in copies} - {""}

    def is_mine(entry: Entry) -> bool:
        if entry.uri in own:
            return copies[entry.uri] == 1
        return entry.isrc in moved and entry.uri not in others

    items = tuple(entry._replace(mine=is_mine(entry)) for entry in seen)
    return known.model_copy(
        update={"items": items, "snapshot_id": snapshot_id, "out": tuple(out.values())},
    )


def put_in_by_hand(before: PlaylistSongs, now: PlaylistSongs) -> tuple[Entry, ...]:
    """Return the songs that have come without the app since `before`."""
    known = Recordings(before.items)
    return tuple(one for one in now.items if one.uri and not one.mine and one not in known)


def change_of(
    known: PlaylistSongs, wanted: Sequence[Entry], mode: Mode, *, limit: int = PLAYLIST_LIMIT
) -> Change:
    """Return what makes a playlist hold what belongs there.

    Args:
        known: what is in it now.
        wanted: the songs that belong there in order, each recording once.
        mode: `add` takes nothing out, `mirror` only what the app put in and no longer belongs, `frozen`
            changes nothing. A mirror of nothing at all is left alone: more likely a family has gone than
            all its songs.
        limit: entries that a playlist holds.
    """
    if mode == "frozen":
        return Change()
    here, out, belongs = Recordings(known.items), Recordings(known.out), Recordings(wanted)
    mirrors = mode == "mirror" and bool(wanted)
    remove = tuple(one for one in known.items if mirrors and one.mine and one not in belongs)
    missing = [one for one in wanted if one not in here]
    fresh = [one for one in missing if one not in out]
    room = max(0, limit - len(known.items) + len(remove))
    return Change(
        add=tuple(fresh[:room]),
        remove=remove,
        already=len(wanted) - len(missing),
        held_back=tuple(one for one in missing if one in out),
        no_room=tuple(fresh[room:]),
    )


def missing_of(additions: Sequence[Entry], known: PlaylistSongs, *, acknowledged: int) -> tuple[Entry, ...]:
    """Return which of some planned additions are still to be made.

    Not those that are there, whoever put them in; not those that Spotify has acknowledged before, which were
    taken out by hand since; and not those that were taken out by hand before.
    """
    here, out = Recordings(known.items), Recordings(known.out)
    return tuple(one for one in additions[acknowledged:] if one not in here and one not in out)


def without(items: Iterable[Entry], uris: Iterable[str]) -> tuple[Entry, ...]:
    """Return `items` without every copy of some songs."""
    gone = set(uris) - {""}
    return tuple(one for one in items if one.uri not in gone)


def inserted(items: Sequence[Entry], insertion: Insertion) -> tuple[Entry, ...]:
    """Return `items` with songs put in."""
    place = insertion.position
    return (*items[:place], *insertion.entries, *items[place:])


def insertions(
    items: Sequence[Entry],
    belongs: Sequence[Entry],
    add: Sequence[Entry],
    *,
    order: Order = "newest",
    most_places: int | None = MOST_PLACES,
) -> tuple[Insertion, ...]:
    """Return where songs go in, in hundreds, one after the other.

    Each goes right before the next song that belongs there and is there, else right after the one before it,
    else to the top, with `oldest` first to the end. Where that would be too many places all go there.

    Args:
        items: what is in the playlist.
        belongs: everything that belongs there, in order, with the songs to add.
        add: the songs to add, in that order.
        order: which end new songs go to.
        most_places: how many places are worth their calls; None for all.
    """
    end = 0 if order == "newest" else len(items)
    groups: list[tuple[int, list[Entry]]] = []
    for entry, place in zip(add, _places(items, belongs, add, end=end), strict=True):
        if groups and groups[-1][0] == place:
            groups[-1][1].append(entry)
        else:
            groups.append((place, [entry]))
    if most_places is not None and len(groups) > most_places:
        groups = [(end, list(add))]
    return tuple(_in_hundreds(groups))


def _in_hundreds(groups: Sequence[tuple[int, list[Entry]]]) -> Iterable[Insertion]:
    """Cut groups into calls, each with its position after those before it are made."""
    done: list[tuple[int, int]] = []
    for place, entries in groups:
        shift = sum(size for before, size in done if before <= place)
        for start in range(0, len(entries), CALL_SONGS):
            yield Insertion(place + shift + start, tuple(entries[start : start + CALL_SONGS]))
        done.append((place, len(entries)))


def _places(items: Sequence[Entry], belongs: Sequence[Entry], add: Sequence[Entry], *, end: int) -> list[int]:
    """Return the index in `items` that each song to add goes in front of."""
    index = {slot: number for number, slot in enumerate(_slots(items))}
    adding = {entry.uri for entry in add}
    slots = _slots(belongs)
    following: dict[Slot, int] = {}
    after: int | None = None
    for slot in reversed(slots):
        if slot[0] in adding and after is not None:
            following[slot] = after
        after = index.get(slot, after)
    places: list[int] = []
    before: int | None = None
    for slot in slots:
        if slot[0] in adding:
            places.append(following.get(slot, end if before is None else before + 1))
        before = index.get(slot, before)
    return places


def _slots(entries: Iterable[Entry]) -> list[Slot]:
    """Number the copies of a song, so that each is told from the others."""
    numbers: dict[str, count[int]] = {}
    return [(entry.uri, next(numbers.setdefault(entry.uri, count()))) for entry in entries]
