"""A round in five stages: where the workspace stands, and the key of the next step."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from nsconsole.console import words
from nsconsole.console.coverage import phases
from nsconsole.console.dialog import Dialog
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.console.coverage.facts import Facts, PhaseNow

_FRESH = timedelta(days=1)  # how old an audit may be to plan by it
_STAGES = ("Audit", "Plan", "Approve", "Apply", "Re-audit")
_AHEAD = (
    "NetSuite is asked what it has; the gaps are listed",
    "the most valuable gaps become a phase, with its cost",
    "you read SQL, map and estimate in the inbox, and decide",
    "backup, migration, map, pull: by itself, each step once",
    "by itself: what the phase closed, and what is left",
)


@dataclass(frozen=True, slots=True)
class Step:
    """The next step: at which stage it is, what it is about, and the screen's action for it."""

    stage: int
    words: str
    verb: str
    action: str


def next_step(facts: "Facts", now: datetime) -> Step:
    """Tell where a workspace stands in its round."""
    audit, phase = facts.audit, facts.open_phase
    if phase:
        return _of_phase(phase)
    if audit is None:
        return Step(0, "No audit yet: A makes one.", "Audit", "audit")
    ago = words.age(audit.at, now)
    if now - audit.at > _FRESH:
        return Step(0, f"The last audit is {ago} old: A asks NetSuite again.", "Audit", "audit")
    if audit.columns_mirrored >= audit.columns_total:
        told = "All that NetSuite gives is mirrored. A tells what is new."
        return Step(0, told, "Audit", "audit")
    missing = words.counted(audit.columns_total - audit.columns_mirrored, "column")
    return Step(1, f"{missing} to go, by the audit of {ago} ago: p plans.", "Plan", "plan")


def _of_phase(phase: "PhaseNow") -> Step:
    name = clean(phase.line.name, limit=60)
    if phase.line.state == "proposed":
        opening = f"open_proposal({phase.line.proposal_id})"
        return Step(2, f"{name} waits in the inbox (1).", "Open the proposal", opening)
    if phase.line.state == "failed":
        told = f"{name} failed; `nsconsole phase apply {phase.line.id}` goes on with it."
        return Step(3, told, "Show the phases", "phases")
    stage = 4 if phase.step and phase.step.step == "audit" else 3
    return Step(stage, f"{name}: {phases.state(phase)} (f).", "Show the phases", "phases")


class RoundDialog(Dialog[str]):
    """Shows the five stages and where the workspace stands; the answer is the next action."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "confirm", "Next step")]

    def __init__(self, facts: "Facts", now: datetime) -> None:
        super().__init__()
        self._facts = facts
        self._step = next_step(facts, now)

    def compose(self) -> ComposeResult:
        """The stages, the last round, and the next step."""
        with Vertical(id="dialog"):
            yield Static("A round, in five stages", id="question", markup=False)
            yield Static(Content("\n").join(self._stages()), markup=False)
            yield Static(_last_round(self._facts), id="instruction", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Close", id="no", compact=True)
                yes = Content(f"{self._step.verb} [y]")
                yield Button(yes, id="yes", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Put the focus where a key that is still held does no harm."""
        self.query_one("#no").focus()

    def _stages(self) -> Iterator[Content]:
        for place, (name, ahead) in enumerate(zip(_STAGES, _AHEAD, strict=True)):
            head = f"{place + 1} {name:<9}"
            if place < self._step.stage:
                yield Content.styled(f"✓ {head}", "$text-success")
            elif place == self._step.stage:
                yield Content.assemble((f"▶ {head}", "bold"), self._step.words)
            else:
                yield Content.styled(f"  {head}{ahead}", "$foreground-muted")

    def action_confirm(self) -> None:
        """Answer with the next action."""
        self.dismiss(self._step.action)


def _last_round(facts: "Facts") -> str:
    done = next((phase for phase in facts.phases if phase.line.state == "applied"), None)
    if done is None:
        return "No round was finished yet. Nothing is mirrored that nobody approved."
    found = next((a for a in facts.audits if a.id == done.line.result_audit_id), None)
    closed = f", {words.counted(found.closed, 'gap')} closed" if found else ""
    return f"The last round: {clean(done.line.name, limit=60)}{closed}."
