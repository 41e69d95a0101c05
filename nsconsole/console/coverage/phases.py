"""The phases with their state, and how far each is that is being applied."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from nsconsole.console import figures, words
from nsconsole.console.coverage import wording
from nsconsole.console.coverage.facts import PhaseNow
from nsconsole.console.coverage.list_sheet import ListSheet
from nsconsole.console.drawing import Cell
from nsconsole.console.row_list import RowList
from nsconsole.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_STATE, _COUNT, _AGE = 20, 9, 6
_REST = 0.5  # seconds between two looks at how far a phase is
_EMPTY = "No phase yet: p plans the next one of what is missing."
_MARKS = {"done": "✓", "running": "→", "failed": "✗"}


class PhaseList(RowList[PhaseNow]):
    """Phases, known by their ids."""

    HEAD = 1

    def __init__(self, now: "Callable[[], datetime]") -> None:
        super().__init__()
        self._now = now
        self.hint = _EMPTY

    def key(self, row: PhaseNow) -> int:
        """A phase is known by its id."""
        return row.line.id

    def head(self, width: int) -> list[Cell]:
        """Name the columns."""
        return [
            Cell("", 1),
            Cell("Phase", self._room(width - 1)),
            Cell("State", _STATE),
            Cell("Tables", _COUNT, right=True),
            Cell("Columns", _COUNT, right=True),
            Cell("Age", _AGE, right=True),
        ]

    def cells(self, row: PhaseNow, width: int) -> list[Cell]:
        """Draw a phase."""
        line = row.line
        return [
            Cell(clean(line.name, limit=200), self._room(width)),
            Cell(state(row), _STATE, wording.STATE_TONES.get(line.state, "muted")),
            Cell(f"{len(line.tables):,}", _COUNT, "muted", right=True),
            Cell(f"{line.columns:,}", _COUNT, "muted", right=True),
            Cell(words.age(line.created_at, self._now()), _AGE, "muted", right=True),
        ]

    @staticmethod
    def _room(width: int) -> int:
        return max(width - _STATE - 2 * _COUNT - _AGE, 10)


def state(phase: PhaseNow) -> str:
    """Say how a phase stands, by its step while it is being applied."""
    if phase.line.state != "applying" or phase.step is None:
        return wording.STATES.get(phase.line.state, phase.line.state)
    share = f" {phase.pulled:.0%}" if phase.pulled is not None else ""
    return f"→ {wording.STEPS.get(phase.step.step, phase.step.step)}{share}"


class PhasesSheet(ListSheet[PhaseNow]):
    """Shows the phases as they go on; enter answers with the one under the cursor."""

    INSTRUCTION = "enter shows its proposal in the inbox · esc closes"

    def __init__(
        self,
        now: "Callable[[], datetime]",
        phases: Sequence[PhaseNow],
        ask: "Callable[[], None]",
    ) -> None:
        super().__init__("Phases", PhaseList(now))
        self._phases = phases
        self._ask = ask

    def on_mount(self) -> None:
        """Ask how the phases stand, again and again."""
        self.show(self._phases)
        self.set_interval(_REST, self._ask)

    def about(self, row: PhaseNow) -> Content:
        """Tell how far a phase is."""
        return Content("\n").join(_about(row))


def _about(phase: PhaseNow) -> Iterator[Content]:
    line = phase.line
    proposal = f" · proposal {line.proposal_id}" if line.proposal_id else ""
    yield Content.assemble((clean(line.title, limit=200), "bold"), proposal)
    tables = [clean(table, limit=50) for table in line.tables]
    yield Content(f"Tables: {words.listed(tables, 6) or 'none'}")
    if phase.pulled is not None:
        yield Content(f"Pull: {figures.bar(phase.pulled, 30)} {phase.pulled:.0%}")
    elif phase.step:
        mark = _MARKS.get(phase.step.state, "")
        yield Content(f"{mark} {wording.STEPS.get(phase.step.step, phase.step.step)}")
    if line.error:
        yield Content.styled(clean(line.error, limit=500), "$text-error")
