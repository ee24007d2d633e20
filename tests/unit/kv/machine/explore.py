"""One way to run the machine: so many examples, under a seed."""

from contextlib import AbstractContextManager
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.stateful import run_state_machine_as_test

from tests.unit.kv.machine.rules import QueueMachine

SETTINGS = settings(stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))


def explore(number: int, *, examples: int) -> None:
    """Try examples that the seed `number` gives, until one breaks a promise.

    Raises:
        BrokenPromiseError: one did.
    """
    machine = seed(number)(type("SeededQueueMachine", (QueueMachine,), {}))
    how = settings(
        SETTINGS,
        max_examples=examples,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    with _whatever_modules_are_loaded():
        run_state_machine_as_test(machine, settings=how)


def _whatever_modules_are_loaded() -> AbstractContextManager[object]:
    """A seed always gives the same examples; Hypothesis also draws constants that it finds in our modules."""
    return patch.object(HypothesisProvider, "_maybe_draw_constant", lambda *_, **__: None)
