"""Gates that operators look at."""

from app.admin.upstream import UpstreamService
from app.spotify.app_mode import AppModes
from app.upstream.budget import CallBudget
from app.upstream.gate import Gate
from app.upstream.gates import Gates
from tests.fakes import FakeClock


def quiet_upstream(clock: FakeClock, budget: CallBudget | None = None) -> UpstreamService:
    """Gates that nobody went through."""
    spotify = Gate("Spotify", rate_per_second=2, clock=clock, budget=budget)
    sources = (Gate(name, rate_per_second=1, clock=clock) for name in ("MusicBrainz", "Wikidata", "Last.fm"))
    return UpstreamService(Gates(spotify, *sources), AppModes(clock), clock)
