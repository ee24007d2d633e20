"""How much: the short forms run with every other test, the long ones where GENRE_SORTER_PROOF is set."""

import os
import random

PROOF = "GENRE_SORTER_PROOF" in os.environ
KILLS = 20 if PROOF else 3
OUTAGE_S = 30.0 if PROOF else 5.0
SEED = int(os.environ.get("GENRE_SORTER_SEED") or (2026 if "CI" in os.environ else random.randrange(10**6)))
"""Of everything that happens by chance; the figures at the end of a run name it."""
