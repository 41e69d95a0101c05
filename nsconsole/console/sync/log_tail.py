"""The tail of the sync log: it follows what comes, or stands still and counts it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from textual.message import Message

from nsconsole.console.drawing import Cell
from nsconsole.console.messages import TailLine
from nsconsole.console.row_list import RowList
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.console.messages import TailRead

MOST = 5_000  # entries held
_EDGE = 20  # rows from the first one held at which older ones are asked for
_LEVELS = {
    "debug": ("debug", "muted"),
    "info": ("info", "muted"),
    "warning": ("WARN", "warning"),
    "error": ("ERROR", "bad"),
}


class LogTail(RowList[TailLine]):
    """Entries, the newest last. The cursor on the last one follows; elsewhere nothing moves."""

    class Moved(Message):
        """The tail began or ceased to follow, or there is more to read."""

    class OlderWanted(Message):
        """The entries before the first one held are needed."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._oldest_held = False
        self.following = True
        self.unseen = 0
        self.hint = "Nothing has happened yet."

    def key(self, row: TailLine) -> int:
        """An entry is known by its id."""
        return row.entry.id

    @property
    def first_id(self) -> int | None:
        """The oldest entry held."""
        return self.key(self.rows[0]) if self.rows else None

    @property
    def last_id(self) -> int | None:
        """The newest entry held."""
        return self.key(self.rows[-1]) if self.rows else None

    @property
    def is_full(self) -> bool:
        """Whether nothing more is taken while the tail stands still."""
        return not self.following and len(self.rows) >= MOST

    def take(self, read: "TailRead") -> None:
        """Take entries that were read, unless they do not join those held."""
        if read.before is not None:
            self._take_older(read)
        elif read.after is None:
            self._oldest_held = read.complete
            self.unseen = 0
            self._set(read.lines)
        elif read.after == self.last_id:
            self._take_newer(read.lines)

    def _take_older(self, read: "TailRead") -> None:
        if read.before == self.first_id:
            self._oldest_held = read.complete
            self._set([*read.lines, *self.rows])

    def _take_newer(self, lines: Sequence[TailLine]) -> None:
        if not self.following:
            self.unseen += len(lines)
        held = [*self.rows, *lines]
        if self.following and len(held) > MOST:
            held = held[-MOST:]
            self._oldest_held = False
        self._set(held)

    def begin_anew(self) -> None:
        """Forget what is held and follow: other entries are asked for."""
        self.following, self.unseen, self._oldest_held = True, 0, False
        self.rows = ()
        self.hint = "No entry is like that."
        self.to_top()
        self.refresh()

    def _set(self, lines: Sequence[TailLine]) -> None:
        if self.following and lines:
            self._key = self.key(lines[-1])
        self.show(lines)
        if self.following:
            self.scroll_to_cursor()

    def follow(self, *, on: bool) -> None:
        """Follow from the newest entry on, or stand still."""
        self.following = on
        if on:
            self.unseen = 0
            super().move_to(self._last)
        self.post_message(self.Moved())

    def move_to(self, index: int) -> None:
        """Move the cursor; on the last entry the tail follows, and before it stands still."""
        super().move_to(index)
        if self.following != (self.cursor_row == self._last):
            self.follow(on=not self.following)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Stand still for a reader who scrolls away, and fetch what comes into sight."""
        super().watch_scroll_y(old_value, new_value)
        if self.following and new_value < min(old_value, self.max_scroll_y):
            self.follow(on=False)
        elif not self.following and self.max_scroll_y <= new_value > old_value:
            self.follow(on=True)
        if new_value < _EDGE and not self._oldest_held and self.rows:
            self.post_message(self.OlderWanted())

    def cells(self, row: TailLine, width: int) -> list[Cell]:
        """Draw an entry: when, how grave, which table, what."""
        entry = row.entry
        level, tone = _LEVELS[entry.level]
        at, recent = entry.at.astimezone(), self._now() - entry.at < timedelta(hours=20)
        cells = [
            Cell(f"{at:%H:%M:%S}" if recent else f"{at:%b %d %H:%M}", 9 if recent else 13, "muted"),
            Cell(level, 6, tone),
        ]
        if width >= 70:
            cells.append(Cell(clean(entry.table or "", limit=40), 18, "muted"))
        room = width - sum(cell.width for cell in cells)
        return [*cells, Cell(row.sentence, room, "bad" if tone == "bad" else "")]
