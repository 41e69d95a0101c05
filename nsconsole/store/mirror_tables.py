"""The mirror tables themselves: made from the map, widened when a value asks for it, never dropped.

Each bears NetSuite's columns, `_ns_synced_at` and `_ns_deleted_at` (see `store.mirror`); its view
`ns_<table>_live` shows what has not vanished from NetSuite.
"""
# ruff: noqa: S608  the identifiers come from the map and are quoted; the values are bound

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from nsconsole.mapping import DELETIONS, Column, Kind, MappedTable, is_name
from nsconsole.store import sync_state
from nsconsole.store.quoting import quoted, quoted_all
from nsconsole.store.tables import metadata

_NUMBERS = {Kind.INTEGER: "INTEGER", Kind.BOOLEAN: "INTEGER", Kind.REAL: "REAL"}
_OWN = "_ns_"


class MirrorConflict(Exception):
    """The mirror cannot be as the map asks; the message says why."""


def exists(connection: Connection, table: MappedTable) -> bool:
    """Tell whether the table's mirror was ever made."""
    return bool(_columns(connection, table.mirror))


def ensure(connection: Connection, table: MappedTable) -> list[str]:
    """Make a table's mirror and view, or add what an older mirror lacks; give the columns added.

    That list is empty for a new mirror, which is to be pulled from the beginning whatever the
    table's state said. Nothing is ever dropped: what the map no longer names stays with its data,
    and a column whose kind has changed becomes text where its type could not hold the new values.

    Raises MirrorConflict for a name that something else has, and for a key
    that is not the mirror's; ValueError for a name that NetSuite cannot have given.
    """
    _check_names(connection, table)
    if not exists(connection, table):
        _create(connection, table)
        sync_state.start_over(connection, table.name)
        return []
    found = _columns(connection, table.mirror)
    if not _has_key(connection, table, found):
        raise MirrorConflict(
            f"{table.mirror} has another key than the map says; rename or drop that table, "
            "and it will be made and pulled anew"
        )
    added = [column for column in table.columns if column.name not in found]
    for column in added:
        connection.exec_driver_sql(
            f"ALTER TABLE {quoted(table.mirror)} ADD COLUMN {_typed(column)}"
        )
    for column in table.columns:
        if column.name in found and not _holds(found[column.name], column.kind):
            widen(connection, table, column.name)
    _index(connection, table)
    if added:
        _make_view(connection, table)
    return [column.name for column in added]


def make_way(connection: Connection, table: MappedTable, at: datetime) -> str | None:
    """Rename a mirror whose key is not the map's, and make a new one, to be pulled anew.

    Gives the old one's new name, `ns_<table>_before_<moment in UTC>`; None if there is no such
    mirror. The old one has no view and no index any more.
    """
    found = _columns(connection, table.mirror)
    if not found or _has_key(connection, table, found):
        return None
    old = f"{table.mirror}_before_{at.astimezone(UTC):%Y%m%dT%H%M%S}"
    indexes = _indexes_on(connection, table.mirror)
    # Renamed before its view goes: SQLite renames nothing while some view has lost its table.
    connection.exec_driver_sql(f"ALTER TABLE {quoted(table.mirror)} RENAME TO {quoted(old)}")
    connection.exec_driver_sql(f"DROP VIEW IF EXISTS {_view(table)}")
    for name in indexes:
        connection.exec_driver_sql(f"DROP INDEX {quoted(name)}")
    ensure(connection, table)
    return old


def key_of(connection: Connection, mirror: str) -> tuple[str, ...]:
    """Give the key of a mirror table by its name; nothing if there is no such table."""
    query = "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk"
    return tuple(connection.exec_driver_sql(query, (mirror,)).scalars())


def widened(connection: Connection, table: MappedTable) -> set[str]:
    """Give the columns that the map calls numbers or booleans and the mirror keeps as text."""
    found = _columns(connection, table.mirror)
    numbers = {column.name for column in table.columns if column.kind in _NUMBERS}
    return {name for name in numbers if found.get(name) == "TEXT"}


def widen(connection: Connection, table: MappedTable, column: str) -> bool:
    """Turn a number's column into text without losing a digit; False if it is text already.

    A number's type would round what it cannot hold. Rewrites the whole mirror table. Raises
    MirrorConflict for a column of the key.
    """
    if column in table.key:
        raise MirrorConflict(f"{table.mirror}.{column} is of the key and cannot become text")
    if _columns(connection, table.mirror)[column] == "TEXT":
        return False
    mirror, old, new = quoted(table.mirror), quoted(column), quoted(f"{_OWN}widened")
    driver: Any = connection.connection.driver_connection
    driver.create_function("ns_digits", 1, digits, deterministic=True)
    indexes = _indexes_on(connection, table.mirror, column)
    connection.exec_driver_sql(f"DROP VIEW IF EXISTS {_view(table)}")
    for name in indexes:
        connection.exec_driver_sql(f"DROP INDEX {quoted(name)}")
    for statement in (
        f"ALTER TABLE {mirror} ADD COLUMN {new} TEXT",
        f"UPDATE {mirror} SET {new} = iif(typeof({old}) = 'real', ns_digits({old}), {old})",
        f"ALTER TABLE {mirror} DROP COLUMN {old}",
        f"ALTER TABLE {mirror} RENAME COLUMN {new} TO {old}",
        *indexes.values(),
    ):
        connection.exec_driver_sql(statement)
    _make_view(connection, table)
    return True


def digits(number: float) -> str:
    """Write all digits of a number, as NetSuite does; SQLite itself would write the first 15."""
    return format(Decimal(repr(number)), "f").removesuffix(".0")


def _indexes_on(connection: Connection, mirror: str, column: str | None = None) -> dict[str, str]:
    """Give the indexes that were made on a table, or on a column of it, each with its SQL."""
    query = """
        SELECT i.name, i.sql FROM sqlite_master AS i
        WHERE i.type = 'index' AND i.tbl_name = ?1 AND i.sql IS NOT NULL
        AND (?2 IS NULL OR ?2 IN (SELECT name FROM pragma_index_info(i.name)))
    """
    return {row[0]: row[1] for row in connection.exec_driver_sql(query, (mirror, column))}


def _check_names(connection: Connection, table: MappedTable) -> None:
    for name in (table.name, *(column.name for column in table.columns)):
        if not is_name(name) or name.startswith(_OWN):
            raise ValueError(f"{name!r} cannot be the name of a NetSuite table or column")
    for name, kind in ((table.mirror, "table"), (f"{table.mirror}_live", "view")):
        query = "SELECT type FROM sqlite_master WHERE name = ?"
        found = connection.exec_driver_sql(query, (name,)).scalar()
        if found not in (None, kind) or name in metadata.tables:
            raise MirrorConflict(
                f"{table.name} cannot be mirrored: {name} is something else's name"
            )


def _has_key(connection: Connection, table: MappedTable, found: dict[str, str]) -> bool:
    # Of another type it would have another order, and rows would seem to have vanished.
    has = [(name, found[name]) for name in key_of(connection, table.mirror)]
    return has == [(column.name, _affinity(column.kind)) for column in table.key_columns]


def _create(connection: Connection, table: MappedTable) -> None:
    columns = [
        _typed(column) + (" NOT NULL" if column.name in table.key else "")
        for column in table.columns
    ]
    connection.exec_driver_sql(
        f"CREATE TABLE {quoted(table.mirror)} ({', '.join(columns)}, "
        f"_ns_synced_at TEXT NOT NULL, _ns_deleted_at TEXT, PRIMARY KEY ({quoted_all(table.key)}))"
    )
    _index(connection, table)
    _make_view(connection, table)


def _index(connection: Connection, table: MappedTable) -> None:
    """Index what has vanished, lines by their owner, and deletions by the record's script id."""
    wanted = {"_ns_deleted_at": "(_ns_deleted_at) WHERE _ns_deleted_at IS NOT NULL"}
    if table.parent:
        wanted[table.parent.column] = f"({quoted(table.parent.column)})"
    if table.name == DELETIONS:
        wanted["scriptid"] = "(scriptid COLLATE NOCASE)"
    for column, place in wanted.items():
        name = quoted(f"ix_{table.mirror}_{column}")
        connection.exec_driver_sql(
            f"CREATE INDEX IF NOT EXISTS {name} ON {quoted(table.mirror)} {place}"
        )


def _view(table: MappedTable) -> str:
    return quoted(f"{table.mirror}_live")


def _make_view(connection: Connection, table: MappedTable) -> None:
    found = _columns(connection, table.mirror)
    shown = [name for name in found if not name.startswith(_OWN)] + [f"{_OWN}synced_at"]
    connection.exec_driver_sql(f"DROP VIEW IF EXISTS {_view(table)}")
    connection.exec_driver_sql(
        f"CREATE VIEW {_view(table)} AS SELECT {quoted_all(shown)} FROM {quoted(table.mirror)} "
        "WHERE _ns_deleted_at IS NULL"
    )


def _columns(connection: Connection, mirror: str) -> dict[str, str]:
    """Give the columns with their declared types; nothing if there is no such table."""
    query = "SELECT name, type FROM pragma_table_info(?)"
    return {row[0]: row[1] for row in connection.exec_driver_sql(query, (mirror,))}


def _typed(column: Column) -> str:
    return f"{quoted(column.name)} {_affinity(column.kind)}"


def _affinity(kind: Kind) -> str:
    return _NUMBERS.get(kind, "TEXT")


def _holds(declared: str, kind: Kind) -> bool:
    # An INTEGER column keeps 0.5 as it is; a REAL one rounds integers over 2^53.
    wanted = _affinity(kind)
    return declared in {"TEXT", wanted} or (declared, wanted) == ("INTEGER", "REAL")
