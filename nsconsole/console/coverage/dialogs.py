"""The questions before a plan, an exclusion and its end, and what became of a plan."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from nsconsole.console import words
from nsconsole.console.dialog import ReasonDialog, YesDialog
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.catalog import Key

_MOST_SHOWN = 6
_PLANNING = (
    "NetSuite is asked which columns it really gives, and how full they are. Keys, cursors and "
    "types are chosen, the cost is estimated, and the migration is written to phases/."
)
_AFTER = "The mirror stays as it is: the phase goes to the inbox, where you approve or reject it."


def plan_dialog(columns: "Mapping[str, Sequence[str]]", gaps: int) -> YesDialog:
    """Ask before a phase is planned: of some columns by table, or if none is named, the next."""
    if not columns:
        question = "Plan the next phase?"
        body = [
            f"The most valuable of {words.counted(gaps, 'gap')}, by phases/rules.toml.",
            "",
        ]
    else:
        question = f"Plan a phase of {words.counted(len(columns), 'table')}?"
        body = [*_tables(columns), ""]
    return YesDialog(question, [*body, _PLANNING], note=_AFTER, verb="Plan")


def _tables(columns: "Mapping[str, Sequence[str]]") -> Iterator[str]:
    for table, names in list(columns.items())[:_MOST_SHOWN]:
        what = words.counted(len(names), "column") if names else "all that is missing"
        yield f"{clean(table, limit=50)}: {what}"
    if len(columns) > _MOST_SHOWN:
        yield f"… and {words.counted(len(columns) - _MOST_SHOWN, 'table')} more"


def named(keys: "Sequence[Key]") -> str:
    """Name what was picked: “customer.fax”, “3 gaps”."""
    if len(keys) == 1:
        return clean(".".join(filter(None, keys[0])), limit=50)
    return words.counted(len(keys), "gap")


def about(keys: "Sequence[Key]") -> list[str]:
    """Name each of the first that were picked, with what a table stands for."""
    lines = [
        clean(f"{key.table}.{key.name}" if key.name else f"{key.table}, whole", limit=65)
        for key in keys[:_MOST_SHOWN]
    ]
    more = len(keys) - _MOST_SHOWN
    return [*lines, f"… and {more:,} more"] if more > 0 else lines


class ExcludeDialog(ReasonDialog):
    """Asks why something need not be mirrored; an answer is the note."""

    def __init__(self, keys: "Sequence[Key]") -> None:
        super().__init__(
            f"Exclude {named(keys)}?",
            about(keys) if len(keys) > 1 or not keys[0].name else (),
            note="Why? Audits show the note, and do not count it as missing.",
            verb="Exclude",
        )


def include_dialog(keys: "Sequence[Key]") -> YesDialog:
    """Ask before an exclusion is taken back."""
    meant = "It counts as missing again, and phases may take it in."
    return YesDialog(f"Include {named(keys)} again?", about(keys), note=meant, verb="Include")


class PlannedDialog(YesDialog):
    """Tells of a phase that was planned, and leads to its proposal."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("o", "confirm", "Open", show=False)]
    FOCUS = "#yes"  # nothing is decided by it

    def __init__(self, said: str, proposal_id: int) -> None:
        note = f"Proposal {proposal_id} has its SQL, map change and estimate: read, then decide."
        super().__init__("A phase is planned", [said], note=note, verb="Open it", back="Close")
