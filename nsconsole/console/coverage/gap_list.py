"""The list of gaps: any number of them, of which a window is held."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from nsconsole.console import words
from nsconsole.console.coverage import wording
from nsconsole.console.drawing import Cell
from nsconsole.console.window_list import WindowList
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.catalog import Key
    from nsconsole.services.coverage.browsing import GapRow

_MARK = 2


@dataclass(frozen=True, slots=True)
class Window:
    """Rows that are wanted, as seen when the row `anchor` was on row `row`."""

    top: int
    height: int
    anchor: "Key | None"
    row: int


class Rows(Sequence["GapRow | None"]):
    """All rows there are, of which those from `offset` on are held; None stands for the others."""

    def __init__(self, total: int = 0, offset: int = 0, held: "Sequence[GapRow]" = ()) -> None:
        self._total = total
        self._offset = offset
        self._held = held

    def __len__(self) -> int:
        return self._total

    @overload
    def __getitem__(self, index: int) -> "GapRow | None": ...

    @overload
    def __getitem__(self, index: slice) -> "list[GapRow | None]": ...

    def __getitem__(self, index: int | slice) -> "GapRow | list[GapRow | None] | None":
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._total))]
        if not 0 <= index < self._total:
            raise IndexError(index)
        held = index - self._offset
        return self._held[held] if 0 <= held < len(self._held) else None

    def find(self, key: Hashable) -> int | None:
        """Tell which row has a key, among those held."""
        found = (i for i, row in enumerate(self._held, self._offset) if row.key == key)
        return next(found, None)


class GapList(WindowList["GapRow | None"]):
    """Gaps with a cursor that stays on its own; some may be picked.

    `picked` keys without a column mean all gaps of their table.
    """

    HEAD = 1

    MARGIN = 60

    def __init__(self) -> None:
        super().__init__()
        self._held = Rows()
        self.by_table = True
        self.picked: set[Key] = set()

    def key(self, row: "GapRow | None") -> Hashable:
        """A gap is known by table and column."""
        return row.key if row else None

    def find(self, key: Hashable) -> int | None:
        """Tell which row has a key, among those held."""
        return self._held.find(key)

    def window(self) -> Window:
        """Give the rows to hold."""
        anchor = self.current.key if self.current else None
        return Window(*self.wanted(), anchor, self._cursor)

    def show_rows(self, total: int, offset: int, rows: "Sequence[GapRow]") -> None:
        """Take what was read, and keep the cursor on its row."""
        self._held = Rows(total, offset, rows)
        self.show(self._held)
        self.want()

    def is_picked(self, key: "Key") -> bool:
        """Whether a row is picked, by itself or with its table."""
        return key in self.picked or (key.name != "" and key._replace(name="") in self.picked)

    def toggle(self) -> bool:
        """Pick or unpick the row under the cursor; False if it is picked with its table."""
        if self.current is None:
            return True
        key = self.current.key
        if key not in self.picked and self.is_picked(key):
            return False
        self.picked ^= {key}
        self.refresh_changed()
        return True

    def pick(self, keys: "Iterable[Key]") -> None:
        """Pick rows besides those picked; if all of them are, unpick them."""
        wanted = set(keys)
        self.picked = self.picked - wanted if wanted <= self.picked else self.picked | wanted
        self.refresh_changed()

    def unpick_all(self) -> None:
        """Pick nothing."""
        self.picked.clear()
        self.refresh_changed()

    def head(self, width: int) -> list[Cell]:
        """Name the columns."""
        return [Cell("", 1 + _MARK), *self._fitting("Gap", _HEADS, width - 1 - _MARK)]

    def cells(self, row: "GapRow | None", width: int) -> list[Cell]:
        """Draw a gap, or a table with its gaps."""
        if row is None:
            return [Cell("  …", width, "muted")]
        mark = Cell("●" if self.is_picked(row.key) else "", _MARK, "marked")
        return [mark, *self._fitting(_name(row), _texts(row), width - _MARK)]

    def _fitting(self, name: str, texts: "Sequence[_Text]", width: int) -> list[Cell]:
        """Give the name and as many cells as fit beside it, the least needed left out first."""
        least, needs = _TABLES if self.by_table else _GAPS
        shown = [place for place, need in enumerate(needs) if need]
        for place in sorted(shown, key=needs.__getitem__):
            if sum(_WIDTHS[each] for each in shown) + least <= width:
                break
            shown.remove(place)
        room = width - sum(_WIDTHS[each] for each in shown)
        cells = (_cell(each, *texts[each]) for each in shown)
        return [Cell(name, room), *cells]


_Text = tuple[str, str]  # what a cell says, and the name of its style
_HEADS: Sequence[_Text] = [(head, "") for head in ("Domain", "What", "Why", "Type", "Rows", "Fill")]
_WIDTHS = (11, 18, 17, 10, 12, 7)
_RIGHT = (False, False, False, False, True, True)
# The narrowest that a name is cut to, and how much each of the others is needed; 0 is not at all.
_TABLES = (18, (2, 5, 6, 0, 4, 3))
_GAPS = (30, (2, 1, 6, 3, 4, 5))


def _cell(place: int, text: str, tone: str) -> Cell:
    return Cell(text, _WIDTHS[place], tone, _RIGHT[place])


def _texts(row: "GapRow") -> list[_Text]:
    return [
        (clean(row.domain, limit=40), "muted"),
        (_what(row), ""),
        (_why(row), wording.tone(row.gap, row.reason)),
        (clean(row.kind, limit=20), "muted"),
        (f"{row.rows:,}" if row.rows is not None else "", "muted"),
        (wording.whole_percent(row.fill), "muted"),
    ]


def _name(row: "GapRow") -> str:
    return clean(f"{row.table}.{row.name}" if row.name else row.table, limit=250)


def _what(row: "GapRow") -> str:
    if not row.columns:
        return wording.gap(row.gap)
    columns = words.counted(row.columns, "column")
    return f"whole, {columns}" if row.gap == "missing_table" else columns


def _why(row: "GapRow") -> str:
    if row.note:
        return wording.reason("excluded")  # maybe since the last audit
    return wording.gap(row.gap) if row.gap in wording.LOUD_GAPS else wording.reason(row.reason)
