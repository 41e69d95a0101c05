"""A text over the screen that is read and copied."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static


class Sheet(ModalScreen[None]):
    """A literal text that scrolls; esc closes it, y copies `copied` to the clipboard."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close"),
        Binding("y", "copy", "Copy"),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    def __init__(self, title: str, text: Content, copied: str) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._copied = copied

    def compose(self) -> ComposeResult:
        """The title, the text, and the keys."""
        with Vertical(id="dialog"):
            yield Static(self._title, id="question", markup=False)
            with VerticalScroll(id="body"):
                yield Static(self._text, markup=False)
            yield Static("esc closes · y copies", id="instruction", markup=False)

    def action_scroll(self, rows: int) -> None:
        """Move the text by some rows."""
        self.query_one("#body").scroll_relative(y=rows, animate=False)

    def action_page(self, pages: int) -> None:
        """Move the text by some screens."""
        body = self.query_one("#body")
        body.scroll_relative(y=pages * max(body.size.height - 1, 1), animate=False)

    def action_copy(self) -> None:
        """Give the text to the terminal's clipboard."""
        self.app.copy_to_clipboard(self._copied)
        self.notify("Copied, if this terminal lets programs copy.", markup=False)
