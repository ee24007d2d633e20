"""One way to run the machine: so many examples, under a seed."""

from hypothesis import HealthCheck, Phase, seed, settings
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
    run_state_machine_as_test(machine, settings=how)
