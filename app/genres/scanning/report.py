"""What a scan found, left out and could not read."""

from collections import Counter

from app.genres.models import ScanCursor
from app.genres.scan_schemas import LostOut, ScanReport


def report_of(cursor: ScanCursor) -> ScanReport:
    """Return what is to be said about the sources that are read."""
    counts: Counter[str] = Counter()
    for part in cursor.parts:
        counts.update({one.remark: one.count for one in part.counts})
    return ScanReport(
        since=cursor.since,
        new=cursor.new if cursor.since else 0,
        gone=cursor.gone,
        new_without_genre=cursor.new_without_genre if cursor.since else 0,
        vanished=counts["gone"],
        not_songs=counts["not a song"],
        repeated=counts["repeated"],
        local=counts["local"],
        unplayable=counts["unplayable"],
        lost=tuple(LostOut(source=one.source, name=one.name, reason=one.loss) for one in cursor.lost),
    )
