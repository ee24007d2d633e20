"""What keeps a rule from being made or undone."""

from app.errors import Action, ConflictError, InvalidInputError, NotFoundError

MY_RULES = Action("To my rules", "/genres/rules")


class RuleRefusedError(InvalidInputError):
    """A rule that could have no effect."""

    code = "rule-refused"
    title = "This change cannot be made"
    safe = "Nothing was changed."
    action = MY_RULES


class TooManyRulesError(InvalidInputError):
    """A person has as many rules as there may be."""

    code = "too-many-rules"
    title = "Too many rules"
    safe = "Nothing was changed."
    action = MY_RULES


class NameTakenError(ConflictError):
    """Another genre or family has this name."""

    code = "name-taken"
    title = "This name is taken"
    safe = "Nothing was changed."
    action = MY_RULES


class RuleNotFoundError(NotFoundError):
    """The rule was undone already, or never made."""

    code = "no-such-rule"
    title = "There is no such rule"
    safe = "Perhaps it was undone already."
    action = MY_RULES
