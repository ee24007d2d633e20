"""Which sources a scan reads, and what that takes."""

from collections.abc import Collection, Sequence
from datetime import datetime

from app.clock import Clock
from app.genres.links import Links
from app.genres.models import LIKED, PLAYLIST, LibraryIndex, ScanCursor
from app.genres.page_models import ScanChoice, ScanSource
from app.genres.scan_schemas import LibrarySizeOut, UserPlaylistOut
from app.genres.scanning.errors import ScanOverBudgetError
from app.genres.scanning.offers import LIKED_NAME, Known, Offers, ScanPlan, calls_of, seconds_of
from app.genres.scanning.run import goes_on
from app.genres.scanning.tools import ScanTools
from app.upstream.errors import UpstreamError


class Planner:
    """Knows what a person can have scanned, and how that fits into what Spotify allows."""

    def __init__(self, offers: Offers, tools: ScanTools, links: Links) -> None:
        self._offers = offers
        self._tools = tools
        self._links = links

    async def state(self, user_id: str) -> tuple[ScanCursor | None, LibraryIndex | None]:
        """Return the last scan and the library, as far as there are any."""
        return await self._tools.scans.find(user_id), await self._tools.library.find_index(user_id)

    async def plan(
        self, user_id: str, sources: Sequence[str] | None = None, *, refresh: bool = False
    ) -> ScanPlan:
        """Return what a scan takes, as far as it is known without asking Spotify."""
        last, index = await self.state(user_id)
        chosen = tuple(dict.fromkeys(sources or remembered(last, index, self._tools.clock)))
        wanted = tuple(self._offers.wanted(user_id, source, index) for source in chosen)
        needs = [self._offers.need(user_id, one, None if refresh else index) for one in wanted]
        capacity = self._tools.spotify.capacity()
        calls, songs = calls_of(needs, chosen), sum(need.songs for need in needs)
        seconds = seconds_of(calls, songs, calls_per_second=capacity.rate_per_second)
        return ScanPlan(wanted, calls, seconds, capacity.left)

    async def get_size(self, user_id: str, sources: Sequence[str] | None = None) -> LibrarySizeOut:
        """Ask Spotify how many songs there are to scan.

        Raises:
            UpstreamError: it does not tell now, and nothing is known of before.
        """
        last, index = await self.state(user_id)
        chosen = tuple(sources or remembered(last, index, self._tools.clock))
        told: list[datetime | None] = []
        if LIKED in chosen:
            told.append((await self._offers.get_liked(user_id, index)).as_of)
        if any(source != LIKED for source in chosen):
            told.append((await self._offers.get_playlists(user_id, made=())).as_of)
        plan = await self.plan(user_id, chosen)
        return LibrarySizeOut(
            total=sum(one.expected for one in plan.wanted),
            estimated_seconds=plan.seconds,
            calls_needed=plan.calls,
            calls_left=plan.calls_left,
            as_of=min((at for at in told if at), default=None),
        )

    def check_budget(self, plan: ScanPlan) -> None:
        """Let a scan through that fits into what is left.

        Raises:
            ScanOverBudgetError: it does not.
        """
        if plan.calls_left is not None and plan.calls > plan.calls_left:
            at = self._tools.spotify.capacity().finish_at(plan.calls, self._tools.clock.now())
            raise ScanOverBudgetError(plan, at)

    async def get_choice(
        self,
        user_id: str,
        *,
        made: Collection[str],
        picked: Sequence[str] | None = None,
        over: ScanOverBudgetError | None = None,
    ) -> ScanChoice:
        """Return what there is to tick, as far as Spotify tells it at once.

        Args:
            user_id: whose sources.
            made: ids of the playlists that this app made.
            picked: what is ticked; None is what was read last.
            over: why a scan of that was not started.
        """
        last, index = await self.state(user_id)
        chosen = tuple(picked or remembered(last, index, self._tools.clock))
        liked, playlists = await self._find_offers(user_id, index, made)
        plan = await self.plan(user_id, chosen)
        kept = {one.source for one in index.sources} if index else frozenset[str]()
        rows = [self._row(user_id, one, index) for one in (playlists.value if playlists else ())]
        return ScanChoice(
            liked=self._source(user_id, LIKED, index, known=liked is not None),
            playlists=tuple(rows),
            picked=frozenset(chosen),
            kept=frozenset(kept),
            told=playlists is not None,
            as_of=min((one.as_of for one in (liked, playlists) if one and one.as_of), default=None),
            plan=plan,
            rate=self._tools.spotify.capacity().rate_per_second,
            finishes_at=over.finishes_at if over else None,
        )

    async def _find_offers(
        self, user_id: str, index: LibraryIndex | None, made: Collection[str]
    ) -> tuple[Known[int] | None, Known[tuple[UserPlaylistOut, ...]] | None]:
        liked = playlists = None
        try:
            liked = await self._offers.get_liked(user_id, index)
            playlists = await self._offers.get_playlists(user_id, made=made)
        except UpstreamError:  # whoever waits for a page sees what there is
            pass
        return liked, playlists

    def _source(
        self, user_id: str, source: str, index: LibraryIndex | None, *, known: bool = True
    ) -> ScanSource:
        wanted = self._offers.wanted(user_id, source, index)
        need = self._offers.need(user_id, wanted, index)
        return ScanSource(
            value=source,
            name=wanted.name if source != LIKED else LIKED_NAME,
            count=wanted.expected if known else None,
            calls=need.calls,
            songs=need.songs,
        )

    def _row(self, user_id: str, playlist: UserPlaylistOut, index: LibraryIndex | None) -> ScanSource:
        source = self._source(user_id, PLAYLIST + playlist.id, index, known=playlist.track_count is not None)
        return ScanSource(
            value=source.value,
            name=playlist.name,
            count=source.count,
            calls=source.calls,
            songs=source.songs,
            url=self._links.playlist(playlist.id),
            image=playlist.image,
            owner=None if playlist.is_owned else playlist.owner,
            readable=playlist.readable,
            made=playlist.made_by_app,
        )


def remembered(last: ScanCursor | None, index: LibraryIndex | None, clock: Clock) -> tuple[str, ...]:
    """Return what a scan reads when nobody says what: what is begun, else what the library is made of."""
    if last and last.status != "completed" and goes_on(last, clock):
        return tuple(one.source for one in last.wanted)
    return tuple(one.source for one in index.sources) if index else (LIKED,)
