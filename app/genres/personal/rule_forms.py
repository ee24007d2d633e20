"""From forms and files to rules, and where a person goes on after a change."""

from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from pydantic import TypeAdapter, ValidationError

from app.accounts.next_path import local_path
from app.errors import InvalidInputError
from app.genres.personal.rule_errors import MY_RULES, RuleRefusedError
from app.genres.personal.rule_page_models import RuleForm
from app.genres.personal.rule_schemas import RulesFile
from app.genres.personal.rules import FAMILY, GENRE, Change, Merge, Move, Recolour, Rename
from app.genres.personal.ruling import new_family_id

RULES, LIBRARY = "/genres/rules", "/genres"

_CHANGES: TypeAdapter[Change] = TypeAdapter(Change)


class UnreadableRulesError(InvalidInputError):
    """A file is none that this app has written, or holds what no rule says."""

    code = "unreadable-rules"
    title = "This file cannot be read"
    safe = "Nothing was changed."
    action = MY_RULES


def changes_of(form: RuleForm, colour: tuple[str, int]) -> tuple[Change, ...]:
    """Return the changes that a form asks for; a genre moved to a family with a new name makes that.

    Args:
        form: what was sent.
        colour: hue and depth of a family that is made.

    Raises:
        RuleRefusedError: something is missing, or too long.
    """
    try:
        return tuple(map(_CHANGES.validate_python, _asked(form, colour)))
    except ValidationError as error:
        raise RuleRefusedError("Something is missing in the form, or is too long.") from error


def _asked(form: RuleForm, colour: tuple[str, int]) -> list[dict[str, object]]:
    family, genre = form.what.removeprefix(FAMILY), form.what.removeprefix(GENRE)
    into = form.into if form.into.startswith(FAMILY) else GENRE + form.into
    hue, _, depth = form.colour.partition(" ")
    fields: dict[str, dict[str, object]] = {
        "move": {"genre": genre, "family": form.family},
        "make": {"family": new_family_id(), "name": form.name, "hue": colour[0], "depth": colour[1]},
        "merge": {"what": form.what, "into": into},
        "rename": {"what": form.what, "name": form.name},
        "recolour": {"family": family, "hue": hue, "depth": int(depth) if depth.isdecimal() else 0},
        "hide": {"what": form.what},
        "minimum": {"size": form.size or 1},
    }
    if form.kind == "move" and form.name and not form.family:
        made = fields["make"]
        return [{"kind": "make", **made}, {"kind": "move", "genre": genre, "family": made["family"]}]
    return [{"kind": form.kind, **fields[form.kind]}]


def read_file(text: str | bytes) -> RulesFile:
    """Return the rules in a file that was exported.

    Raises:
        UnreadableRulesError: it is none, or there are more than 500.
    """
    try:
        return RulesFile.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UnreadableRulesError(f"{place or 'The file'}: {first['msg']}.") from error


def after(change: Change, back: str, rule_id: str) -> str:
    """Return where a person goes on who has made a change: where they came from, else what was changed."""
    return told(back if is_page(back) else _page_of(change), rule_id)


def after_undo(change: Change, back: str) -> str:
    """Return where a person goes on who has undone a change; a genre's page has its old address again."""
    if not is_page(back):
        return RULES
    if isinstance(change, Rename) and urlsplit(back).path == _page_of(change):
        return f"{LIBRARY}/{quote(change.what.removeprefix(GENRE))}"
    return told(back)


def is_page(back: str) -> bool:
    """Whether this is a page of the library."""
    return local_path(back) == back and urlsplit(back).path.startswith(LIBRARY)


def told(path: str, rule_id: str = "") -> str:
    """Return a page's address, with the rule that it shall tell."""
    parts = urlsplit(path)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key != "rule"]
    query += [("rule", rule_id)] if rule_id else []
    return f"{parts.path}?{urlencode(query)}" if query else parts.path


def _page_of(change: Change) -> str:
    match change:
        case Move():
            item = GENRE + change.genre
        case Merge():
            item = change.into
        case Rename():
            item = change.what if change.what.startswith(FAMILY) else GENRE + change.name.lower()
        case Recolour():
            item = FAMILY + change.family
        case _:
            return RULES
    if item.startswith(FAMILY):
        return f"{LIBRARY}?family={item.removeprefix(FAMILY)}"
    return f"{LIBRARY}/{quote(item.removeprefix(GENRE))}"
