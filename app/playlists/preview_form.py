"""What the form of a preview sends: how its playlists shall be after all."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.errors import InvalidInputError
from app.playlists.models import Mode, Order, Plan, PlannedPlaylist, uris_of
from app.playlists.planning import dropping
from app.playlists.preview import Wanted
from app.spotify.limits import DESCRIPTION_LIMIT, NAME_LIMIT, fitting

FIELD = re.compile(r"(name|description|where|into|mode|order|second|drop)-(\d{1,4})")
Where = Annotated[str, Field(pattern=r"^([0-9A-Za-z]{22})?$")]
Uri = Annotated[str, Field(pattern=r"^spotify:(track|episode):[0-9A-Za-z]{22}$")]


class Choice(BaseModel):
    """What is chosen for one playlist; what is None was not asked.

    Attributes:
        where: id of the playlist that is added to; empty for a new one. A button says the same by `into`.
        second: whether it may have the name of a playlist that is there.
        drop: URIs of songs that the listener does not want in it.
    """

    model_config = ConfigDict(frozen=True)

    name: str = ""
    description: str = ""
    where: Where | None = None
    into: Where | None = None
    mode: Mode | None = None
    order: Order | None = None
    second: bool = False
    drop: tuple[Uri, ...] = ()

    def target(self, planned: PlannedPlaylist) -> str | None:
        """Return which playlist is added to, or made again."""
        chosen = self.where if self.into is None else self.into
        return _target(planned) if chosen is None else chosen or None

    def changes(self, planned: PlannedPlaylist) -> bool:
        """Return whether more than words is chosen otherwise: other songs, or another place for them."""
        return (
            self.target(planned) != _target(planned)
            or self.order not in {None, planned.order}
            or (planned.task == "update" and self.mode not in {None, planned.mode})
            or not set(planned.dropped) <= set(self.drop)
        )

    def wanted(self, planned: PlannedPlaylist) -> Wanted:
        """Return what is to be planned anew; another playlist is kept as it was unless that is said too."""
        target = self.target(planned)
        moved = target != _target(planned)
        return Wanted(
            selection=planned.asked or planned.selection,
            name=fitting(self.name, NAME_LIMIT),
            description=fitting(self.description, DESCRIPTION_LIMIT),
            target=target,
            mode=None if moved and self.mode == planned.mode else self.mode or planned.mode,
            order=None if moved and self.order == planned.order else self.order or planned.order,
            drop=self.drop,
        )

    def applied(self, planned: PlannedPlaylist) -> PlannedPlaylist:
        """Return a playlist as it is written: an empty name keeps its own."""
        left = dropping(planned, set(self.drop) & set(uris_of(planned.additions)))
        if planned.task != "make":
            return left
        return left.model_copy(
            update={
                "name": fitting(self.name, NAME_LIMIT) or planned.name,
                "description": fitting(self.description, DESCRIPTION_LIMIT) or planned.description,
                "mode": self.mode or planned.mode,
            }
        )


@dataclass(frozen=True, slots=True)
class Choices:
    """What is chosen, by the playlists' places in the plan."""

    by_index: Mapping[int, Choice]

    @classmethod
    def of(cls, form: Iterable[tuple[str, object]]) -> Self:
        """Read fields `name-0`, `mode-0`, `drop-3` ... of a form.

        Raises:
            InvalidInputError: one of them holds what the page does not offer.
        """
        fields: defaultdict[int, dict[str, Any]] = defaultdict(dict)
        for key, value in form:
            if field := FIELD.fullmatch(key):
                chosen = fields[int(field[2])]
                chosen[field[1]] = (*chosen.get("drop", ()), value) if field[1] == "drop" else value
        try:
            return cls({index: Choice.model_validate(chosen) for index, chosen in fields.items()})
        except ValidationError as error:
            raise InvalidInputError("Open the preview again and choose there.") from error

    def look_again(self, plan: Plan) -> bool:
        """Return whether what is chosen has to be planned, and seen, before it is written."""
        return any(
            choice and (choice.changes(planned) or _is_second(choice, planned, plan))
            for planned, choice in self._pairs(plan)
        )

    def wanted(self, plan: Plan) -> list[Wanted]:
        """Return what is to be planned anew; parts of one that was split become one again."""
        series = [planned.series for planned in plan.playlists]
        return [
            (choice or Choice()).wanted(planned)
            for index, (planned, choice) in enumerate(self._pairs(plan))
            if not planned.series or planned.series not in series[:index]
        ]

    def applied(self, plan: Plan) -> Plan:
        """Return a plan as it is written."""
        pairs = self._pairs(plan)
        playlists = tuple(choice.applied(planned) if choice else planned for planned, choice in pairs)
        return plan.model_copy(update={"playlists": playlists})

    def _pairs(self, plan: Plan) -> list[tuple[PlannedPlaylist, Choice | None]]:
        return [(planned, self.by_index.get(index)) for index, planned in enumerate(plan.playlists)]


def _target(planned: PlannedPlaylist) -> str | None:
    return planned.playlist_id or planned.replaces


def _is_second(choice: Choice, planned: PlannedPlaylist, plan: Plan) -> bool:
    """Return whether a new playlist would have the name of one that is there, and nobody said that it may."""
    name = (choice.name or planned.name).strip().casefold()
    return planned.task == "make" and not choice.second and name in {one.name.casefold() for one in plan.own}
