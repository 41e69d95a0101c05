"""The help: the keys that work here, read from the bindings themselves."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

_NAMES = {
    "slash": "/",
    "asterisk": "*",
    "escape": "esc",
    "question_mark": "?",
    "pagedown": "page down",
    "pageup": "page up",
    "down": "↓",
    "up": "↑",
}


class HelpScreen(ModalScreen[None]):
    """Lists keys by place; any of esc, q and ? closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Close", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
    ]

    def __init__(self, places: list[tuple[str, list[BindingType]]]) -> None:
        super().__init__()
        self._places = places

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        with Vertical(id="dialog"):
            yield Static("Keys", id="question", markup=False)
            with VerticalScroll(id="body"):
                yield Static(Content("\n").join(self._lines()), markup=False)
            yield Static("esc closes · ctrl+p has every command", id="instruction", markup=False)

    def action_scroll(self, rows: int) -> None:
        """Move the text by some rows."""
        self.query_one("#body").scroll_relative(y=rows, animate=False)

    def _lines(self) -> Iterator[Content]:
        for place, bindings in self._places:
            yield Content.styled(place, "bold")
            for binding in bindings:
                if isinstance(binding, Binding) and binding.description:
                    yield Content(f"  {_keys(binding.key):<18}{binding.description}")
            yield Content("")


def _keys(key: str) -> str:
    return ", ".join(_NAMES.get(name, name) for name in key.split(","))
