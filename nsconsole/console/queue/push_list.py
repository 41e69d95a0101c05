"""The list of what waits, in the order in which it goes."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from nsconsole.console import words
from nsconsole.console.drawing import Cell
from nsconsole.console.queue import wording
from nsconsole.console.row_list import RowList
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.pushes.waiting import Waiting

_MARK, _ID, _REASON, _TRIES, _AGE = 2, 9, 22, 6, 6


class PushList(RowList["Waiting"]):
    """Pushes that are not settled, known by their ids; some may be selected."""

    HEAD = 1

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self.marked: set[int] = set()

    def key(self, row: "Waiting") -> int:
        """A push is known by its id."""
        return row.id

    def show_pushes(self, pushes: "list[Waiting]") -> None:
        """Take what was read; what is settled by now is no longer selected."""
        self.marked &= {push.id for push in pushes}
        self.show(pushes)

    def is_over(self, now: datetime) -> bool:
        """Whether some push no longer waits for what it did when it was read."""
        return any(
            push.until and push.until <= now and push.status == "queued" for push in self.rows
        )

    def toggle_mark(self) -> None:
        """Select or unselect the push under the cursor."""
        if self.current:
            self.marked ^= {self.current.id}
            self.refresh_lines(self.cursor_row + self.HEAD, 1)

    def mark_all(self) -> None:
        """Select all that is listed."""
        self.marked = {push.id for push in self.rows}
        self.refresh()

    def unmark_all(self) -> None:
        """Select nothing."""
        self.marked.clear()
        self.refresh()

    @property
    def chosen(self) -> "list[Waiting]":
        """The selected pushes, or else the one under the cursor."""
        if self.marked:
            return [push for push in self.rows if push.id in self.marked]
        return [self.current] if self.current else []

    def head(self, width: int) -> list[Cell]:
        """Name the columns."""
        return [
            Cell("", 1 + _MARK),
            Cell("Push", _ID),
            Cell("Change", self._room(width - 1)),
            Cell("Waits for", _REASON),
            Cell("Tries", _TRIES, right=True),
            Cell("Age", _AGE, right=True),
        ]

    def cells(self, row: "Waiting", width: int) -> list[Cell]:
        """Draw a push: ▲ goes before all others, ? says that NetSuite may have done it."""
        now, first = self._now(), "▲" if row.priority == 0 else ""
        return [
            Cell("●" if row.id in self.marked else "", _MARK, "marked"),
            Cell(f"{first}#{row.id}{'?' if row.maybe_done else ''}", _ID, "muted"),
            Cell(clean(row.summary, limit=500), self._room(width)),
            Cell(wording.brief(row, now), _REASON, wording.tone(row)),
            Cell(str(row.attempts or ""), _TRIES, "muted", right=True),
            Cell(words.age(row.since, now), _AGE, "muted", right=True),
        ]

    @staticmethod
    def _room(width: int) -> int:
        return max(width - _MARK - _ID - _REASON - _TRIES - _AGE, 10)
