"""Making the pages of previews out of plans and the library."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from app.errors import NotFoundError
from app.genres.library import Library
from app.playlists.labels import labels_of, without_of
from app.playlists.models import Plan, PlannedPlaylist, Run, task_of, uris_of
from app.playlists.preview_models import (
    AlikeSong,
    PreviewPage,
    PreviewPlaylist,
    PreviewSongsPage,
    SongList,
    SongsQuery,
)
from app.playlists.song_rows import SongRows

FIRST_SONGS = 20
PAGE_SONGS = 200
MOST_CHOOSING = 10
"""Playlists of a preview that may each choose among the listener's own: such lists are long."""


@dataclass(frozen=True, slots=True)
class Around:
    """What is known beside a plan.

    Attributes:
        run: what writes the plan, if anything does.
        calls_left: Spotify calls that are left for writing; None where there is no limit.
        lacks_unfollow: whether the permission to remove playlists is still to be asked for.
        first: whether no playlist was made yet.
        changed: whether the plan was just made anew.
    """

    run: Run | None = None
    calls_left: int | None = None
    lacks_unfollow: bool = False
    first: bool = False
    changed: bool = False


class PreviewPages:
    """Makes pages; `open_url` is where links to songs lead, `rate` is in calls to Spotify a second."""

    def __init__(self, *, open_url: str, rate: float) -> None:
        self._open_url = open_url
        self._rate = rate

    def preview_page(self, plan: Plan, library: Library, around: Around) -> PreviewPage:
        """Return a plan with the first songs of each playlist."""
        maker = _Maker(library, self._open_url)
        shown = [maker.playlist(index, planned) for index, planned in enumerate(plan.playlists)]
        times = Counter(entry.uri for planned in plan.playlists for entry in planned.additions)
        crowded = sum(one.chosen for one in shown) > MOST_CHOOSING
        return PreviewPage(
            id=plan.id,
            expires_at=plan.expires_at,
            task=task_of(plan.playlists),
            calls_needed=plan.calls_needed,
            calls_left=around.calls_left,
            estimated_s=math.ceil(plan.calls_needed / self._rate),
            songs=len(times),
            repeated=sum(count > 1 for count in times.values()),
            removed=sum(len(planned.remove) for planned in plan.playlists),
            match=next((one.match for one in shown), "any"),
            playlists=tuple(one for one in shown if one.changes or one.chosen),
            still=tuple(one for one in shown if not (one.changes or one.chosen)),
            gone=plan.gone,
            own=() if crowded else plan.own,
            crowded=crowded,
            run=around.run.id if around.run else None,
            asks=around.lacks_unfollow and any(one.task == "make" for one in shown),
            first=around.first,
            covers=any(one.cover for one in plan.playlists),
            changed=around.changed,
        )

    def preview_songs_page(self, plan: Plan, library: Library, query: SongsQuery) -> PreviewSongsPage:
        """Return all songs that are added to one playlist of a plan, or taken out, 200 at a time.

        Raises:
            NotFoundError: the plan has no such playlist.
        """
        if query.playlist >= len(plan.playlists):
            raise NotFoundError("This preview has no such playlist.")
        planned = plan.playlists[query.playlist]
        uris = planned.remove if query.what == "remove" else uris_of(planned.additions)
        after = query.offset + PAGE_SONGS
        return PreviewSongsPage(
            id=plan.id,
            index=query.playlist,
            what=query.what,
            name=planned.name,
            count=len(uris),
            labels=labels_of(planned.selection, library.fold),
            songs=SongRows(library, self._open_url).of(uris[query.offset : after]),
            offset=query.offset,
            next_offset=after if after < len(uris) else None,
        )


class _Maker:
    def __init__(self, library: Library, open_url: str) -> None:
        self._fold = library.fold
        self._rows = SongRows(library, open_url)

    def playlist(self, index: int, planned: PlannedPlaylist) -> PreviewPlaylist:
        return PreviewPlaylist(
            index=index,
            task=planned.task,
            chosen=planned.asked is not None,
            changes=planned.changes,
            name=planned.name,
            description=planned.description,
            url=planned.url,
            target=planned.playlist_id,
            replaces=planned.replaces is not None,
            labels=labels_of(planned.selection, self._fold),
            without=without_of(planned.selection, self._fold),
            match=planned.selection.match,
            mode=planned.mode,
            order=planned.order,
            size=planned.size,
            add=self._list(uris_of(planned.additions)),
            remove=self._list(planned.remove),
            already=planned.already,
            held_back=planned.held_back,
            no_room=planned.no_room,
            local=planned.skipped_local,
            unplayable=planned.skipped_unplayable,
            inferred=planned.skipped_inferred,
            listed=len(planned.listed),
            repeated=tuple(self._rows.of(uris) for uris in _groups(planned, "recording")),
            alike=self._alike(planned),
            dropped=tuple(AlikeSong(uri, self._rows.one(uri), droppable=True) for uri in planned.dropped),
            namesakes=planned.namesakes,
        )

    def _list(self, uris: tuple[str, ...]) -> SongList:
        return SongList(len(uris), self._rows.of(uris[:FIRST_SONGS]))

    def _alike(self, planned: PlannedPlaylist) -> tuple[tuple[AlikeSong, ...], ...]:
        """Return the songs of one title of which at least one is new."""
        added = set(uris_of(planned.additions))
        return tuple(
            tuple(AlikeSong(uri, self._rows.one(uri), uri in added) for uri in uris)
            for uris in _groups(planned, "title")
            if not added.isdisjoint(uris)
        )


def _groups(planned: PlannedPlaylist, kind: Literal["recording", "title"]) -> Iterable[tuple[str, ...]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for one in planned.duplicates:
        if one.kind == kind:
            groups[one.kept].append(one.other)
    return [(kept, *others) for kept, others in groups.items()]
