"""The questions before a replay and a dismissal, and the place to edit a change."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static, TextArea

from nsconsole.console import words
from nsconsole.console.dead_letters import wording
from nsconsole.console.dialog import Dialog, ReasonDialog, YesDialog
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.pushes.attempts import Cause

_WHAT_COMES = {
    "refused": "NetSuite is asked anew; what it refused must be mended there first",
    "conflict": "NetSuite compares again, and refuses what still differs",
    "exhausted": "NetSuite is asked anew",
    "unknown_outcome": "asked under the same request id, so that nothing is done twice",
    "tampered": "not what was approved: never sent, these stay",
}
_CANARY = "One goes first. The others follow once NetSuite took it; else they rest here again."


class ReplayDialog(YesDialog):
    """Asks before dead letters go out again. `chosen` tells the cause of each, by its id."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "confirm", "Replay")]

    def __init__(
        self, chosen: "Mapping[int, Cause]", *, about: str, hidden: int, rehearsed: str
    ) -> None:
        super().__init__(
            f"Replay {letters(chosen)}?",
            [*([about, ""] if about else []), *_what_comes(chosen, rehearsed)],
            warning=out_of_sight(hidden),
            note=_CANARY if len(chosen) > 1 else "",
            verb="Replay",
        )


def _what_comes(chosen: "Mapping[int, Cause]", rehearsed: str) -> Iterator[str]:
    for cause, count in Counter(chosen.values()).most_common():
        number = f"{count:,} " if len(chosen) > 1 else ""
        yield f"{number}{wording.cause(cause)}: {_WHAT_COMES[cause]}."
    if rehearsed:
        yield f"Dry run: {rehearsed}."


def letters(chosen: "Mapping[int, Cause]") -> str:
    """Name what was chosen: “letter 12”, “1,204 dead letters”."""
    if len(chosen) == 1:
        return f"letter {next(iter(chosen))}"
    return words.counted(len(chosen), "dead letter")


def out_of_sight(hidden: int) -> str:
    """Warn of what is selected and not shown; empty if there is nothing."""
    told = f"⚠ {words.counted(hidden, 'selected letter')} not in sight (filter)"
    return told if hidden else ""


class DismissDialog(ReasonDialog):
    """Asks why dead letters are to rest for good."""

    def __init__(self, chosen: "Mapping[int, Cause]", *, about: str, hidden: int) -> None:
        super().__init__(
            f"Dismiss {letters(chosen)}?",
            [about] if about else [],
            warning=out_of_sight(hidden),
            note="Why? NetSuite is not asked again. This is kept.",
            verb="Dismiss",
        )


class EditDialog(Dialog[str]):
    """Gives a change to edit, as JSON; the answer is what was typed, once it is a change."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "confirm", "Propose")]

    def __init__(self, question: str, text: str, trouble: str = "") -> None:
        super().__init__()
        self._question = question
        self._text = text
        self._trouble = trouble

    def compose(self) -> ComposeResult:
        """The question, the change, what is wrong with it, and the buttons."""
        with Vertical(id="dialog"):
            yield Static(self._question, id="question", markup=False)
            yield TextArea(self._text, id="change", soft_wrap=True)
            yield Static(self._trouble, id="trouble", classes="warning", markup=False)
            asked = "It goes to the inbox to be approved. ctrl+s proposes it."
            yield Static(asked, id="instruction", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="no", compact=True)
                yield Button("Propose", id="yes", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Start where the change is edited."""
        self.query_one("#change").focus()

    def action_confirm(self) -> None:
        """Answer, unless it is no change."""
        from nsconsole.services.dead_letters.editing import parse_change
        from nsconsole.services.errors import BadInputError

        text = self.query_one("#change", TextArea).text
        try:
            parse_change(text.encode())
        except BadInputError as error:
            self.query_one("#trouble", Static).update(f"⚠ {clean(str(error))}")
        else:
            self.dismiss(text)
