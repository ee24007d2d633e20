"""Giving memory back: what a large library needed for a moment would else stay with the process for good."""

import ctypes
from collections.abc import Callable
from typing import Any

_MALLOC_TRIM: Callable[[int], Any] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)


def trim() -> None:
    """Return freed memory to the system where the C library can (malloc_trim of glibc), in milliseconds."""
    if _MALLOC_TRIM:
        _MALLOC_TRIM(0)
