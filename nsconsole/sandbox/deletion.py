"""Deleting a record: what stands in the way, what goes with it, what remains to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nsconsole.sandbox import rows
from nsconsole.sandbox.fields import RefusedError
from nsconsole.sandbox.records import ENTITY_TABLES
from nsconsole.sandbox.tables import TABLES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from nsconsole.sandbox.records import RecordType
    from nsconsole.sandbox.schema import Column, Table

_DELETED = """
    INSERT INTO deletedrecord
    (recordid, recordtypeid, scriptid, name, type, deleteddate, context,
     iscustomlist, iscustomrecord, iscustomtransaction)
    VALUES (?, ?, ?, ?, ?, ?, 'RESTlet', 'F', 'F', 'F')
"""


def delete(connection: sqlite3.Connection, kind: RecordType, row: sqlite3.Row, at: str) -> None:
    """Delete a record with the rows that it owns; leave a `deletedrecord` if its type is tracked.

    Raises:
        RefusedError: other records refer to it.
    """
    table = TABLES[kind.table]
    _check_unused(connection, table, row["id"])
    _delete_row(connection, table, row["id"])
    if kind.code is not None:
        connection.execute(
            _DELETED, (row["id"], kind.code, kind.name, row[table.label], kind.label, at)
        )


def _references(table: Table) -> Iterator[tuple[Table, Column]]:
    """Every column, of any table, that holds ids of `table`."""
    targets = {table.name} | ({"entity"} if table.name in ENTITY_TABLES else set())
    for other in TABLES.values():
        if other.view is None:
            yield from ((other, column) for column in other.references if column.target in targets)


def _check_unused(connection: sqlite3.Connection, table: Table, number: int) -> None:
    for other, column in _references(table):
        if not column.owned and rows.first(connection, other.name, column.name, number):
            raise RefusedError(
                "THIS_RECORD_CANNOT_BE_DELETED_BECAUSE_IT_HAS_DEPENDENT_RECORDS",
                "This record cannot be deleted because it has dependent records "
                f"({other.name}.{column.name}).",
            )


def _delete_row(connection: sqlite3.Connection, table: Table, number: int) -> None:
    for other, column in _references(table):
        if column.owned:
            _delete_owned(connection, other, column, number)
    rows.remove(connection, table.name, {table.key[0]: number})


def _delete_owned(connection: sqlite3.Connection, table: Table, column: Column, owner: int) -> None:
    """Delete the rows of `table` that belong to `owner`, with what belongs to them in turn."""
    if not any(other.owned for _, other in _references(table)):
        rows.remove(connection, table.name, {column.name: owner})
        return
    while (row := rows.first(connection, table.name, column.name, owner)) is not None:
        _delete_row(connection, table, row[table.key[0]])
