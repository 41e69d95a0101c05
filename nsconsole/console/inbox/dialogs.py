"""The questions before a decision: Cancel has the focus, and no key confirms that opened one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from nsconsole.console import words
from nsconsole.console.dialog import Dialog, ReasonDialog
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.lines import Line

_MOST_SHOWN = 6


class ApproveDialog(Dialog[bool]):
    """Asks before approving; for high risk the record's name or id must be typed.

    `hidden` of the proposals are not in sight under the present filter; `moved` says that NetSuite
    is known to hold other values than the one proposal saw.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "confirm", "Approve")]

    def __init__(self, lines: "Sequence[Line]", *, hidden: int = 0, moved: bool = False) -> None:
        super().__init__()
        self._lines = lines
        self._hidden = hidden
        self._moved = moved
        self._expected = _to_type(lines)

    def compose(self) -> ComposeResult:
        """The question, the changes, what to type, and the buttons."""
        one = len(self._lines) == 1
        what = "this change" if one else words.counted(len(self._lines), "proposal")
        with Vertical(id="dialog"):
            yield Static(f"Approve {what}?", id="question", markup=False)
            with VerticalScroll(id="body", can_focus=False):
                yield Static(Content("\n").join(self._body()), markup=False)
            for warning in self._warnings():  # not where they could be scrolled out of sight
                yield Static(warning, classes="warning", markup=False)
            if self._expected:
                yield Static(_instruction(self._lines), id="instruction", markup=False)
                yield Input(id="typed", select_on_focus=False)
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="no", compact=True)
                label = "Approve" if self._expected else "Approve [y]"
                button = Button(Content(label), id="yes", variant="primary", compact=True)
                button.disabled = bool(self._expected)
                yield button

    def on_mount(self) -> None:
        """Put the focus where a key that is still held does no harm."""
        self.query_one("#typed" if self._expected else "#no").focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Allow the approval once the right words were typed."""
        self.query_one("#yes", Button).disabled = not self._is_expected(event.value)

    def action_confirm(self) -> None:
        """Approve, if what had to be typed was."""
        if not self._expected or self._is_expected(self.query_one("#typed", Input).value):
            self.dismiss(True)

    def _is_expected(self, typed: str) -> bool:
        return typed.strip().casefold() in self._expected

    def _body(self) -> Iterator[Content]:
        if len(self._lines) > 1:
            yield Content(_counts("kinds", [line.action_type for line in self._lines]))
            yield Content(_counts("risk", [line.risk_tier for line in self._lines]))
            yield Content("")
        for line in self._lines[:_MOST_SHOWN]:
            yield Content(clean(line.summary))
        if len(self._lines) > _MOST_SHOWN:
            yield Content(f"… and {len(self._lines) - _MOST_SHOWN:,} more")

    def _warnings(self) -> Iterator[str]:
        if self._hidden:
            yield _out_of_sight(self._hidden)
        if self._moved:
            yield "⚠ NetSuite changed after this was staged; it will refuse the write."


def _out_of_sight(hidden: int) -> str:
    told = f"⚠ {words.counted(hidden, 'selected proposal')} not in sight (filter)"
    return told if hidden else ""


def _counts(what: str, names: list[str]) -> str:
    listed = ", ".join(f"{count:,} {name}" for name, count in Counter(names).most_common())
    return f"{what}: {listed}"


def _to_type(lines: "Sequence[Line]") -> frozenset[str]:
    """What may be typed to approve: nothing, unless the risk is high. Case folded."""
    if all(line.risk_tier != "high" for line in lines):
        return frozenset()
    if len(lines) > 1:
        return frozenset({str(len(lines))})
    (line,) = lines
    names = (line.target_id, clean(line.target_name or "")) if line.target_id else (str(line.id),)
    return frozenset(name.casefold() for name in names if name)


def _instruction(lines: "Sequence[Line]") -> str:
    if len(lines) > 1:
        return f"High risk is among them. Type how many you approve ({len(lines)}), then enter:"
    (line,) = lines
    if not line.target_id:
        return f"High risk. Type the proposal's number ({line.id}), then enter:"
    named = f" or name ({clean(line.target_name, limit=40)})" if line.target_name else ""
    id_ = clean(line.target_id, limit=40)
    return f"High risk. Type the record's id ({id_}){named}, then enter:"


class RejectDialog(ReasonDialog):
    """Asks why; an answer is a reason."""

    def __init__(self, lines: "Sequence[Line]", *, hidden: int = 0) -> None:
        one = len(lines) == 1
        what = "this change" if one else words.counted(len(lines), "proposal")
        super().__init__(
            f"Reject {what}?",
            [clean(line.summary) for line in lines[:_MOST_SHOWN]],
            warning=_out_of_sight(hidden),
            note="Why? Its author reads this.",
            verb="Reject",
        )
