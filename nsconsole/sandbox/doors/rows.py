"""Another user of NetSuite at work: rows are edited, added and deleted behind the client's back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nsconsole.sandbox.doors import DoorError
from nsconsole.sandbox.restlet.deletion import delete_row, leave_trace
from nsconsole.sandbox.restlet.records import type_of_row
from nsconsole.sandbox.values import BadValueError, moment, store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime

    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.rows import Rows
    from nsconsole.sandbox.schema import Table, Tables
    from nsconsole.sandbox.values import Stored


def put_rows(database: Database, table_name: str, given: object, at: datetime) -> int:
    """Change the rows that are there by their key and add the others; return how many.

    Last-modified moves to `at` unless the row says otherwise, and the ledger has nothing of it.
    All of the rows are put, or none.

    Raises:
        DoorError: unknown table or column, or a value that the column cannot hold.
    """
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise DoorError("The body must be an array of objects, one for each row.")
    with database.rows() as rows:
        table = stored_table(rows.tables, table_name)
        for row in given:
            _put(rows, table, stored_row(table, row), moment(at))
    return len(given)


def delete_rows(database: Database, table_name: str, given: object, at: datetime) -> int:
    """Delete rows by their keys, `{"ids": [...]}`, with what they own; return how many went.

    A key of several columns is an array of its values. A type that NetSuite tracks leaves its
    trace in `deletedrecord`; what refers to the rows is not asked.

    Raises:
        DoorError: unknown table, or a body of another shape.
    """
    keys = given.get("ids") if isinstance(given, dict) else None
    if not isinstance(keys, list):
        raise DoorError('The body must be an object with the keys to delete: {"ids": […]}.')
    with database.rows() as rows:
        table = stored_table(rows.tables, table_name)
        return sum(_delete(rows, table, _key(table, key), moment(at)) for key in keys)


def stored_table(tables: Tables, name: str) -> Table:
    """The table of that name, if it holds rows of its own.

    Raises:
        DoorError: there is none.
    """
    table = tables.get(name.lower())
    if table is None or table.view:
        raise DoorError(f"There is no table {name} that holds rows of its own.")
    return table


def stored_row(table: Table, row: Mapping[str, object]) -> dict[str, Stored]:
    """A row of JSON values as the table keeps it.

    Raises:
        DoorError: an unknown column, or a value that its column cannot hold.
    """
    return {name.lower(): _stored_value(table, name.lower(), row[name]) for name in row}


def _stored_value(table: Table, name: str, value: object) -> Stored:
    column = table.columns.get(name)
    if column is None:
        raise DoorError(f"The table {table.name} has no column {name}.")
    try:
        return store(column, value)
    except BadValueError:
        raise DoorError(f"{table.name}.{name} cannot hold that value.") from None


def _put(rows: Rows, table: Table, row: dict[str, Stored], at: str) -> None:
    if table.stamp:
        row.setdefault(table.stamp, at)
    key = {name: row.get(name) for name in table.key}
    if None not in key.values() and rows.change(table.name, row, key):
        return
    space = rows.tables.spaces.get(table.space)
    if len(table.key) == 1 and row.get(table.key[0]) is None and space:
        row[table.key[0]] = rows.next_id(table.space)
    if any(row.get(name) is None for name in table.key):
        raise DoorError(f"A row of {table.name} needs {', '.join(table.key)}.")
    rows.insert(table.name, row)


def _key(table: Table, given: object) -> dict[str, Stored]:
    values = given if isinstance(given, list) else [given]
    if len(values) != len(table.key):
        raise DoorError(f"A key of {table.name} is made of {', '.join(table.key)}.")
    return {
        name: _stored_value(table, name, value)
        for name, value in zip(table.key, values, strict=True)
    }


def _delete(rows: Rows, table: Table, key: dict[str, Stored], at: str) -> int:
    if len(key) > 1:
        return rows.remove(table.name, key)
    (number,) = key.values()
    row = rows.first(table.name, table.key[0], number)
    if row is None:
        return 0
    _leave_trace(rows, table, row, at)
    delete_row(rows, table, row[table.key[0]])
    return 1


def _leave_trace(rows: Rows, table: Table, row: sqlite3.Row, at: str) -> None:
    kind = type_of_row(table, row)
    if kind is not None:
        leave_trace(rows, kind, row, at, context="UI")
