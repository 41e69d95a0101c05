"""The questions before a cancellation, and before the breaker is held open or reset."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from nsconsole.console import words
from nsconsole.console.dialog import Dialog, ReasonDialog, YesDialog
from nsconsole.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nsconsole.services.pushes.waiting import Waiting

_MOST_SHOWN = 6
_LONGEST_REASON = 2000


class CancelDialog(ReasonDialog):
    """Asks why pushes are never to be sent; an answer is a reason."""

    def __init__(self, pushes: "Sequence[Waiting]") -> None:
        what = "this change" if len(pushes) == 1 else f"{len(pushes):,} changes"
        super().__init__(
            f"Cancel {what}?",
            _first(pushes),
            note="Never sent, and withdrawn. Why? It is kept with the proposal.",
            verb="Cancel it",
            back="Go back",
        )


def _first(pushes: "Sequence[Waiting]") -> list[str]:
    lines = [clean(push.summary, limit=500) for push in pushes[:_MOST_SHOWN]]
    more = len(pushes) - _MOST_SHOWN
    return [*lines, f"… and {more:,} more"] if more > 0 else lines


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


class ResetBreakerDialog(YesDialog):
    """Asks before calls go through again, whatever stopped them."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "confirm", "Reset")]

    def __init__(self, why: str, waiting: int) -> None:
        sent = f"What is due of {words.counted(waiting, 'push')} goes at once."
        super().__init__("Reset the breaker?", (), warning=why, note=sent, verb="Reset")
