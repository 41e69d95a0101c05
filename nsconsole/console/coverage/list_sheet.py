"""A list over the screen: its rows, a text about the one under the cursor, and the keys."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from nsconsole.console.row_list import RowList

Row = TypeVar("Row")


class ListSheet(ModalScreen[Row | None], Generic[Row]):
    """Shows a list; enter answers with the row under the cursor, esc with None.

    A sheet of one's own says what is about a row.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close"),
        Binding("enter,o", "open", "Open"),
    ]
    INSTRUCTION = "esc closes"

    def __init__(self, title: str, listed: RowList[Row]) -> None:
        super().__init__()
        self._title = title
        self._list = listed

    def compose(self) -> ComposeResult:
        """The title, the list, what is about the row, and the keys."""
        with Vertical(id="dialog"):
            yield Static(self._title, id="question", markup=False)
            yield self._list
            yield Static(id="about-row", markup=False)
            yield Static(self.INSTRUCTION, id="instruction", markup=False)

    def on_mount(self) -> None:
        """Hold the keyboard on the list."""
        self._list.focus()

    def show(self, rows: Sequence[Row]) -> None:
        """Take rows; the cursor stays on its own."""
        if rows != self._list.rows:
            self._list.show(rows)

    @on(RowList.Highlighted)
    def _highlighted(self) -> None:
        row = self._list.current
        self.query_one("#about-row", Static).update(self.about(row) if row else "")

    def about(self, row: Row) -> Content | str:
        """Tell what is about a row."""
        raise NotImplementedError

    def action_open(self) -> None:
        """Answer with the row under the cursor."""
        if self._list.current is not None:
            self.dismiss(self._list.current)
