"""What sample pages are made of; names have no Latin letters: those in a page stand in its template."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

NOW = datetime(2026, 11, 22, 18, 40, tzinfo=UTC)
NAME = "\u97f3\u697d"


class Sample(SimpleNamespace):
    """A page model, or a part of one."""

    def but(self, **changes: Any) -> "Sample":
        return Sample(**vars(self) | changes)
