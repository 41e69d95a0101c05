"""The audits, the newest first, each with what it found other than the one before."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from nsconsole.console import figures, words
from nsconsole.console.coverage import wording
from nsconsole.console.coverage.list_sheet import ListSheet
from nsconsole.console.drawing import Cell
from nsconsole.console.row_list import RowList
from nsconsole.console.sheet import Sheet
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.coverage.history import AuditLine, Delta

_MOST_NAMED = 500
_WIDTHS = (7, 18, 10, 10, 8, 8, 8)
_HEADS = ("Audit", "When", "By", "Coverage", "Delta", "Closed", "Opened")


class AuditList(RowList["AuditLine"]):
    """Audits, known by their ids."""

    HEAD = 1

    def key(self, row: "AuditLine") -> int:
        """An audit is known by its id."""
        return row.id

    def head(self, width: int) -> list[Cell]:
        """Name the columns."""
        return [Cell("", 1), *_cells(_HEADS)]

    def cells(self, row: "AuditLine", width: int) -> list[Cell]:
        """Draw an audit beside the one before it."""
        at = next(place for place, each in enumerate(self.rows) if each.id == row.id)
        older = self.rows[at + 1] if at + 1 < len(self.rows) else None
        moved = row.coverage_percent - older.coverage_percent if older else None
        return _cells(
            (
                str(row.id),
                f"{row.at.astimezone():%Y-%m-%d %H:%M}",
                row.trigger,
                wording.percent(row.coverage_percent),
                "" if moved is None else wording.delta(moved),
                f"{row.closed:,}",
                f"{row.opened:,}",
            )
        )


def _cells(texts: Sequence[str]) -> list[Cell]:
    right = (False, False, False, True, True, True, True)
    return [
        Cell(text, width, right=to_the_right)
        for text, width, to_the_right in zip(texts, _WIDTHS, right, strict=True)
    ]


class HistorySheet(ListSheet["AuditLine"]):
    """Shows the audits; enter asks for the gaps that one closed and opened."""

    INSTRUCTION = "enter shows which gaps it closed and opened · esc closes"

    def __init__(self, audits: "Sequence[AuditLine]") -> None:
        super().__init__("Audits", AuditList())
        self._audits = audits

    def on_mount(self) -> None:
        """Show the audits."""
        self.show(self._audits)

    def about(self, row: "AuditLine") -> str:
        """Tell what an audit counted."""
        told = (
            f"{row.columns_mirrored:,} of {row.columns_total:,} columns, "
            f"{row.tables_mirrored:,} of {row.tables_total:,} tables"
        )
        weighted = row.weighted_percent
        by_value = "" if weighted is None else f"; by rows and fill {wording.percent(weighted)}"
        return f"{told}{by_value}. Compared in {figures.span(row.seconds)}."


def delta_sheet(delta: "Delta") -> Sheet:
    """Show which gaps came and went between two audits."""
    text = Content("\n").join(_delta(delta))
    return Sheet(f"From audit {delta.earlier} to audit {delta.later}", text, text.plain)


def _delta(delta: "Delta") -> Iterator[Content]:
    for title, gaps in (("Closed", delta.closed), ("Opened", delta.opened)):
        yield Content.styled(f"{title}: {words.counted(len(gaps), 'gap')}", "bold")
        for gap in gaps[:_MOST_NAMED]:
            name = clean(".".join(filter(None, (gap.table, gap.column))), limit=250)
            yield Content(f"  {name}  {wording.gap(gap.gap)}, {wording.reason(gap.reason)}")
        if len(gaps) > _MOST_NAMED:
            yield Content(f"  … and {len(gaps) - _MOST_NAMED:,} more: nsconsole coverage compare")
        yield Content("")
