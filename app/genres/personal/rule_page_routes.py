"""Pages on which people change the order of genres; every form works without JavaScript and answers 303."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from app.deps import CorrectionsDep, CurrentUser, RulesDep, TellsChange, TellsRule
from app.genres.personal.rule_forms import RULES, after, after_undo, changes_of, is_page, read_file
from app.genres.personal.rule_page_models import RuleForm, UndoForm
from app.genres.personal.ruling import Mode
from app.templating import render

LATEST_CORRECTIONS = 10

router = APIRouter(prefix=RULES, include_in_schema=False, dependencies=[TellsRule, TellsChange])


@router.get("")
async def rules_page(
    request: Request, user: CurrentUser, rules: RulesDep, corrections: CorrectionsDep
) -> Response:
    """Show what the person changed in the order of genres, and what they said last of artists and songs."""
    said = (await corrections.get_pages(user.id)).list_page(rows=LATEST_CORRECTIONS)
    return render(request, "genres/rules.html", (await rules.get_pages(user.id)).rules_page(said))


@router.get("/new")
async def change_page(
    request: Request,
    user: CurrentUser,
    rules: RulesDep,
    what: Annotated[str, Query(pattern="^(genre|family):", max_length=300)],
    back: Annotated[str, Query(max_length=600)] = "",
) -> Response:
    """Show everything that can be done with a genre or a family."""
    pages = await rules.get_pages(user.id)
    return render(request, "genres/change.html", pages.change_page(what, back if is_page(back) else ""))


@router.post("")
async def make_rule(user: CurrentUser, rules: RulesDep, form: Annotated[RuleForm, Form()]) -> Response:
    """Make a change, and go back to where it was asked for."""
    changes = changes_of(form, await rules.free_colour(user.id))
    rule = await rules.add(user.id, *changes)
    return _see(after(changes[-1], form.back, rule.id))


@router.post("/undo")
async def undo(user: CurrentUser, rules: RulesDep, form: Annotated[UndoForm, Form()]) -> Response:
    """Take one rule away, whatever came after it."""
    rule = await rules.undo(user.id, form.rule)
    return _see(after_undo(rule.change, form.back))


@router.get("/reset")
async def reset_page(request: Request, user: CurrentUser, rules: RulesDep) -> Response:
    """Show what going back to the standard order would change."""
    return render(request, "genres/trial.html", await rules.try_page(user.id, (), "replace"))


@router.post("/import")
async def import_page(
    request: Request,
    user: CurrentUser,
    rules: RulesDep,
    file: UploadFile,
    mode: Annotated[Mode, Form()] = "replace",
) -> Response:
    """Show what the rules of a file would change."""
    changes = read_file(await file.read()).rules
    return render(request, "genres/trial.html", await rules.try_page(user.id, changes, mode))


@router.post("/apply")
async def apply(
    user: CurrentUser,
    rules: RulesDep,
    file: Annotated[str, Form()],
    mode: Annotated[Mode, Form()] = "replace",
) -> Response:
    """Take the rules that were just shown."""
    await rules.replace(user.id, read_file(file).rules, mode)
    return _see(RULES)


def _see(path: str) -> RedirectResponse:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)
