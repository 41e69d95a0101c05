"""A question over the screen: Cancel has the focus, and no key confirms that opened it."""

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
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


class Question(Dialog[Answer]):
    """Asks whether to do something, with what it is about. All texts are safe to show.

    A question of one's own may ask for more than a button, and says when its answer is complete.
    """

    def __init__(
        self,
        question: str,
        body: Sequence[str],
        *,
        warning: str = "",
        note: str,
        verb: str,
        back: str = "Cancel",
    ) -> None:
        super().__init__()
        self._question = question
        self._body = body
        self._warning = warning
        self._note = note
        self._verb = verb
        self._back = back

    def compose(self) -> ComposeResult:
        """The question, what it is about, and the buttons."""
        with Vertical(id="dialog"):
            yield Static(self._question, id="question", markup=False)
            if self._body:
                with VerticalScroll(id="body", can_focus=False):
                    yield Static("\n".join(self._body), markup=False)
            if self._warning:
                yield Static(self._warning, classes="warning", markup=False)
            if self._note:
                yield Static(self._note, id="instruction", markup=False)
            yield from self._entry()
            with Horizontal(id="buttons"):
                yield Button(self._back, id="no", compact=True)
                yield self._yes()

    def _entry(self) -> ComposeResult:
        """Where the answer is typed, if it is."""
        return ()

    def _yes(self) -> Button:
        raise NotImplementedError


class YesDialog(Question[bool]):
    """A question that y answers, while Cancel has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "confirm", "Yes")]
    FOCUS: ClassVar[str] = "#no"  # where a key that is still held does no harm

    def _yes(self) -> Button:
        return Button(Content(f"{self._verb} [y]"), id="yes", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Put the focus on a button."""
        self.query_one(self.FOCUS).focus()

    def action_confirm(self) -> None:
        """Do it."""
        self.dismiss(True)


class ReasonDialog(Question[str]):
    """A question that a reason answers."""

    def _entry(self) -> ComposeResult:
        yield Input(id="typed", max_length=2000, placeholder="reason")

    def _yes(self) -> Button:
        return Button(self._verb, id="yes", variant="error", disabled=True, compact=True)

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
