"""The questions before a cancellation, and before the breaker is held open or reset."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from nsconsole.console import words
from nsconsole.console.dialog import Dialog
from nsconsole.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nsconsole.services.pushes.waiting import Waiting

_MOST_SHOWN = 6
_LONGEST_REASON = 2000


class CancelDialog(Dialog[str]):
    """Asks why pushes are never to be sent; an answer is a reason."""

    def __init__(self, pushes: "Sequence[Waiting]") -> None:
        super().__init__()
        self._pushes = pushes

    def compose(self) -> ComposeResult:
        """The question, the changes, what it means, and a place for the reason."""
        one = len(self._pushes) == 1
        what = "this change" if one else f"{len(self._pushes):,} changes"
        with Vertical(id="dialog"):
            yield Static(f"Cancel {what}?", id="question", markup=False)
            with VerticalScroll(id="body", can_focus=False):
                for push in self._pushes[:_MOST_SHOWN]:
                    yield Static(Content(clean(push.summary, limit=500)), markup=False)
                if len(self._pushes) > _MOST_SHOWN:
                    yield Static(f"… and {len(self._pushes) - _MOST_SHOWN:,} more", markup=False)
            meant = "Never sent, and withdrawn. Why? It is kept with the proposal."
            yield Static(meant, id="instruction", markup=False)
            yield Input(id="typed", max_length=_LONGEST_REASON, placeholder="reason")
            with Horizontal(id="buttons"):
                yield Button("Go back", id="no", compact=True)
                yield Button("Cancel it", id="yes", variant="error", disabled=True, compact=True)

    def on_mount(self) -> None:
        """Start where the reason is typed."""
        self.query_one("#typed").focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Allow it once there is a reason."""
        self.query_one("#yes", Button).disabled = not event.value.strip()

    def action_confirm(self) -> None:
        """Give the reason, if there is one."""
        reason = self.query_one("#typed", Input).value.strip()
        if reason:
            self.dismiss(reason)


class HoldBreakerDialog(Dialog[str]):
    """Asks before all calls are stopped; an answer is a reason, which may be empty."""

    def __init__(self, waiting: int) -> None:
        super().__init__()
        self._waiting = waiting

    def compose(self) -> ComposeResult:
        """The question, what it means, and a place for the reason."""
        waiting = words.counted(self._waiting, "push")
        with Vertical(id="dialog"):
            yield Static("Hold the breaker open?", id="question", markup=False)
            told = f"Nothing is sent until it is reset; {waiting} wait now, and more may come."
            yield Static(told, markup=False)
            yield Static("Why? All who look see this.", id="instruction", markup=False)
            yield Input(id="typed", max_length=_LONGEST_REASON, placeholder="reason, if any")
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="no", compact=True)
                yield Button("Hold it open", id="yes", variant="error", compact=True)

    def on_mount(self) -> None:
        """Start where the reason is typed."""
        self.query_one("#typed").focus()

    def action_confirm(self) -> None:
        """Give the reason."""
        self.dismiss(self.query_one("#typed", Input).value.strip())


class ResetBreakerDialog(Dialog[bool]):
    """Asks before calls go through again, whatever stopped them."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "confirm", "Reset")]

    def __init__(self, why: str, waiting: int) -> None:
        super().__init__()
        self._why = why
        self._waiting = waiting

    def compose(self) -> ComposeResult:
        """The question, what stopped the calls, and the buttons."""
        with Vertical(id="dialog"):
            yield Static("Reset the breaker?", id="question", markup=False)
            yield Static(self._why, classes="warning", markup=False)
            sent = f"What is due of {words.counted(self._waiting, 'push')} goes at once."
            yield Static(sent, id="instruction", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="no", compact=True)
                yield Button(Content("Reset [y]"), id="yes", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Put the focus where a key that is still held does no harm."""
        self.query_one("#no").focus()

    def action_confirm(self) -> None:
        """Reset it."""
        self.dismiss(True)
