"""The recorded answers are read where a machine has them."""

import os

collect_ignore = [] if os.environ.get("GENRE_SORTER_SAMPLES") else ["test_musicbrainz_samples.py"]
