"""The test of the test: small faults, each of which the machine must find."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from unittest.mock import patch


@dataclass(frozen=True, slots=True)
class Mutant:
    """A fault that is in the service while `fault` lasts.

    Attributes:
        seed: one under which the machine finds it early.
    """

    name: str
    seed: int
    fault: Callable[[], AbstractContextManager[None]]


def mutant(*, seed: int) -> Callable[[Callable[[], Iterator[None]]], Mutant]:
    """Make a fault of a function that patches the service and yields."""
    return lambda function: Mutant(function.__name__, seed, contextmanager(function))


def instead(owner: object, name: str, value: object) -> AbstractContextManager[object]:
    """Replace a method."""
    return patch.object(owner, name, value)
