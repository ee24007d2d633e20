"""What gates keep in the KV service."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from app.kv.keyspace import AtBound, Keyspace, Owner


class GateState(BaseModel):
    """What must outlive the process: until when a service wants no calls."""

    model_config = ConfigDict(frozen=True)

    blocked_until: datetime


GATE = Keyspace(
    "upstream",
    GateState,
    owner=Owner.NONE,
    ttl=timedelta(days=2),
    cache_ttl=None,
    at_bound=AtBound.WAIT,
    stale_if_down=False,
)
