"""Reading the catalog: a table with its columns, and what each source says of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nsconsole.catalog import Source
from nsconsole.services.coverage.catalog import hearing
from nsconsole.services.workspace import Workspace
from nsconsole.store import catalog as store
from nsconsole.store.catalog import TABLE, Change, ColumnRow, Fact, TableRow

__all__ = [
    "CatalogColumn",
    "CatalogTable",
    "Change",
    "ColumnRow",
    "Fact",
    "TableLine",
    "TableRow",
    "table",
    "tables",
    "told_at",
]


@dataclass(frozen=True, slots=True)
class CatalogColumn:
    """A column, and what each source says of it."""

    row: ColumnRow
    says: Mapping[Source, Fact]


@dataclass(frozen=True, slots=True)
class CatalogTable:
    """A table with its columns in their order, and its history, the newest first."""

    row: TableRow
    says: Mapping[Source, Fact]
    columns: tuple[CatalogColumn, ...]
    history: tuple[tuple[datetime, Change], ...]


@dataclass(frozen=True, slots=True)
class TableLine:
    """A table, how many columns it has, and how many of them a query may name."""

    row: TableRow
    columns: int
    queryable: int


def tables(workspace: Workspace) -> list[TableLine]:
    """Give all tables by name, those that are gone too."""
    with workspace.database.reading() as connection:
        counts = store.counts(connection)
        rows = store.tables(connection)
    return [TableLine(row, *counts.get(row.name, (0, 0))) for row in rows]


def table(workspace: Workspace, name: str) -> CatalogTable | None:
    """Give a table by its name in lower case; None if there never was one."""
    with workspace.database.reading() as connection:
        row = store.table(connection, name)
        if row is None:
            return None
        told = hearing.by_name(store.facts_of(connection, name))
        columns = store.columns(connection, [name])
        history = store.changes_of(connection, name)
    return CatalogTable(
        row,
        told.get(TABLE, {}),
        tuple(CatalogColumn(column, told.get(column.name, {})) for column in columns),
        tuple(history),
    )


def told_at(workspace: Workspace) -> datetime | None:
    """Give when the catalog was last fetched or imported (UTC); None if it never was."""
    with workspace.database.reading() as connection:
        return store.last_told_at(connection)
