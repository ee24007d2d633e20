"""Everybody's liked songs, and the changes that are made to them while somebody reads."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from app.demo.catalogue import TRACK, Catalogue
from app.demo.generated.numbers import Ref
from app.demo.likes import GeneratedRows, Likes, ListedRows, Rows, StackedRows
from app.demo.records import Account
from app.demo.state import State
from app.demo.switches import LibraryEdit, Switches


class Libraries:
    """One list for each account, of the size that the account was made with."""

    def __init__(self, catalogue: Catalogue, state: State) -> None:
        self._catalogue, self._state = catalogue, state
        self._own, self._odd = (ListedRows(one.tracks, catalogue) for one in (catalogue.own, catalogue.odd))
        self._edits: list[LibraryEdit] = []
        self._pages: Counter[str] = Counter()
        self._liked_at: dict[str, datetime] = {}

    @property
    def rows(self) -> int:
        """Songs in the library that the simulator was started with."""
        return len(self._own)

    def of(self, account: Account) -> Likes:
        """Return what the person likes at the moment."""
        return Likes(self._rows_of(account), self._catalogue, self._state.likes_of(account.id))

    def like(self, account: Account, uris: Sequence[str], now: datetime) -> None:
        """Put songs on top of what the person likes, the first of them topmost."""
        likes = self.of(account)
        likes.like(uris, now)
        self._state.put_likes(account.id, likes.edits)

    def unlike(self, account: Account, uris: Sequence[str]) -> None:
        """Take songs out of what the person likes."""
        likes = self.of(account)
        likes.unlike(uris)
        self._state.put_likes(account.id, likes.edits)

    def like_fresh(self, account: Account, count: int, now: datetime) -> None:
        """Let the person like songs that were in nobody's list before."""
        likes = self.of(account)
        start = account.songs + likes.fresh
        likes.fresh += count
        fresh = [Ref("track", account.seed, number).id for number in range(start, start + count)]
        likes.like([f"{TRACK}{one}" for one in reversed(fresh)], now)
        self._state.put_likes(account.id, likes.edits)

    def edit(self, edit: LibraryEdit, now: datetime) -> None:
        """Change lists now, or after some pages."""
        self._edits.append(edit)
        self._apply_due(now)

    def start_clocks(self) -> None:
        """Let a like every few seconds or pages begin anew."""
        self._pages.clear()
        self._liked_at.clear()

    def before_page(self, account: Account, switches: Switches, now: datetime) -> None:
        """Add what the person has liked since the last page, one song every so many seconds."""
        if not switches.like_every_s:
            return
        last = self._liked_at.setdefault(account.id, now)
        pause = timedelta(seconds=switches.like_every_s)
        due = (now - last) // pause
        for nth in range(1, due + 1):
            self.like_fresh(account, 1, last + pause * nth)
        self._liked_at[account.id] = last + pause * due

    def after_page(self, account: Account, switches: Switches, now: datetime) -> None:
        """Make the changes that wait for pages."""
        if switches.like_every_pages:
            self._pages[account.id] += 1
            if self._pages[account.id] % switches.like_every_pages == 0:
                self.like_fresh(account, 1, now)
        self._edits = [_one_page_later(edit, account) for edit in self._edits]
        self._apply_due(now)

    def _apply_due(self, now: datetime) -> None:
        due = [edit for edit in self._edits if edit.after_pages <= 0]
        self._edits = [edit for edit in self._edits if edit.after_pages > 0]
        for edit in due:
            for account in self._state.accounts:
                if edit.account in {None, account.id}:
                    self._apply(account, edit, now)

    def _apply(self, account: Account, edit: LibraryEdit, now: datetime) -> None:
        likes = self.of(account)
        at_rows = [track for row in edit.unlike_rows for track in likes.slice(row, row + 1)]
        gone = [*(f"{TRACK}{one}" for one in edit.unlike), *map(self._catalogue.uri, at_rows)]
        self.unlike(account, gone)
        if edit.like:
            self.like(account, [f"{TRACK}{one}" for one in edit.like], now)
        if edit.like_fresh:
            self.like_fresh(account, edit.like_fresh, now)

    def _rows_of(self, account: Account) -> Rows:
        rows: Rows = GeneratedRows(account.seed, account.songs) if account.songs else self._own
        return StackedRows(self._odd, rows) if account.odd else rows


def _one_page_later(edit: LibraryEdit, reader: Account) -> LibraryEdit:
    if edit.account not in {None, reader.id}:
        return edit
    return edit.model_copy(update={"after_pages": edit.after_pages - 1})
