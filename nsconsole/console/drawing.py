"""Drawing lines of cells: cut to their width, coloured by what they mean."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.content import Content


class Cell(NamedTuple):
    """A text in a column of some width; `tone` names a style, or is empty for the row's own."""

    text: str
    width: int
    tone: str = ""
    right: bool = False


Styled = tuple[str, str]
"""A text that is safe to show, and its style."""


def aligned(rows: Sequence[Sequence[Styled]]) -> Iterator[Content]:
    """Give rows of as many cells each as lines, every column as wide as its widest cell."""
    widths = [max(cell_len(text) for text, _ in column) + 2 for column in zip(*rows, strict=True)]
    for row in rows:
        padded = [
            (text + " " * (width - cell_len(text)), style)
            for (text, style), width in zip(row, widths, strict=True)
        ]
        yield Content.assemble(*padded)


def fit(text: str, width: int) -> str:
    """Cut a text to a width in terminal cells, with an ellipsis at the end of what is cut."""
    return text if cell_len(text) <= width else set_cell_size(text, max(width - 1, 0)) + "…"


def segments(
    cells: Sequence[Cell], base: Style, style: Callable[[str], Style], width: int
) -> list[Segment]:
    """Draw cells one beside the other, exactly `width` wide; a cell keeps its last column free."""
    drawn, left = [], width
    for cell in cells:
        size = min(cell.width, left)
        left -= size
        drawn.append(Segment(_padded(cell, size), base + style(cell.tone) if cell.tone else base))
    return [*drawn, Segment(" " * left, base)]


def _padded(cell: Cell, width: int) -> str:
    text = fit(cell.text, width - 1 if width > 2 else width)
    if cell.right:
        text = " " * (width - 1 - cell_len(text)) + text
    return set_cell_size(text, width)
