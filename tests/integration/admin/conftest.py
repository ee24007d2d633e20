"""The app with an account that Spotify vouches for, as for sign-in; and a disk that is full."""

import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.integration.accounts.conftest import base_url, jumping, settings, spotify

__all__ = ["base_url", "full_disk", "jumping", "settings", "spotify"]


@pytest.fixture
def full_disk() -> Callable[[], AbstractContextManager[None]]:
    """In the block files take eight kilobytes; more fails as on a full disk.

    A block and not the whole test: between its phases pytest writes its report, perhaps to a file too.
    """
    return _full_disk


@contextmanager
def _full_disk() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
