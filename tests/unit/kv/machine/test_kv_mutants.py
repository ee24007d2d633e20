"""The test of the test: of every fault that is put into the service a promise is found that it breaks."""

import gc

import pytest

from tests.unit.kv.machine import end_mutants, queue_mutants, read_mutants
from tests.unit.kv.machine.explore import explore
from tests.unit.kv.machine.mutant import Mutant
from tests.unit.kv.machine.promises import BrokenPromiseError

MODULES = (queue_mutants, read_mutants, end_mutants)
MUTANTS = [value for module in MODULES for value in vars(module).values() if isinstance(value, Mutant)]
EXAMPLES = 200


def is_caught(mutant: Mutant) -> bool:
    with mutant.fault():
        try:
            explore(mutant.seed, examples=EXAMPLES)
        except BrokenPromiseError:
            return True
    return False


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_caught(mutant: Mutant) -> None:
    assert is_caught(mutant)
    gc.collect()  # what the broken service left undone ends here, not in a later test
