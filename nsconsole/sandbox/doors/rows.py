"""Another user of NetSuite at work: rows are edited, added and deleted behind the client's back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from nsconsole.sandbox.doors import DoorError
from nsconsole.sandbox.restlet import transactions
from nsconsole.sandbox.restlet.deletion import delete_row, leave_trace
from nsconsole.sandbox.restlet.records import type_of_row
from nsconsole.sandbox.schema import Access, Kind
from nsconsole.sandbox.values import BadValueError, TooLargeError, TooLongError, moment, store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.rows import Rows
    from nsconsole.sandbox.schema import Column, Table, Tables
    from nsconsole.sandbox.values import Stored

_COLLEAGUE = 8
"""The employee whose work this is."""
_BROWSER = "UIF"
"""NetSuite's word for its user interface, as the context of a change."""
_JSON = {bool: "boolean", int: "number", float: "number", str: "text", list: "array",
         dict: "object"}  # fmt: skip


def put_rows(database: Database, table_name: str, given: object, at: datetime) -> int:
    """Change the rows that are there by their key and add the others; return how many.

    Last-modified moves to `at` unless the row says otherwise, that of the record which a line
    belongs to with it; the ledger has nothing of it. All of the rows are put, or none.

    Raises:
        DoorError: unknown table or column, or a value that the column cannot hold.
    """
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise DoorError("The body must be an array of objects, one for each row.")
    with database.rows() as rows:
        table = stored_table(rows.tables, table_name)
        for number, row in enumerate(given, start=1):
            with of_row(number):
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
    return {
        name.lower(): stored_value(table, _column(table, name.lower()), value)
        for name, value in row.items()
    }


@contextmanager
def of_row(number: int) -> Iterator[None]:
    """Have what is wrong with a row say which one it is, counted from 1."""
    try:
        yield
    except DoorError as problem:
        raise DoorError(f"Row {number}: {problem}") from None


def stored_value(table: Table, column: Column, value: object) -> Stored:
    """A JSON value as a column keeps it; a boolean may be 1 or 0 here.

    A text may be longer, and a number larger, than a script could make it.

    Raises:
        DoorError: the column cannot hold it.
    """
    if column.kind is Kind.BOOLEAN and value in (0, 1):
        return "T" if value else "F"
    try:
        return store(column, value)
    except TooLongError:
        return str(value)
    except TooLargeError:
        return float(str(value))
    except BadValueError:
        raise DoorError(
            f"{table.name}.{column.name} is a column of type {column.kind.value}; "
            f"it cannot hold this {_JSON.get(type(value), 'value')}."
        ) from None


def _column(table: Table, name: str) -> Column:
    column = table.columns.get(name)
    if column is None or column.access is Access.REMOVED:
        raise DoorError(f"The table {table.name} has no column {name}.")
    return column


def _put(rows: Rows, table: Table, row: dict[str, Stored], at: str) -> None:
    stamped = table.stamp in row
    if table.stamp:
        row.setdefault(table.stamp, at)
    if not _change(rows, table, row):
        _insert(rows, table, row, at)
    if not stamped:
        _touch_owners(rows, table, {name: row[name] for name in table.key}, at)


def _change(rows: Rows, table: Table, row: dict[str, Stored]) -> bool:
    key = {name: row.get(name) for name in table.key}
    return None not in key.values() and rows.change(table.name, row, key) > 0


def _insert(rows: Rows, table: Table, row: dict[str, Stored], at: str) -> None:
    space = rows.tables.spaces.get(table.space)
    if len(table.key) == 1 and row.get(table.key[0]) is None and space:
        row[table.key[0]] = rows.next_id(table.space)
    if any(row.get(name) is None for name in table.key):
        raise DoorError(f"A row of {table.name} needs {', '.join(table.key)}.")
    if table.born:
        row.setdefault(table.born, at)
    rows.insert(table.name, row)


def _key(table: Table, given: object) -> dict[str, Stored]:
    values = given if isinstance(given, list) else [given]
    if len(values) != len(table.key):
        raise DoorError(f"A key of {table.name} is made of {', '.join(table.key)}.")
    return {
        name: stored_value(table, table.columns[name], value)
        for name, value in zip(table.key, values, strict=True)
    }


def _delete(rows: Rows, table: Table, key: dict[str, Stored], at: str) -> int:
    _touch_owners(rows, table, key, at)
    if len(key) > 1:
        return rows.remove(table.name, key)
    (number,) = key.values()
    row = rows.first(table.name, table.key[0], number)
    if row is None:
        return 0
    delete_row(rows, table, number)
    _follow(rows, table, row, at)
    return 1


def _follow(rows: Rows, table: Table, row: sqlite3.Row, at: str) -> None:
    """What else comes of a deleted record: its trace, and what its party owes."""
    kind = type_of_row(rows.tables, table, row)
    if kind is None:
        return
    leave_trace(rows, kind, dict(row), at, by=_COLLEAGUE, context=_BROWSER)
    if kind.sublists:
        transactions.settle(rows, dict(row), -transactions.unpaid(dict(row)))


def _touch_owners(rows: Rows, table: Table, key: dict[str, Stored], at: str) -> None:
    """Move the last-modified of the record that the row is a line of."""
    for column in table.references:
        owner = rows.tables.get(column.target or "")
        if not column.owned or owner is None or owner.view or owner.stamp is None:
            continue
        row = rows.one(table.name, (column.name,), key)
        if row is not None and row[0] is not None:
            rows.change(owner.name, {owner.stamp: at}, {owner.key[0]: row[0]})
