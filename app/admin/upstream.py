"""What the outside services still give, told from memory."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from app.admin.upstream_schemas import CallsOut, SourceOut, SpotifyOut, UpstreamOut
from app.clock import Clock
from app.kv.findings import Finding
from app.spotify.app_mode import AppModes
from app.upstream.breaker import Breaker
from app.upstream.capacity import Capacity
from app.upstream.gate import Gate, Priority
from app.upstream.gates import Gates

NEARLY = 0.2
"""Part of what scans may use that is little."""

PREFIX = "genre_sorter_upstream"


class UpstreamService:
    """Budget, gates and breakers, for operators; nothing here asks a store."""

    def __init__(
        self, gates: Gates, app_modes: AppModes, clock: Clock, breakers: Mapping[str, Breaker]
    ) -> None:
        self._gates = gates
        self._breakers = breakers
        self._app_modes = app_modes
        self._clock = clock

    def state(self) -> UpstreamOut:
        """Return everything there is to tell."""
        capacity = self._gates.spotify.capacity()
        calls = self._gates.spotify.calls
        return UpstreamOut(
            timestamp=self._clock.now(),
            spotify=SpotifyOut(
                limit=capacity.limit,
                used=capacity.used,
                left=capacity.left,
                left_for_writes=capacity.left_for_writes,
                reserve=capacity.reserve,
                now_playing_left=capacity.left_for_now_playing,
                blocked_until=capacity.blocked_until,
                reason=capacity.reason,
                waiting=self._gates.spotify.waiting,
                rate_per_second=capacity.rate_per_second,
                calls=calls.total(),
                calls_by_class=CallsOut(**{one.name.lower(): calls[one] for one in Priority}),
                mode=self._app_modes.mode,
            ),
            sources={
                name: self._source(name, gate)
                for name, gate in self._named()
                if gate is not self._gates.spotify
            },
        )

    def findings(self) -> Iterator[Finding]:
        """Yield what an operator should know of the budget, nothing when there is enough."""
        capacity = self._gates.spotify.capacity()
        until = f"{capacity.blocked_until:%Y-%m-%d %H:%M} UTC" if capacity.blocked_until else ""
        if capacity.reason == "quota":
            fact = "Spotify takes no calls from this app until %(until)s."
            action = "What is under way goes on by itself then."
        elif capacity.reason == "budget":
            fact = "Scans have used their part of the calls to Spotify: %(used)s of %(limit)s in 24 hours."
            action = "They go on by themselves at %(until)s; playlists can be written while calls are left."
        elif _runs_out(capacity):
            fact = "%(used)s of %(limit)s calls to Spotify were made in 24 hours; scans have %(left)s left."
            action = "Nothing fails when they are used up: scans wait and go on by themselves."
        else:
            return
        yield Finding(
            level="warning",
            about="budget",
            fact=fact,
            action=action,
            values={
                "used": capacity.used,
                "limit": capacity.limit or 0,
                "left": capacity.left or 0,
                "until": until,
            },
        )

    def metrics(self) -> Iterator[Metric]:
        """Yield the same numbers for Prometheus."""
        capacity = self._gates.spotify.capacity()
        if capacity.limit is not None:
            yield GaugeMetricFamily(f"{PREFIX}_budget_limit", "Calls in any 24 hours.", value=capacity.limit)
            yield GaugeMetricFamily(
                f"{PREFIX}_budget_used", "Calls of the last 24 hours.", value=capacity.used
            )
            left = GaugeMetricFamily(
                f"{PREFIX}_budget_left", "Calls left, by who wants them.", labels=["for"]
            )
            left.add_metric(["scans"], capacity.left or 0)
            left.add_metric(["writes"], capacity.left_for_writes or 0)
            left.add_metric(["now-playing"], capacity.left_for_now_playing or 0)
            yield left
        calls = CounterMetricFamily(f"{PREFIX}_calls", "Attempts.", labels=["service", "class"])
        waiting = GaugeMetricFamily(f"{PREFIX}_waiting", "Callers at the gate.", labels=["service"])
        blocked = GaugeMetricFamily(
            f"{PREFIX}_blocked_seconds", "How long a service wants no calls yet.", labels=["service"]
        )
        for name, gate in self._named():
            for priority in Priority:
                calls.add_metric([name, priority.name.lower().replace("_", "-")], gate.calls[priority])
            waiting.add_metric([name], gate.waiting)
            until = gate.blocked_until
            blocked.add_metric([name], (until - self._clock.now()).total_seconds() if until else 0)
        yield from (calls, waiting, blocked)

    def _source(self, name: str, gate: Gate) -> SourceOut:
        breaker = self._breakers.get(name)
        left_s = breaker.left_s if breaker else 0.0
        return SourceOut(
            blocked_until=gate.blocked_until,
            waiting=gate.waiting,
            rate_per_second=gate.capacity().rate_per_second,
            calls=gate.calls.total(),
            chosen=breaker is not None,
            answered=breaker.answered if breaker else 0,
            failed=breaker.failed if breaker else 0,
            resting_until=self._clock.now() + timedelta(seconds=left_s) if left_s else None,
        )

    def _named(self) -> Iterator[tuple[str, Gate]]:
        return zip(self._gates._fields, self._gates, strict=True)


def _runs_out(capacity: Capacity) -> bool:
    if capacity.limit is None or capacity.left is None:
        return False
    return capacity.left < NEARLY * (capacity.limit - capacity.reserve)
