"""The list: any number of rows, of which only a window around the screen is held."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from nsconsole.console import words
from nsconsole.console.drawing import fit
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.console.messages import PageRead
    from nsconsole.services.lines import Line

MARGIN = 100  # rows held beyond the screen, each way
_STATE_WIDTH = 11
_LAST = timedelta(seconds=2)  # after the last second there is one more thing to show


class ProposalList(ScrollView, can_focus=True):
    """Rows of proposals with a cursor that stays on its proposal whatever changes around it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False),
        Binding("k,up", "move(-1)", "Up", show=False),
        Binding("g,home", "move_to(0)", "First", show=False),
        Binding("G,end", "move_to(-1)", "Last", show=False),
        Binding("pagedown,ctrl+f", "turn(1)", "Page down", show=False),
        Binding("pageup,ctrl+b", "turn(-1)", "Page up", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "proposal-list--cursor",
        "proposal-list--cursor-blurred",
        "proposal-list--high",
        "proposal-list--medium",
        "proposal-list--low",
        "proposal-list--muted",
        "proposal-list--good",
        "proposal-list--bad",
        "proposal-list--marked",
    }

    @dataclass
    class Highlighted(Message):
        """The cursor is on another proposal, or its proposal changed."""

        line: "Line | None"

    @dataclass
    class Wanted(Message):
        """Rows are needed that are not held."""

        offset: int
        limit: int

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._offset = 0
        self._lines: list[Line] = []
        self._total = 0
        self._cursor = 0
        self._cursor_id: int | None = None
        self._bind_when_read = True
        self.marked: dict[int, Line] = {}

    @property
    def line(self) -> "Line | None":
        """The proposal under the cursor; None while it is not known, or after it left the list."""
        line = self._at(self._cursor)
        return line if line and line.id == self._cursor_id else None

    @property
    def _room(self) -> Size:
        return self.scrollable_content_region.size

    @property
    def cursor_id(self) -> int | None:
        """The id that the cursor holds on to."""
        return self._cursor_id

    @property
    def cursor_row(self) -> int:
        """The row that the cursor is on."""
        return self._cursor

    @property
    def total(self) -> int:
        """How many rows there are, held or not."""
        return self._total

    def window(self) -> tuple[int, int]:
        """Give offset and limit of the rows to hold."""
        return max(round(self.scroll_y) - MARGIN, 0), self._room.height + 2 * MARGIN

    def to_top(self) -> None:
        """Let the next rows that are read begin anew, with the cursor on the first."""
        self._cursor, self._cursor_id, self._bind_when_read = 0, None, True
        self.scroll_to(y=0, animate=False, force=True, immediate=True)

    def go_to(self, proposal_id: int) -> None:
        """Let the next rows that are shown have the cursor on a proposal."""
        self.to_top()
        self._cursor_id, self._bind_when_read = proposal_id, False

    def show_page(self, page: "PageRead") -> None:
        """Take the rows that were read, and keep the cursor on its proposal and its screen line."""
        held, bound = (self._offset, self._lines, self._total), self._cursor_id
        self._offset, self._lines, self._total = page.offset, page.lines, page.total
        self.virtual_size = Size(self._room.width, self._total)
        rows = (row for row, line in enumerate(page.lines) if line.id == self._cursor_id)
        row = next(rows, None)
        if row is not None:
            self._follow(page.offset + row)
        elif self._bind_when_read:
            self._cursor = max(min(self._cursor, self._total - 1), 0)
            self._bind()
        for line in page.lines:
            if line.id in self.marked:
                self._remark(line)
        # Most of what is written to the database is none of the inbox's.
        if (page.offset, page.lines, page.total) != held or self._cursor_id != bound:
            self.refresh()
        if self._at(self._cursor) or self._cursor >= self._total:  # else it was scrolled away from
            self.post_message(self.Highlighted(self.line))
        self._want()

    def _remark(self, line: "Line") -> None:
        # What was decided meanwhile cannot be decided again; an approval may be taken back.
        if line.status == "pending" or line.undo_until:
            self.marked[line.id] = line
        else:
            del self.marked[line.id]

    def _follow(self, row: int) -> None:
        moved = row - self._cursor
        self._cursor = row
        if moved:
            self.scroll_to(y=self.scroll_y + moved, animate=False, force=True, immediate=True)

    def _bind(self) -> None:
        line = self._at(self._cursor)
        if line:
            self._cursor_id, self._bind_when_read = line.id, False

    def _at(self, index: int) -> "Line | None":
        held = index - self._offset
        return self._lines[held] if 0 <= held < len(self._lines) else None

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self._move_to(self._cursor + rows)

    def action_move_to(self, index: int) -> None:
        """Move the cursor to a row; -1 is the last."""
        self._move_to(self._total - 1 if index < 0 else index)

    def action_turn(self, pages: int) -> None:
        """Move the cursor by some screens."""
        self._move_to(self._cursor + pages * max(self._room.height - 1, 1))

    def _move_to(self, index: int) -> None:
        before = self._cursor
        self._cursor = max(min(index, self._total - 1), 0)
        self._cursor_id, self._bind_when_read = None, True
        self._bind()
        self._scroll_to_cursor()
        self.refresh_lines(before, 1)
        self.refresh_lines(self._cursor, 1)
        self.post_message(self.Highlighted(self.line))
        self._want()

    def _scroll_to_cursor(self) -> None:
        top, height = round(self.scroll_y), self._room.height
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False, immediate=True)
        elif self._cursor >= top + height:
            self.scroll_to(y=self._cursor - height + 1, animate=False, immediate=True)

    def _want(self) -> None:
        top = round(self.scroll_y)
        last = min(top + self._room.height, self._total)
        if top < self._offset or last > self._offset + len(self._lines):
            self.post_message(self.Wanted(*self.window()))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for the rows that came into sight."""
        super().watch_scroll_y(old_value, new_value)
        self._want()

    def on_resize(self) -> None:
        """Use the new width, and hold the cursor in sight."""
        self.virtual_size = Size(self._room.width, self._total)
        self._scroll_to_cursor()
        self._want()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row that was clicked."""
        index = round(self.scroll_y) + event.y
        if index < self._total:
            self._move_to(index)

    def toggle_mark(self) -> bool:
        """Select or unselect the proposal under the cursor; False if nothing can be done to it."""
        line = self.line
        if line is None or not (line.status == "pending" or line.undo_until):
            return False
        if self.marked.pop(line.id, None) is None:
            self.marked[line.id] = line
        self.refresh_lines(self._cursor, 1)
        return True

    def mark(self, lines: "list[Line]") -> None:
        """Select some proposals besides those selected."""
        self.marked |= {line.id: line for line in lines}
        self.refresh()

    def count_down(self) -> None:
        """Repaint, if an approval can still be taken back: its seconds go by."""
        now = self._now()
        if any(line.undo_until and line.undo_until > now - _LAST for line in self._lines):
            self.refresh()

    def unmark_all(self) -> None:
        """Select none."""
        self.marked.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        index = round(self.scroll_y) + y
        width = self._room.width
        base = self.rich_style
        if index >= self._total:
            return Strip.blank(width, base)
        here = index == self._cursor
        if here:
            focused = "proposal-list--cursor" + ("" if self.has_focus else "-blurred")
            base = self.get_component_rich_style(focused)
        line = self._at(index)
        if line is None:
            return Strip([Segment(set_cell_size("   …", width), base)], width)
        return Strip(self._cells(line, base, width, here=here), width)

    def _cells(self, line: "Line", base: Style, width: int, *, here: bool) -> list[Segment]:
        pending, state = line.status == "pending", words.state(line, self._now())
        muted = self._style("muted")
        pieces = [
            ("▌" if here else " ", 1, None),
            ("●" if line.id in self.marked else " ", 2, self._style("marked")),
            (words.RISKS[line.risk_tier], 5, self._style(line.risk_tier) if pending else muted),
            (f"{words.age(line.created_at, self._now()):>4}", 6, muted),
        ]
        if width >= 60:
            pieces.append((clean(line.author, limit=80), 13, muted))
        shown = _STATE_WIDTH if state else 0
        room = width - sum(size for _, size, _ in pieces) - shown
        pieces.append((fit(clean(line.summary), room - 1), room, None if pending else muted))
        if shown:
            tone = "marked" if state.startswith(words.UNDO) else _tone(line)
            pieces.append((state, shown, self._style(tone)))
        return [
            Segment(
                set_cell_size(fit(text, size - 1) if size > 2 else text, size), _over(base, style)
            )
            for text, size, style in pieces
        ]

    def _style(self, name: str) -> Style:
        # Worked out in full, since a colour may be relative to the list's background; but the
        # background stays the row's.
        style = self.get_component_rich_style(f"proposal-list--{name}")
        return Style(color=style.color, bold=style.bold)


def _over(base: Style, style: Style | None) -> Style:
    return base if style is None else base + style


def _tone(line: "Line") -> str:
    if line.push == "applied":
        return "good"
    return "bad" if line.push == "dead" or line.error else "muted"
