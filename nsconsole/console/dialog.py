"""A question over the screen: Cancel has the focus, and no key confirms that opened it."""

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Button, Input

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
