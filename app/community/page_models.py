"""What the page of the boards shows; templates read these fields as they are."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.community.models import Board, BoardPlaylist, Member
from app.community.standings import MOST_NAMED, WHATS, Standing, What, ranked
from app.genres.fold import Fold
from app.genres.labels import Label, label_of


@dataclass(frozen=True, slots=True)
class ListedPlaylist:
    """A playlist, who made it, and what it is of."""

    playlist: BoardPlaylist
    maker: str
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class CommunityPage:
    """The boards.

    Attributes:
        people: how many are on them.
        lists: those of the five lists that anybody is on.
        first: who joined first, and `newest` who joined last.
        on: whether the viewer is on them; None where nobody is signed in.
    """

    people: int
    lists: tuple[tuple[What, tuple[Standing, ...]], ...]
    playlists: tuple[ListedPlaylist, ...]
    first: tuple[Member, ...]
    newest: tuple[Member, ...]
    on: bool | None


def lists_of(board: Board, viewer: str | None) -> tuple[tuple[What, tuple[Standing, ...]], ...]:
    """Return the lists that anybody is on, with the viewer's own place."""
    lists = ((what, ranked(board, what, most=MOST_NAMED, viewer=viewer)) for what in WHATS)
    return tuple((what, standings) for what, standings in lists if standings)


def playlists_of(board: Board, families: Fold) -> Iterator[ListedPlaylist]:
    """Yield the playlists made last, the newest first."""
    for one in board.playlists:
        labels = tuple(label_of(item, families) for item in one.items)
        yield ListedPlaylist(one, board.get(one.user_id).name, labels)
