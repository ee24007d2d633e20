"""What the service's errors tell a caller."""

import pytest

from app.kv.errors import (
    KVError,
    QueueFullError,
    StoreTimeoutError,
    UnreadableValueError,
    WriteRejectedError,
)


@pytest.mark.parametrize("kind", [KVError, StoreTimeoutError, QueueFullError])
def test_what_passes_may_be_tried_again_in_seconds(kind: type[KVError]) -> None:
    assert kind("down").retry_after == 5
    assert kind("down", retry_after=60).for_caller().retry_after == 60


@pytest.mark.parametrize("kind", [WriteRejectedError, UnreadableValueError])
def test_what_does_not_pass_may_not(kind: type[KVError]) -> None:
    assert kind("never").for_caller().retry_after is None
