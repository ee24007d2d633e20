"""The languages that pages can be in: English, and those that have a catalogue."""

from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

LOCALE_FOLDER = Path(__file__).parent / "locale"
ENGLISH = "en"
"""Its sentences stand in the templates themselves."""


@lru_cache
def languages(folder: Path = LOCALE_FOLDER) -> tuple[str, ...]:
    """Return the codes of all languages (ISO 639), English first."""
    compiled = folder.glob("*/LC_MESSAGES/messages.mo")
    return (ENGLISH, *sorted(path.parent.parent.name for path in compiled))


def accepted(header: str, among: Collection[str]) -> str:
    """Return the language that an Accept-Language header likes best (RFC 9110, 12.5.4), else English."""
    wished = [_weighed(part) for part in header.split(",")]
    for weight, language in sorted(wished, key=lambda one: -one[0]):
        if weight and language in among:
            return language
    return ENGLISH


def _weighed(part: str) -> tuple[float, str]:
    """Return the weight of a part such as `sv-FI;q=0.8`, and its language without the region."""
    tag, _, weight = part.partition(";")
    language = tag.strip().lower().partition("-")[0]
    try:
        return float(weight.strip().removeprefix("q=") or 1), language
    except ValueError:
        return 0.0, language
