"""Making what pages show of a scan."""

from app.genres.fold import Fold
from app.genres.library import Library
from app.genres.page_models import ScanFamilyBar, ScanStrip, ScanView
from app.genres.scan_schemas import ScanFamilies, ScanFamily, ScanOut, ScanReport


def scan_view(scan: ScanOut, counts: ScanFamilies) -> ScanView:
    """Return a scan with the bars of its families."""
    longest = max((family.count for family in counts.families), default=0) or 1
    return ScanView(
        status=scan.status,
        phase=scan.phase,
        scanned=scan.scanned,
        total=scan.total,
        artists_resolved=scan.artists_resolved,
        artists_total=scan.artists_total,
        genres_found=scan.genres_found,
        eta_s=scan.eta_seconds,
        resumes_at=scan.resumes_at,
        problems=scan.problems,
        families=tuple(
            ScanFamilyBar(one.id, one.name, one.hue, one.depth, one.count, one.count / longest)
            for one in counts.families
        ),
        without_genre=counts.without_genre,
        report=scan.report,
    )


def counts_of(library: Library | None, fold: Fold) -> ScanFamilies:
    """Return how many songs each family has once a scan is over."""
    counts = {one.family.id: one.count for one in library.families} if library else {}
    return ScanFamilies(
        families=tuple(
            ScanFamily(id=one.id, name=one.name, hue=one.hue, depth=one.depth, count=counts.get(one.id, 0))
            for one in fold.all
        ),
        without_genre=len(library.without_genre) if library else 0,
    )


def scan_strip(scan: ScanOut) -> ScanStrip | None:
    """Return the line above the library: a scan under way, one that stopped early, or what one found."""
    if scan.status == "idle" or (scan.status == "completed" and not _has_news(scan.report)):
        return None
    return ScanStrip(
        status=scan.status,
        scanned=scan.scanned,
        total=scan.total,
        artists_resolved=scan.artists_resolved,
        artists_total=scan.artists_total,
        resumes_at=scan.resumes_at,
        report=scan.report,
    )


def _has_news(report: ScanReport) -> bool:
    return report.since is not None and bool(report.new or report.gone or report.lost)
