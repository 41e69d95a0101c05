"""Deleting a record: what stands in the way, what goes with it, what remains to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nsconsole.sandbox.restlet.fields import RefusedError

if TYPE_CHECKING:
    import sqlite3

    from nsconsole.sandbox.restlet.records import RecordType
    from nsconsole.sandbox.rows import Rows
    from nsconsole.sandbox.schema import Column, Table

_DELETED = """
    INSERT OR REPLACE INTO deletedrecord
    (recordid, recordtypeid, scriptid, name, type, deleteddate, context,
     iscustomlist, iscustomrecord, iscustomtransaction)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'F')
"""


def delete(rows: Rows, kind: RecordType, row: sqlite3.Row, at: str) -> None:
    """Delete a record with the rows that it owns; leave a `deletedrecord` if its type is tracked.

    Raises:
        RefusedError: other records refer to it.
    """
    table = rows.tables[kind.table]
    _check_unused(rows, table, row["id"])
    delete_row(rows, table, row["id"])
    leave_trace(rows, kind, row, at, context="RESTlet")


def leave_trace(rows: Rows, kind: RecordType, row: sqlite3.Row, at: str, *, context: str) -> None:
    """Add the record to `deletedrecord`, if NetSuite tracks its type."""
    if kind.code is None:
        return
    table = rows.tables[kind.table]
    custom_list = "T" if kind.name.startswith("customlist") else "F"
    custom_record = "T" if kind.name.startswith("customrecord") else "F"
    name = row[table.label] if table.label in table.columns else None
    rows.connection.execute(
        _DELETED,
        (
            row["id"],
            kind.code,
            kind.name,
            name,
            kind.label,
            at,
            context,
            custom_list,
            custom_record,
        ),
    )


def delete_row(rows: Rows, table: Table, number: int) -> None:
    """Delete the row of `table` with that key, and with it the rows that belong to it."""
    for other, column in _references(rows, table):
        if column.owned:
            _delete_owned(rows, other, column, number)
    rows.remove(table.name, {table.key[0]: number})


def _references(rows: Rows, table: Table) -> list[tuple[Table, Column]]:
    """Every stored column, of any table, that holds ids of `table`."""
    referrers = rows.tables.referrers
    return [
        *referrers.get(table.name, ()),
        *(referrers.get("entity", ()) if table.space == "entity" else ()),
    ]


def _check_unused(rows: Rows, table: Table, number: int) -> None:
    for other, column in _references(rows, table):
        if not column.owned and rows.first(other.name, column.name, number):
            raise RefusedError(
                "THIS_RECORD_CANNOT_BE_DELETED_BECAUSE_IT_HAS_DEPENDENT_RECORDS",
                "This record cannot be deleted because it has dependent records "
                f"({other.name}.{column.name}).",
            )


def _delete_owned(rows: Rows, table: Table, column: Column, owner: int) -> None:
    """Delete the rows of `table` that belong to `owner`, with what belongs to them in turn."""
    if not any(other.owned for _, other in _references(rows, table)):
        rows.remove(table.name, {column.name: owner})
        return
    while (row := rows.first(table.name, column.name, owner)) is not None:
        delete_row(rows, table, row[table.key[0]])
