"""Gates that operators look at."""

from app.admin.upstream import UpstreamService
from app.admin.words import UnknownWordsService
from app.genres.artist_repository import ArtistRepository
from app.genres.families import Families
from app.kv.cached import CachedKV
from app.spotify.app_mode import AppModes
from app.upstream.breaker import Breaker
from app.upstream.budget import CallBudget
from app.upstream.gate import Gate
from app.upstream.gates import Gates
from tests.fakes import FakeClock


def no_words(kv: CachedKV, clock: FakeClock) -> UnknownWordsService:
    """Nobody was ever asked about."""
    return UnknownWordsService(ArtistRepository(kv, clock), Families.load())


def quiet_upstream(
    clock: FakeClock, budget: CallBudget | None = None, *, breaker: Breaker | None = None
) -> UpstreamService:
    """Gates that nobody went through."""
    spotify = Gate("Spotify", rate_per_second=2, clock=clock, budget=budget)
    sources = (Gate(name, rate_per_second=1, clock=clock) for name in ("MusicBrainz", "Wikidata", "Last.fm"))
    breakers = {"musicbrainz": breaker or Breaker("MusicBrainz", clock)}
    return UpstreamService(Gates(spotify, *sources), AppModes(clock), clock, breakers)
