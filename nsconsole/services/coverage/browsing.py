"""Looking through the open gaps: a window of what matches, however many there are."""

from collections.abc import Iterable
from typing import NamedTuple

from nsconsole.catalog import Key, Looking
from nsconsole.services.workspace import Workspace
from nsconsole.store import coverage_browsing as store
from nsconsole.store.coverage_browsing import ColumnRow, Extent, GapRow, Mark, Says

__all__ = [
    "ColumnRow", "Extent", "GapRow", "Mark", "Says", "Seen",
    "columns_with_gaps", "look", "mark", "matching", "table",
]  # fmt: skip


class Seen(NamedTuple):
    """Rows from `top` on, of all that match."""

    extent: Extent
    top: int
    rows: list[GapRow]


def mark(workspace: Workspace) -> Mark:
    """Tell whether the gaps may have changed: equal marks, equal gaps."""
    with workspace.database.reading() as connection:
        return store.mark(connection)


def look(
    workspace: Workspace,
    looking: Looking,
    *,
    top: int,
    height: int,
    anchor: Key | None = None,
    row: int = 0,
) -> Seen:
    """Give the rows in sight: as many as there is room for, from `top` on.

    If the gap `anchor`, seen on row `row`, has moved, the window moves with it.
    """
    with workspace.database.reading() as connection:
        if anchor:
            place = store.position(connection, looking, anchor)
            top = max(top + (0 if place is None else place - row), 0)
        extent, rows = store.look(connection, looking, offset=top, limit=height)
        if not rows and extent.rows:  # it became shorter meanwhile
            top = max(extent.rows - height, 0)
            extent, rows = store.look(connection, looking, offset=top, limit=height)
    return Seen(extent, top, rows)


def matching(workspace: Workspace, looking: Looking) -> set[Key]:
    """Give the keys of all that matches."""
    with workspace.database.reading() as connection:
        return store.keys(connection, looking)


def columns_with_gaps(workspace: Workspace, tables: Iterable[str]) -> dict[str, list[str]]:
    """Give the columns of some tables that have a gap, by table."""
    with workspace.database.reading() as connection:
        return store.columns(connection, list(tables))


def table(workspace: Workspace, name: str) -> list[ColumnRow]:
    """Give a table column by column, beside what each source says of it."""
    with workspace.database.reading() as connection:
        return store.table(connection, name)
