"""A question over the screen: Cancel has the focus, and no key confirms that opened it."""

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer | None]):
    """A question over the screen; esc answers None."""

    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012 - as the base has it
        (0, "-short"),
        (36, "-tall"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel"),
        Binding("down", "scroll(1)", show=False),
        Binding("up", "scroll(-1)", show=False),
    ]

    def action_scroll(self, rows: int) -> None:
        """Move what is asked about by some rows, wherever the focus is."""
        for body in self.query("#body"):
            body.scroll_relative(y=rows, animate=False)

    def action_cancel(self) -> None:
        """Go back without an answer."""
        self.dismiss(None)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take a button for the key that it stands for."""
        event.stop()
        if event.button.id == "no":
            self.action_cancel()
        else:
            self.action_confirm()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Confirm by enter, once what was typed is complete."""
        event.stop()
        self.action_confirm()

    def action_confirm(self) -> None:
        """Answer, if the answer is complete."""


class ReasonDialog(Dialog[str]):
    """Asks why something is to be done; an answer is a reason.

    All texts are safe to show; `about` are lines of what it concerns.
    """

    def __init__(
        self, question: str, *, about: Sequence[str], warning: str, asked: str, verb: str
    ) -> None:
        super().__init__()
        self._question = question
        self._about = about
        self._warning = warning
        self._asked = asked
        self._verb = verb

    def compose(self) -> ComposeResult:
        """The question, what it is about, and a place for the reason."""
        with Vertical(id="dialog"):
            yield Static(self._question, id="question", markup=False)
            with VerticalScroll(id="body", can_focus=False):
                for line in self._about:
                    yield Static(line, markup=False)
            if self._warning:
                yield Static(self._warning, classes="warning", markup=False)
            yield Static(self._asked, id="instruction", markup=False)
            yield Input(id="typed", max_length=2000, placeholder="reason")
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="no", compact=True)
                yield Button(self._verb, id="yes", variant="error", disabled=True, compact=True)

    def on_mount(self) -> None:
        """Start where the reason is typed."""
        self.query_one("#typed").focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """There is no answer without a reason."""
        self.query_one("#yes", Button).disabled = not event.value.strip()

    def action_confirm(self) -> None:
        """Answer with the reason."""
        reason = self.query_one("#typed", Input).value.strip()
        if reason:
            self.dismiss(reason)
