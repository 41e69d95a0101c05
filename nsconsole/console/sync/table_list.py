"""The list of mirrored tables: filtered, ordered, with as many columns as there is room for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from nsconsole.console import figures, words
from nsconsole.console.drawing import Cell
from nsconsole.console.row_list import RowList
from nsconsole.console.sync import wording
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.sync.overview import Overview, TableLine

_MARK = 2
_NAME = 16  # the narrowest that a table's name is cut to
_BEHIND = ("stalled", "late", "never", "paused", "on time")  # what needs a look comes first

ORDERS: "dict[str, Callable[[TableLine], tuple[object, ...]]]" = {
    "name": lambda line: (line.name,),
    "tier": lambda line: (line.tier, line.name),
    "freshness": lambda line: (_BEHIND.index(line.freshness), line.name),
    "rows": lambda line: (-(line.rows or 0), line.name),
}


@dataclass(frozen=True, slots=True)
class _Column:
    head: str
    width: int
    need: int  # what does not fit is left out, the least needed first
    text: "Callable[[TableLine], str]"
    tone: str = ""
    right: bool = True


class TableList(RowList["TableLine"]):
    """The tables, known by their names, whatever order they come in."""

    HEAD = 1

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._overview: Overview | None = None
        self._turns: dict[int, datetime] = {}
        self.order = "name"
        self.text = ""
        self.marked: set[str] = set()

    def key(self, row: "TableLine") -> str:
        """A table is known by its name."""
        return row.name

    def show_overview(self, overview: "Overview") -> None:
        """Take what was read."""
        self._overview = overview
        self._turns = {t.minutes: t.next_run_at for t in overview.tiers if not t.paused}
        self.marked &= {line.name for line in overview.tables}
        self._arrange()

    def look(self, *, order: str | None = None, text: str | None = None) -> None:
        """Take another order or filter."""
        self.order = order or self.order
        if text is not None and text != self.text:
            self.text = text
            self.to_top()
        self._arrange()

    def _arrange(self) -> None:
        if self._overview is None:
            return
        wanted = self.text.casefold().split()
        found = [line for line in self._overview.tables if _matches(line, wanted)]
        self.hint = (
            "No table matches the filter. esc clears it."
            if self._overview.tables
            else "No table is mapped. `nsconsole map edit` says which are mirrored."
        )
        self.show(sorted(found, key=ORDERS[self.order]))

    def toggle_mark(self) -> None:
        """Select or unselect the table under the cursor."""
        if self.current:
            self.marked ^= {self.current.name}
            self.refresh_lines(self.cursor_row + self.HEAD, 1)

    @property
    def chosen(self) -> "list[TableLine]":
        """The selected tables, or else the one under the cursor."""
        if self.marked and self._overview:
            return [line for line in self._overview.tables if line.name in self.marked]
        return [self.current] if self.current else []

    def head(self, width: int) -> list[Cell]:
        """Name the columns."""
        columns, name = self._columns(width - 1 - _MARK)
        return [
            Cell("", 1 + _MARK),
            Cell("Table", name),
            *(Cell(column.head, column.width, right=column.right) for column in columns),
        ]

    def cells(self, row: "TableLine", width: int) -> list[Cell]:
        """Draw a table; a pull under way takes the place of what is known of the last one."""
        columns, name = self._columns(width - _MARK)
        cells = [
            Cell("●" if row.name in self.marked else "", _MARK, "marked"),
            Cell(clean(row.name), name),
        ]
        for place, column in enumerate(columns):
            if row.running and column.head == "Last run":
                room = sum(column.width for column in columns[place:])
                return [*cells, Cell(wording.progress(row.running, room), room)]
            tone = wording.tone(row) if column.head == "State" else column.tone
            cells.append(Cell(column.text(row), column.width, tone, column.right))
        return cells

    def _columns(self, width: int) -> tuple[list[_Column], int]:
        """Give the columns that fit, and how wide the name is."""
        columns = self._all_columns(wide=width >= 110)
        for least in sorted(columns, key=lambda column: column.need):
            if sum(column.width for column in columns) + _NAME <= width:
                break
            columns.remove(least)
        return columns, width - sum(column.width for column in columns)

    def _all_columns(self, *, wide: bool) -> list[_Column]:
        recent = 20 if wide else 10
        return [
            _Column("Tier", 5, 6, lambda line: f"{line.tier}m", "muted"),
            _Column("State", 11, 9, wording.state, right=False),
            _Column("Last run", 14, 8, self._last_run, "muted", right=False),
            _Column("Rows", 11, 7, lambda line: f"{line.rows:,}" if line.rows is not None else ""),
            _Column("Rows/s", 9, 2, wording.rate, "muted"),
            _Column(
                "Recent runs" if wide else "Recent",
                recent + 2,
                4,
                lambda line: figures.sparkline(line.recent, recent),
                "muted",
            ),
            _Column("Aside", 7, 5, lambda line: str(len(line.set_aside) or ""), "warning"),
            _Column("Next", 6, 3, self._next_run, "muted"),
        ]

    def _last_run(self, line: "TableLine") -> str:
        if line.last is None:
            return ""
        ago = words.age(line.last.ended_at or line.last.started_at, self._now())
        return f"{ago:>3} ago" if line.last.status == "done" else f"{ago:>3} {line.last.status}"

    def _next_run(self, line: "TableLine") -> str:
        turn = self._turns.get(line.tier)
        return figures.until(turn, self._now()) if turn and not line.pause else ""


def _matches(line: "TableLine", wanted: list[str]) -> bool:
    text = f"{line.name} {wording.state(line)} {line.freshness} {line.mode} {line.tier}m".casefold()
    return all(word in text for word in wanted)
