"""The question before a full pull, with what it will take."""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from nsconsole.console import words
from nsconsole.console.dialog import Dialog
from nsconsole.console.sync import figures
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.sync.overview import TableLine

_PAGE = 1000  # rows that NetSuite gives in one answer
_MOST_SHOWN = 6


class FullPullDialog(Dialog[bool]):
    """Asks before tables are read from end to end."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "confirm", "Pull")]

    def __init__(self, lines: "Sequence[TableLine]") -> None:
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        """The question, the estimate of each table, and the buttons."""
        one = len(self._lines) == 1
        what = clean(self._lines[0].name) if one else words.counted(len(self._lines), "table")
        with Vertical(id="dialog"):
            yield Static(f"Pull {what} in full?", id="question", markup=False)
            with VerticalScroll(id="body", can_focus=False):
                yield Static(Content("\n").join(_body(self._lines)), markup=False)
            kept = "What is mirrored stays in place meanwhile. c cancels; the next pull goes on."
            yield Static(kept, id="instruction", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="no", compact=True)
                yield Button(Content("Pull [y]"), id="yes", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Put the focus where a key that is still held does no harm."""
        self.query_one("#no").focus()

    def action_confirm(self) -> None:
        """Pull."""
        self.dismiss(True)


def _body(lines: "Sequence[TableLine]") -> Iterator[Content]:
    for line in lines[:_MOST_SHOWN]:
        yield Content(f"{clean(line.name)}: {estimate([line])}")
    if len(lines) > _MOST_SHOWN:
        yield Content(f"… and {len(lines) - _MOST_SHOWN:,} more")
    if len(lines) > 1:
        yield Content(f"Together: {estimate(lines)}")


def estimate(lines: "Sequence[TableLine]") -> str:
    """Say what a full pull of some tables will take, as far as that is known."""
    known = [line.rows for line in lines if line.rows is not None]
    if not known:
        return "never read, so nobody knows how many rows"
    pages = sum(max(ceil(rows / _PAGE), 1) for rows in known)
    parts = [f"about {words.counted(sum(known), 'row')}, {words.counted(pages, 'page')}"]
    seconds = _seconds(lines)
    if seconds is not None:
        parts.append(f"some {figures.span(seconds)} at the last pace")
    if len(known) < len(lines):
        parts.append(f"besides {words.counted(len(lines) - len(known), 'table')} never read")
    return ", ".join(parts)


def _seconds(lines: "Sequence[TableLine]") -> float | None:
    """How long it takes at the pace of the last runs, those that read a page or more."""
    total = 0.0
    for line in lines:
        last = line.last
        if line.rows is None or last is None or last.ended_at is None or last.rows_read < _PAGE:
            return None
        total += line.rows * (last.ended_at - last.started_at).total_seconds() / last.rows_read
    return total
