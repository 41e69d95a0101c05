"""The mirror tables as a phase wants them, in SQLAlchemy's words: what `mirror_tables` would make.

Alembic compares them with the true schema. The types are SQLite's where SQLite is, and elsewhere
those that hold the same values.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import REAL as SQLITE_REAL
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Double,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.sql.elements import conv
from sqlalchemy.types import TypeEngine

from nsconsole.mapping import Column as MappedColumn
from nsconsole.mapping import Kind, MappedTable
from nsconsole.store.quoting import quoted, quoted_all

INTEGER: TypeEngine[Any] = BigInteger().with_variant(Integer(), "sqlite")
REAL: TypeEngine[Any] = Double().with_variant(SQLITE_REAL(), "sqlite")
TEXT: TypeEngine[Any] = Text()

VERSION_TABLE = "ns_phase_version"
"""Where Alembic keeps which phases' revisions the database has."""

_TYPES: dict[Kind, TypeEngine[Any]] = {
    Kind.INTEGER: INTEGER,
    Kind.BOOLEAN: INTEGER,
    Kind.REAL: REAL,
}
_SYNCED, _DELETED = "_ns_synced_at", "_ns_deleted_at"
_IS_DELETED = text(f"{_DELETED} IS NOT NULL")


def wanted(tables: Iterable[MappedTable]) -> MetaData:
    """Give the mirrors of some tables as they are to be, each with its indexes."""
    metadata = MetaData()
    for table in tables:
        _add(metadata, table)
    return metadata


def _add(metadata: MetaData, table: MappedTable) -> None:
    columns = [_column(column, key=table.key) for column in table.columns]
    mirror = Table(
        table.mirror,
        metadata,
        *columns,
        Column(_SYNCED, TEXT, nullable=False),
        Column(_DELETED, TEXT),
        PrimaryKeyConstraint(*table.key),
    )
    Index(
        _index(table, _DELETED),
        mirror.c[_DELETED],
        sqlite_where=_IS_DELETED,
        postgresql_where=_IS_DELETED,
    )
    if table.parent:
        Index(_index(table, table.parent.column), mirror.c[table.parent.column])


def _column(column: MappedColumn, *, key: Collection[str]) -> "Column[Any]":
    kind = _TYPES.get(column.kind, TEXT)
    if column.name in key:  # its numbers are NetSuite's
        return Column(column.name, kind, nullable=False, autoincrement=False)
    return Column(column.name, kind)


def _index(table: MappedTable, column: str) -> conv:
    return conv(f"ix_{table.mirror}_{column}")  # cut where a database takes no name as long


def live_view(table: MappedTable) -> str:
    """Give the quoted name of the view that shows what has not vanished from NetSuite."""
    return quoted(f"{table.mirror}_live")


def drop_view(table: MappedTable) -> str:
    """Give the SQL that takes the view away."""
    return f"DROP VIEW IF EXISTS {live_view(table)}"


def create_view(table: MappedTable, columns: Sequence[str]) -> str:
    """Give the SQL that makes the view on a mirror of these columns, the mirror's own apart."""
    shown = quoted_all([*columns, _SYNCED])
    return (
        f"CREATE VIEW {live_view(table)} AS SELECT {shown} FROM {quoted(table.mirror)} "  # noqa: S608 - quoted
        f"WHERE {_DELETED} IS NULL"
    )


def true_columns(connection: Connection, mirror: str) -> list[str]:
    """Give NetSuite's columns of a mirror, in its order; none if it is not there."""
    query = "SELECT name FROM pragma_table_info(?) WHERE substr(name, 1, 4) <> '_ns_'"
    return list(connection.exec_driver_sql(query, (mirror,)).scalars())


def taken_names(connection: Connection, table: MappedTable) -> list[str]:
    """Say which of the names that a mirror needs are something else's."""
    query = """
        SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?1 AND type <> ?2 OR name = ?1
        AND ?2 = 'table' AND NOT EXISTS (SELECT 1 FROM pragma_table_info(?1) WHERE name = ?3))
    """
    names = ((table.mirror, "table"), (f"{table.mirror}_live", "view"))
    return [
        f"{name} is something else's name"
        for name, kind in names
        if connection.exec_driver_sql(query, (name, kind, _SYNCED)).scalar()
    ]


def applied_revisions(connection: Connection) -> list[str]:
    """Give the phases' revisions on which the next one rests."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?"
    if connection.exec_driver_sql(query, (VERSION_TABLE,)).scalar() is None:
        return []
    found = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608 - a constant
    return sorted(found.scalars())
