"""Everything that looks at all that is kept of people, wired for the composition root."""

from dataclasses import dataclass

from app.accounts.deletion import DeletionService
from app.accounts.export import ExportService
from app.accounts.inactivity import InactivityService
from app.accounts.sessions import SessionsService
from app.admin.stored.service import StoredDataService
from app.foundation import Foundation
from app.keyspaces import ALL


@dataclass(frozen=True)
class PrivacyServices:
    """What routes may ask for that has to do with all that is kept of people."""

    export: ExportService
    stored: StoredDataService
    inactivity: InactivityService


def wire_privacy(base: Foundation, deletion: DeletionService, sessions: SessionsService) -> PrivacyServices:
    """Put the services together."""
    inactivity = InactivityService(base.kv, ALL, deletion=deletion, jobs=base.jobs, clock=base.clock)
    base.events.subscribe(inactivity.handle)
    return PrivacyServices(
        export=ExportService(base.kv, ALL, base.clock),
        stored=StoredDataService(
            base.kv, ALL, deletion=deletion, inactivity=inactivity, sessions=sessions, events=base.events
        ),
        inactivity=inactivity,
    )
