"""Making the pages of previews out of plans and the library."""

import math
from collections import Counter

from app.errors import NotFoundError
from app.genres.library import Library
from app.playlists.labels import labels_of
from app.playlists.models import Plan, Run, uris_of
from app.playlists.page_models import PreviewPage, PreviewPlaylist, PreviewSongsPage
from app.playlists.song_rows import SongRows

FIRST_SONGS = 20
PAGE_SONGS = 200


class PreviewPages:
    """Makes pages; `open_url` is where links to songs lead, `rate` is in calls to Spotify a second."""

    def __init__(self, *, open_url: str, rate: float) -> None:
        self._open_url = open_url
        self._rate = rate

    def preview_page(self, plan: Plan, library: Library, run: Run | None) -> PreviewPage:
        """Return a plan with the first songs of each playlist."""
        rows = SongRows(library, self._open_url)
        times = Counter(entry.uri for playlist in plan.playlists for entry in playlist.additions)
        return PreviewPage(
            id=plan.id,
            expires_at=plan.expires_at,
            calls_needed=plan.calls_needed,
            estimated_s=math.ceil(plan.calls_needed / self._rate),
            songs=len(times),
            repeated=sum(count > 1 for count in times.values()),
            match=next((one.selection.match for one in plan.playlists), "any"),
            playlists=tuple(
                PreviewPlaylist(
                    index=index,
                    name=run.steps[index].name if run else playlist.name,
                    labels=labels_of(playlist.selection, library.fold),
                    count=len(playlist.additions),
                    local=playlist.skipped_local,
                    unplayable=playlist.skipped_unplayable,
                    inferred=playlist.skipped_inferred,
                    repeated=sum(one.kind == "recording" for one in playlist.duplicates),
                    songs=rows.of(uris_of(playlist.additions[:FIRST_SONGS])),
                    more=max(0, len(playlist.additions) - FIRST_SONGS),
                )
                for index, playlist in enumerate(plan.playlists)
            ),
            run=run.id if run else None,
        )

    def preview_songs_page(
        self, plan: Plan, library: Library, *, index: int, offset: int
    ) -> PreviewSongsPage:
        """Return all songs of one playlist of a plan, 200 at a time.

        Raises:
            NotFoundError: the plan has no such playlist.
        """
        if index >= len(plan.playlists):
            raise NotFoundError("This preview has no such playlist.")
        playlist = plan.playlists[index]
        uris = uris_of(playlist.additions)
        after = offset + PAGE_SONGS
        return PreviewSongsPage(
            id=plan.id,
            index=index,
            name=playlist.name,
            count=len(uris),
            labels=labels_of(playlist.selection, library.fold),
            songs=SongRows(library, self._open_url).of(uris[offset:after]),
            offset=offset,
            next_offset=after if after < len(uris) else None,
        )
