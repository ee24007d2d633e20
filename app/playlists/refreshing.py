"""Planning what brings playlists in step with the library, the parts of a split one together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from app.genres.library import Library
from app.playlists.models import PlannedPlaylist
from app.playlists.planning import Part, as_updates, careful, frame_of, with_songs
from app.playlists.records import MadePlaylist, PlaylistSongs


def plan_refresh(
    made: Sequence[MadePlaylist],
    known: Mapping[str, PlaylistSongs],
    library: Library,
    *,
    chosen: Collection[str],
) -> list[PlannedPlaylist]:
    """Return the changes of the playlists whose ids are `chosen`, in the order of `made`.

    Args:
        made: all that the app keeps: no part of a split one gets what another has.
        known: what is in them now, by id.
        library: what belongs into them comes from it.
        chosen: those that are to be changed.
    """
    planned: dict[str | None, PlannedPlaylist] = {}
    for series in _series(made):
        parts = [
            Part(
                with_songs(frame_of(one), library),
                known.get(one.id, PlaylistSongs()),
                mode=careful(one.mode, library) if one.id in chosen else "frozen",
            )
            for one in series
        ]
        planned |= {one.playlist_id: one for one in as_updates(parts)}
    return [planned[one.id] for one in made if one.id in chosen]


def parts_of(made: Iterable[MadePlaylist], playlist_id: str) -> frozenset[str]:
    """Return the ids of the parts of the playlist that one of them is of; most have no other part."""
    groups = ({one.id for one in series} for series in _series(made))
    return frozenset(next((ids for ids in groups if playlist_id in ids), ()))


def _series(made: Iterable[MadePlaylist]) -> list[list[MadePlaylist]]:
    """Put the parts of split playlists together, the first part first."""
    groups: defaultdict[object, list[MadePlaylist]] = defaultdict(list)
    for one in reversed(list(made)):
        if one.series is None:  # kept before parts were told apart: one run, one selection
            groups[one.run_id, one.selection].append(one)
        else:
            groups[one.series or one.id].append(one)
    return list(groups.values())
