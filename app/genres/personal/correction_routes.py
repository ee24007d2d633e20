"""JSON routes of a person's corrections."""

from fastapi import APIRouter, Response

from app.deps import CorrectionsDep, CurrentUser
from app.errors import NotFoundError, raises
from app.genres.personal.correcting import TooManyCorrectionsError
from app.genres.personal.correction_schemas import ChangeOut, CorrectionIn, CorrectionsFile, CorrectionsOut

FILE_NAME = "genre-sorter-corrections.json"

router = APIRouter(prefix="/api/genres/corrections", tags=["Genres"])


@router.get("")
async def list_corrections(user: CurrentUser, corrections: CorrectionsDep) -> CorrectionsOut:
    """Return the person's corrections, the newest first, and how many songs each settles now."""
    return await corrections.list_all(user.id)


@router.get("/export", response_model=CorrectionsFile)
async def export_corrections(user: CurrentUser, corrections: CorrectionsDep) -> Response:
    """Return the person's corrections as a file that `PUT /api/genres/corrections` takes back."""
    file = await corrections.export(user.id)
    return Response(
        file.model_dump_json(indent=1),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{FILE_NAME}"'},
    )


@router.put("")
@raises(TooManyCorrectionsError)
async def add_corrections(
    body: CorrectionsFile, user: CurrentUser, corrections: CorrectionsDep
) -> CorrectionsOut:
    """Add the corrections of a file; those that are there already about the same give way.

    A body has at most 64 KB, which is some 500 corrections: send more in parts.
    """
    await corrections.add(user.id, body.corrections)
    return await corrections.list_all(user.id)


@router.put("/{target:path}")
@raises(NotFoundError, TooManyCorrectionsError)
async def put_correction(
    target: str, body: CorrectionIn, user: CurrentUser, corrections: CorrectionsDep
) -> ChangeOut:
    """Say what an artist (`artist:<id>`) or a song (`song:<id>`) of the library is; a plain id will do too.

    This replaces what sources say, survives every scan, and is undone by DELETE. 404 if it is not in the
    library, 409 beyond 5,000 corrections.
    """
    return await corrections.correct(user.id, target, body.genres)


@router.delete("/{target:path}")
@raises(NotFoundError)
async def delete_correction(target: str, user: CurrentUser, corrections: CorrectionsDep) -> ChangeOut:
    """Take a correction back: what the sources say counts again."""
    return await corrections.withdraw(user.id, target)
