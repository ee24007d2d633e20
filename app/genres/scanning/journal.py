"""How far a scan is, made durable now and then: first the chunks, then the cursor that speaks of them."""

import structlog

from app.genres.models import Reading, ScanCursor, SourceIndex
from app.genres.scanning.intake import Intake
from app.genres.scanning.tools import ScanTools
from app.kv.errors import KVError

PAGES_A_SAVE = 10
SECONDS_A_SAVE = 5.0

log = structlog.get_logger()


class Journal:
    """One person's cursor.

    Attributes:
        cursor: how far the scan is; saved only after everything it speaks of is durable.
        intake: the entries of the source that is being read.
    """

    def __init__(self, user_id: str, cursor: ScanCursor, tools: ScanTools) -> None:
        self.user_id = user_id
        self.cursor = cursor
        self.intake: Intake | None = None
        self._library = tools.library
        self._scans = tools.scans
        self._clock = tools.clock
        self._pages = 0
        self._saved_at: float | None = None

    @property
    def reading(self) -> Reading:
        """How far the source is that is being read.

        Raises:
            RuntimeError: none is.
        """
        if self.cursor.reading is None:
            raise RuntimeError("no source is being read")
        return self.cursor.reading

    def change(self, **fields: object) -> None:
        """Change fields of the cursor."""
        self.cursor = self.cursor.model_copy(update=fields)

    def read(self, **fields: object) -> None:
        """Change fields of how far the source is that is being read."""
        self.change(reading=self.reading.model_copy(update=fields))

    def begin(self, reading: Reading) -> Intake:
        """Begin with a source, or go on with it; what was read of it and is not in `reading` is forgotten."""
        self.intake = Intake(reading.part)
        self.change(reading=reading)
        return self.intake

    async def close(self) -> None:
        """Keep all that was taken: from here on the source's entries are no longer the journal's to keep."""
        if self.intake:
            await self._put_chunks(self.intake)
            self.read(part=self.intake.part)
        self.intake = None

    def end(self, part: SourceIndex) -> None:
        """Note that a source is read."""
        self.change(done=(*self.cursor.done, part), reading=None)

    async def page_read(self) -> None:
        """Note a page, and save after every ten or five seconds; at first at once, when there is anything."""
        if self.intake and not self.intake.part.rows:
            return
        self._pages += 1
        waited_s = SECONDS_A_SAVE if self._saved_at is None else self._clock.monotonic() - self._saved_at
        if self._pages % PAGES_A_SAVE == 0 or waited_s >= SECONDS_A_SAVE:
            await self.try_to_save()

    async def try_to_save(self) -> None:
        """Save, unless the store does not take it now."""
        try:
            await self.save()
        except KVError as error:  # the cursor stays behind what is durable, so nothing is lost by reading on
            log.warning("scan.unsaved", error=error.code)
        self._saved_at = self._clock.monotonic()

    async def save(self) -> None:
        """Make everything read so far durable, and then the cursor that says so.

        Raises:
            KVError: some of it may be lost.
        """
        if self.intake:
            await self._put_chunks(self.intake)
            self.read(part=self.intake.part)
        self.change(saved_at=self._clock.now())
        await self._scans.put(self.user_id, self.cursor)

    async def _put_chunks(self, intake: Intake) -> None:
        await self._library.put_chunks(self.user_id, intake.part.generation, intake.unsaved())
        intake.saved()
