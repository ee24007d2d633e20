"""What is read off the board: who has most of something, who was first, and for how long that is shown."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from app.clock import Clock
from app.community.models import Board, Member

What = Literal["songs", "artists", "genres", "playlists", "playlist_songs"]
WHATS: tuple[What, ...] = get_args(What)
MOST_RANKED = 20
MOST_NAMED = 10
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody's place on a list; those who have the same share it."""

    rank: int
    member: Member
    count: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A board as it is shown since `at`, which is `age` ago, and for what is `left` of its time."""

    board: Board
    at: datetime
    age: timedelta
    left: timedelta


class Showcase:
    """Shows a board as it was for a while, so that counts do not move with every look.

    Who has left it is gone at once all the same, and who has joined is there.
    """

    def __init__(self, life: timedelta, clock: Clock) -> None:
        self._life = life
        self._clock = clock
        self._board, self._since = Board(), NEVER

    def show(self, board: Board) -> Shown:
        """Return what is shown while this is the board."""
        now = self._clock.now()
        if not self._since <= now < self._since + self._life or self._board.user_ids != board.user_ids:
            self._board, self._since = board, now
        age = now - self._since
        return Shown(self._board, self._since, age=age, left=self._life - age)

    def forget(self) -> None:
        """Keep nothing, so that the next look is at the board of then."""
        self._board, self._since = Board(), NEVER


def ranked(
    board: Board, what: What, *, most: int = MOST_RANKED, viewer: str | None = None
) -> tuple[Standing, ...]:
    """Return who has most of something, the most first; of equals who joined first; nobody with nothing.

    So many are listed as `most` says, and `viewer`, however little they have.
    """
    counts = {one: int(getattr(one.counts, what)) for one in board.members}
    richest = sorted((one for one in counts if counts[one]), key=lambda one: -counts[one])
    listed = (one for at, one in enumerate(richest) if at < most or one.user_id == viewer)
    everybody = sorted(counts.values(), reverse=True)
    return tuple(Standing(everybody.index(counts[one]) + 1, one, counts[one]) for one in listed)


def first(board: Board) -> tuple[Member, ...]:
    """Return who joined first."""
    return board.members[:MOST_NAMED]


def newest(board: Board) -> tuple[Member, ...]:
    """Return who joined last, the newest first."""
    return tuple(reversed(board.members[-MOST_NAMED:]))
