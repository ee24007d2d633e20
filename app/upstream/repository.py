"""Where gates keep what must outlive the process."""

from datetime import timedelta

from app.kv.keyspace import AtBound, Keyspace, Owner
from app.upstream.models import CallLedger, GateState

LIFE = timedelta(days=2)

GATE = Keyspace(
    "upstream",
    GateState,
    owner=Owner.NONE,
    ttl=LIFE,
    cache_ttl=None,
    at_bound=AtBound.WAIT,
    stale_if_down=False,
)
"""When to ask again."""

CALL_LEDGER = Keyspace(
    "spotify-ledger",
    CallLedger,
    owner=Owner.NONE,
    ttl=LIFE,
    cache_ttl=timedelta(0),  # in memory only where nobody else writes: every block is a read less
    at_bound=AtBound.WAIT,
    stale_if_down=False,
)
"""What calls were made or reserved in the last day."""
