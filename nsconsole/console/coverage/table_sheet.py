"""A table column by column: what the mirror has of it beside what each source says."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from nsconsole.console import words
from nsconsole.console.coverage import wording
from nsconsole.console.coverage.list_sheet import ListSheet
from nsconsole.console.drawing import Cell
from nsconsole.console.row_list import RowList
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.catalog import Key
    from nsconsole.services.coverage.browsing import ColumnRow, Says

_MARK, _MIRROR, _TYPE, _FILL, _SOURCE = 2, 18, 10, 7, 5
_SOURCES = {"suiteql": "SQL", "records": "REST", "customization": "Cust", "export": "Exp"}
_SOURCES |= {"probe": "Prb"}
_IN_FULL = {
    "suiteql": "SuiteQL catalog",
    "records": "record service",
    "customization": "customization tables",
    "export": "Records Catalog export",
    "probe": "probe",
}
_WIDE = 90  # cells from which there is room for type and fill


class ColumnList(RowList["ColumnRow"]):
    """The columns of a table, known by their names; some may be picked."""

    HEAD = 1

    def __init__(self, picked: "Callable[[ColumnRow], bool]") -> None:
        super().__init__()
        self._picked = picked

    def key(self, row: "ColumnRow") -> str:
        """A column is known by its name."""
        return row.name

    def head(self, width: int) -> list[Cell]:
        """Name the columns."""
        room, kind, fill = self._widths(width - 1)
        return [
            Cell("", 1 + _MARK),
            Cell("Column", room),
            Cell("In the mirror", _MIRROR),
            Cell("Type", kind),
            Cell("Fill", fill, right=True),
            *(Cell(short, _SOURCE, right=True) for short in _SOURCES.values()),
        ]

    def cells(self, row: "ColumnRow", width: int) -> list[Cell]:
        """Draw a column: ✓ and ✗ are what a source says, · that it says nothing of it."""
        room, kind, fill = self._widths(width)
        says = {each.source: each for each in row.says}
        status, tone = standing(row)
        return [
            Cell("●" if self._picked(row) else "", _MARK, "marked"),
            Cell(clean(row.name, limit=250), room),
            Cell(status, _MIRROR, tone),
            Cell(clean(row.kind, limit=20), kind, "muted"),
            Cell(wording.whole_percent(row.fill), fill, "muted", right=True),
            *(Cell(_said(says.get(source)), _SOURCE, right=True) for source in _SOURCES),
        ]

    @staticmethod
    def _widths(width: int) -> tuple[int, int, int]:
        """How wide name, type and fill are."""
        kind, fill = (_TYPE, _FILL) if width >= _WIDE else (0, 0)
        rest = _MARK + _MIRROR + kind + fill + _SOURCE * len(_SOURCES)
        return max(width - rest, 10), kind, fill


def standing(row: "ColumnRow") -> tuple[str, str]:
    """Say how a column stands, and name the style of that."""
    if row.gap:
        loud = row.gap in wording.LOUD_GAPS
        said = wording.gap(row.gap) if loud else wording.reason(row.reason)
        return f"✗ {said}", wording.tone(row.gap, row.reason)
    return ("✓ mirrored", "good") if row.mapped else ("gone" if row.gone else "", "muted")


def _said(says: "Says | None") -> str:
    if says is None:
        return "·"
    return "?" if says.exposed is None else "✓" if says.exposed else "✗"


class TableSheet(ListSheet["ColumnRow"]):
    """Shows the columns of a table; space picks those that have a gap, in `picked`."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "pick", "Pick")]
    INSTRUCTION = "✓ gives it · ✗ does not · ? cannot know │ space picks · esc closes"

    def __init__(self, table: str, rows: "Sequence[ColumnRow]", picked: "set[Key]") -> None:
        mirrored = sum(row.mapped and not row.gap for row in rows)
        listed = words.counted(len(rows), "column")
        super().__init__(
            f"{clean(table, limit=60)}: {listed}, {mirrored:,} mirrored",
            ColumnList(self._is_picked),
        )
        self._table = table
        self._rows = rows
        self._picked = picked

    def on_mount(self) -> None:
        """Show the columns."""
        self.show(self._rows)

    def _key(self, name: str) -> "Key":
        from nsconsole.catalog import Key

        return Key(self._table, name)

    def _is_picked(self, row: "ColumnRow") -> bool:
        whole = self._key("") in self._picked and bool(row.gap)
        return whole or self._key(row.name) in self._picked

    def action_pick(self) -> None:
        """Pick or unpick the column under the cursor, and go on to the next."""
        row = self._list.current
        if row and row.gap and self._key("") not in self._picked:
            self._picked ^= {self._key(row.name)}
        self._list.action_move(1)

    def action_open(self) -> None:
        """Stay: there is no more to show."""

    def about(self, row: "ColumnRow") -> Content:
        """Tell how a column stands, and what each source says of it."""
        return Content("\n").join(_about(row))


def _about(row: "ColumnRow") -> Iterator[Content]:
    label = f" · {clean(row.label, limit=80)}" if row.label else ""
    yield Content.assemble((clean(row.name, limit=250), "bold"), label)
    if row.gap:
        yield Content(wording.sentence(row.gap, row.reason))
    if row.note:
        yield Content(f"Note: {clean(row.note, limit=300)}")
    told = [_in_full(says) for says in row.says]
    yield Content.styled(" · ".join(told) or "No source tells of it.", "$foreground-muted")


def _in_full(says: "Says") -> str:
    source = _IN_FULL.get(says.source, says.source)
    kind = f" as {clean(says.native_type, limit=40)}" if says.native_type else ""
    why = f" ({wording.reason(says.reason)})" if says.reason else ""
    if says.exposed is None:
        return f"{source} has it{kind}{why}"
    return f"{source} gives it{kind}" if says.exposed else f"{source} does not give it{why}"
