"""JSON routes of a person's own order of families."""

from fastapi import APIRouter, Response

from app.deps import CurrentUser, GenresDep, RulesDep
from app.errors import raises
from app.genres.personal.rule_errors import (
    NameTakenError,
    RuleNotFoundError,
    RuleRefusedError,
    TooManyRulesError,
)
from app.genres.personal.rule_schemas import FamiliesOut, RulesFile, RulesIn

router = APIRouter(prefix="/api/genres/families", tags=["Genres"])
FILE_NAME = "genre-sorter-rules.json"


@router.get("")
async def get_families(user: CurrentUser, rules: RulesDep, genres: GenresDep) -> FamiliesOut:
    """Return the caller's families, and the rules that make them different from the standard ones."""
    own, fold = await rules.get(user.id)
    return FamiliesOut.of(own, fold, await genres.find_library(user.id))


@router.put("")
@raises(RuleRefusedError, TooManyRulesError, NameTakenError)
async def put_families(body: RulesIn, user: CurrentUser, rules: RulesDep, genres: GenresDep) -> FamiliesOut:
    """Make changes; a rule about what is not there does no harm, and says in `void` that it has no effect."""
    change = rules.try_changes if body.dry_run else rules.replace
    trial = await change(user.id, body.rules, body.mode)
    library = await genres.find_library(user.id)
    return FamiliesOut.of(trial.rules, trial.fold, library, effect=trial.effect)


@router.get("/export", response_model=RulesFile)
async def export_rules(user: CurrentUser, rules: RulesDep) -> Response:
    """Return the caller's rules as a file that `PUT /api/genres/families` takes back."""
    own, _ = await rules.get(user.id)
    return Response(
        RulesFile(rules=own.changes).model_dump_json(indent=1),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{FILE_NAME}"'},
    )


@router.delete("/rules/{rule_id}")
@raises(RuleNotFoundError)
async def undo_rule(rule_id: str, user: CurrentUser, rules: RulesDep, genres: GenresDep) -> FamiliesOut:
    """Take one rule away, whatever came after it."""
    await rules.undo(user.id, rule_id)
    own, fold = await rules.get(user.id)
    return FamiliesOut.of(own, fold, await genres.find_library(user.id))
