"""A list whose rows are all held, of which only those in sight are drawn."""

from collections.abc import Hashable, Sequence
from typing import ClassVar, Generic, TypeVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from nsconsole.console.drawing import Cell, segments

Row = TypeVar("Row")


class RowList(ScrollView, Generic[Row], can_focus=True):
    """Rows with a cursor that stays on its row, known by its key, whatever changes around it.

    A list of one's own says what a row's key is, and how a row and the `HEAD` lines above the rows
    are drawn.
    """

    HEAD: ClassVar[int] = 0
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False),
        Binding("k,up", "move(-1)", "Up", show=False),
        Binding("g,home", "move_to(0)", "First", show=False),
        Binding("G,end", "move_to(-1)", "Last", show=False),
        Binding("pagedown,ctrl+f", "turn(1)", "Page down", show=False),
        Binding("pageup,ctrl+b", "turn(-1)", "Page up", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row-list--cursor",
        "row-list--cursor-blurred",
        "row-list--head",
        "row-list--muted",
        "row-list--good",
        "row-list--warning",
        "row-list--bad",
        "row-list--marked",
    }

    class Highlighted(Message):
        """The cursor is on another row, or its row changed."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[Row] = ()
        self.hint = ""
        self._cursor = 0
        self._key: Hashable = None
        self._drawn: dict[int, Strip] = {}

    def key(self, row: Row) -> Hashable:
        """What a row is known by."""
        raise NotImplementedError

    def cells(self, row: Row, width: int) -> list[Cell]:
        """Give a row's cells, for a width that has room for the cursor's bar no more."""
        raise NotImplementedError

    def head(self, width: int) -> list[Cell]:
        """Give the cells of the line above the rows, if there is one."""
        raise NotImplementedError

    @property
    def current(self) -> Row | None:
        """The row under the cursor; None after it left the list."""
        row = self.rows[self._cursor] if self._cursor < len(self.rows) else None
        return row if row is not None and self.key(row) == self._key else None

    @property
    def cursor_row(self) -> int:
        """The number of the row that the cursor is on."""
        return self._cursor

    @property
    def _last(self) -> int:
        return max(len(self.rows) - 1, 0)

    @property
    def _height(self) -> int:
        return max(self.scrollable_content_region.height - self.HEAD, 1)

    def show(self, rows: Sequence[Row]) -> None:
        """Take rows, and keep the cursor on its row, and that row where it is on the screen."""
        self.rows = rows
        self._measure()
        found = self.find(self._key)
        if found is not None:
            self._follow(found)
        else:
            self._cursor = min(self._cursor, self._last)
            if self._key is None:
                self._bind()
        self.refresh_changed()
        self.post_message(self.Highlighted())

    def find(self, key: Hashable) -> int | None:
        """Tell which row has a key; None if no row has."""
        return next((i for i, row in enumerate(self.rows) if self.key(row) == key), None)

    def to_top(self) -> None:
        """Let the next rows that are shown begin with the cursor on the first."""
        self._cursor, self._key = 0, None
        self.scroll_to(y=0, animate=False, force=True, immediate=True)

    def refresh_changed(self) -> None:
        """Repaint the lines that look otherwise than they did: often few, while time goes on."""
        size = self.scrollable_content_region.size
        for y in range(size.height):
            if self._drawn.get(y) != self._line(y):
                self.refresh(Region(0, y, size.width, 1))

    def _measure(self) -> None:
        width = self.scrollable_content_region.width
        self.virtual_size = Size(width, len(self.rows) + self.HEAD)

    def _follow(self, row: int) -> None:
        moved, self._cursor = row - self._cursor, row
        if moved:
            self.scroll_to(y=self.scroll_y + moved, animate=False, force=True, immediate=True)

    def _bind(self) -> None:
        if self.rows:
            self._key = self.key(self.rows[self._cursor])

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self.move_to(self._cursor + rows)

    def action_move_to(self, index: int) -> None:
        """Move the cursor to a row; -1 is the last."""
        self.move_to(self._last if index < 0 else index)

    def action_turn(self, pages: int) -> None:
        """Move the cursor by some screens."""
        self.move_to(self._cursor + pages * max(self._height - 1, 1))

    def move_to(self, index: int) -> None:
        """Put the cursor on a row that there is, and into sight."""
        before, self._cursor = self._cursor, max(min(index, self._last), 0)
        self._bind()
        self.scroll_to_cursor()
        for row in (before, self._cursor):
            self.refresh_lines(row + self.HEAD, 1)
        self.post_message(self.Highlighted())

    def scroll_to_cursor(self) -> None:
        """Bring the cursor into sight."""
        top = round(self.scroll_y)
        if self._cursor < top:
            top = self._cursor
        elif self._cursor >= top + self._height:
            top = self._cursor - self._height + 1
        else:
            return
        self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def on_resize(self) -> None:
        """Use the new size, and hold the cursor in sight."""
        self._measure()
        self.scroll_to_cursor()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row that was clicked."""
        index = round(self.scroll_y) + event.y - self.HEAD
        if event.y >= self.HEAD and index < len(self.rows):
            self.move_to(index)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        self._drawn[y] = self._line(y)
        return self._drawn[y]

    def _line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if y < self.HEAD:
            return self._strip(self.head(width), self.rich_style + self._style("head"), width)
        index = round(self.scroll_y) + y - self.HEAD
        if index >= len(self.rows):
            return self._strip(self._hint_cells(y, width), self.rich_style, width)
        if index != self._cursor:
            cells = [Cell(" ", 1), *self.cells(self.rows[index], width - 1)]
            return self._strip(cells, self.rich_style, width)
        here = "row-list--cursor" + ("" if self.has_focus else "-blurred")
        cells = [Cell("▌", 1), *self.cells(self.rows[index], width - 1)]
        return self._strip(cells, self.get_component_rich_style(here), width)

    def _hint_cells(self, y: int, width: int) -> list[Cell]:
        lines = [] if self.rows else self.hint.splitlines()
        line = y - self.HEAD - 1
        return [Cell("", 2), Cell(lines[line], width, "muted")] if 0 <= line < len(lines) else []

    def _strip(self, cells: Sequence[Cell], base: Style, width: int) -> Strip:
        return Strip(segments(cells, base, self._style, width), width)

    def _style(self, tone: str) -> Style:
        # The background stays the row's.
        style = self.get_component_rich_style(f"row-list--{tone}")
        return Style(color=style.color, bold=style.bold)
