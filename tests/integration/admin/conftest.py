"""The app with an account that Spotify vouches for, as for sign-in; and a disk that is full."""

import resource
from collections.abc import Iterator

import pytest

from tests.integration.accounts.conftest import base_url, jumping, settings, spotify

__all__ = ["base_url", "full_disk", "jumping", "settings", "spotify"]


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Files take eight kilobytes; more fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
