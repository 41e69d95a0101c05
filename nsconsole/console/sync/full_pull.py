"""The question before a full pull, with what it will take."""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from nsconsole.console import figures, words
from nsconsole.console.dialog import YesDialog
from nsconsole.text import clean

if TYPE_CHECKING:
    from nsconsole.services.sync.overview import TableLine

_PAGE = 1000  # rows that NetSuite gives in one answer
_MOST_SHOWN = 6


class FullPullDialog(YesDialog):
    """Asks before tables are read from end to end."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "confirm", "Pull")]

    def __init__(self, lines: "Sequence[TableLine]") -> None:
        what = clean(lines[0].name) if len(lines) == 1 else words.counted(len(lines), "table")
        super().__init__(
            f"Pull {what} in full?",
            list(_body(lines)),
            note="What is mirrored stays in place meanwhile. c cancels; the next pull goes on.",
            verb="Pull",
        )


def _body(lines: "Sequence[TableLine]") -> Iterator[str]:
    for line in lines[:_MOST_SHOWN]:
        yield f"{clean(line.name)}: {estimate([line])}"
    if len(lines) > _MOST_SHOWN:
        yield f"… and {len(lines) - _MOST_SHOWN:,} more"
    if len(lines) > 1:
        yield f"Together: {estimate(lines)}"


def estimate(lines: "Sequence[TableLine]") -> str:
    """Say what a full pull of some tables will take, as far as that is known."""
    known = [line.rows for line in lines if line.rows is not None]
    if not known:
        return "never read, so nobody knows how many rows"
    pages = sum(max(ceil(rows / _PAGE), 1) for rows in known)
    parts = [f"about {words.counted(sum(known), 'row')}, {words.counted(pages, 'page')}"]
    seconds = _seconds(lines)
    if seconds is not None:
        parts.append(f"some {figures.span(seconds)} at the last pace")
    if len(known) < len(lines):
        parts.append(f"besides {words.counted(len(lines) - len(known), 'table')} never read")
    return ", ".join(parts)


def _seconds(lines: "Sequence[TableLine]") -> float | None:
    """How long it takes at the pace of the last runs, those that read a page or more."""
    total = 0.0
    for line in lines:
        last = line.last
        if line.rows is None or last is None or last.ended_at is None or last.rows_read < _PAGE:
            return None
        total += line.rows * (last.ended_at - last.started_at).total_seconds() / last.rows_read
    return total
