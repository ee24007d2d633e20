"""The gates as the settings want them."""

import math
from collections.abc import Callable
from typing import NamedTuple

from app.clock import Clock
from app.kv.cached import CachedKV
from app.settings import Settings
from app.upstream.blocks import Rules
from app.upstream.budget import CallBudget
from app.upstream.gate import Gate

USUAL_IN_30_S = 60


class Gates(NamedTuple):
    """Every gate of the app."""

    spotify: Gate
    musicbrainz: Gate
    wikidata: Gate
    lastfm: Gate


def spotify_gate(settings: Settings, *, clock: Clock, kv: CachedKV, extended: Callable[[], bool]) -> Gate:
    """Return the gate in front of Spotify; calls are counted while the app is not `extended`."""
    rate = settings.spotify_rate_per_second
    budget = None
    if limit := settings.daily_budget:
        rules = Rules(limit, settings.write_reserve, settings.now_playing_budget)
        budget = CallBudget(kv, rules, name="calls", clock=clock, unlimited=extended)
    return Gate(
        "Spotify",
        rate_per_second=rate,
        clock=clock,
        most_in_30_s=max(USUAL_IN_30_S, math.ceil(30 * rate)),
        budget=budget,
        kv=kv,
    )


def musicbrainz_gate(settings: Settings, *, clock: Clock, kv: CachedKV) -> Gate:
    """Return the gate in front of MusicBrainz."""
    return Gate("MusicBrainz", rate_per_second=settings.musicbrainz_rate_per_second, clock=clock, kv=kv)


def wikidata_gate(settings: Settings, *, clock: Clock, kv: CachedKV) -> Gate:
    """Return the gate in front of Wikidata's query service."""
    return Gate("Wikidata", rate_per_second=settings.wikidata_rate_per_second, clock=clock, kv=kv)


def lastfm_gate(settings: Settings, *, clock: Clock, kv: CachedKV) -> Gate:
    """Return the gate in front of Last.fm."""
    return Gate("Last.fm", rate_per_second=settings.lastfm_rate_per_second, clock=clock, kv=kv)
