"""Whatever is called in whatever order on a store that does its worst: no promise is broken."""

import os

from hypothesis import settings

from tests.unit.kv.machine.explore import SETTINGS
from tests.unit.kv.machine.rules import QueueMachine

EXAMPLES = 5_000 if "GENRE_SORTER_PROOF" in os.environ else 200

TestQueueMachine = QueueMachine.TestCase
TestQueueMachine.settings = settings(SETTINGS, max_examples=EXAMPLES, print_blob=True)
