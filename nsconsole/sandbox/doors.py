"""The sandbox's own doors: what really happened, and another user of NetSuite at work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

from nsconsole.sandbox import rows
from nsconsole.sandbox.tables import TABLES
from nsconsole.sandbox.values import BadValueError, moment, store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime

    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.schema import Table
    from nsconsole.sandbox.values import Stored

Row: TypeAlias = dict[str, object]


class DoorError(Exception):
    """A request to a door that makes no sense; the message says what is wrong."""


def ledger(database: Database) -> list[Row]:
    """Every change that really happened since the ledger was last cleared, in order."""
    with database.write() as connection:
        entries = connection.execute("SELECT * FROM sandbox_ledger ORDER BY seq").fetchall()
    return [{**dict(entry), "fields": json.loads(entry["fields"])} for entry in entries]


def clear_ledger(database: Database) -> None:
    """Start a new chapter of the ledger; the records and the request ids stay as they are."""
    with database.write() as connection:
        connection.execute("DELETE FROM sandbox_ledger")


def put_rows(database: Database, table_name: str, given: object, at: datetime) -> int:
    """Change the rows that are there by their key and add the others; return how many.

    It is what another user of NetSuite does: last-modified moves to `at` unless the row says
    otherwise, and the ledger has nothing of it. All of the rows are put, or none.

    Raises:
        DoorError: unknown table or column, or a value that the column cannot hold.
    """
    table = TABLES.get(table_name)
    if table is None or table.view:
        raise DoorError(f"There is no table {table_name} to put rows into.")
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise DoorError("The body must be an array of objects, one for each row.")
    with database.write() as connection:
        for row in given:
            _put(connection, table, _stored(table, row), moment(at))
    return len(given)


def _stored(table: Table, row: Mapping[str, object]) -> dict[str, Stored]:
    stored: dict[str, Stored] = {}
    for name, value in row.items():
        column = table.columns.get(name)
        if column is None:
            raise DoorError(f"The table {table.name} has no column {name}.")
        try:
            stored[name] = store(column, value)
        except BadValueError:
            raise DoorError(f"{table.name}.{name} cannot hold that value.") from None
    return stored


def _put(connection: sqlite3.Connection, table: Table, row: dict[str, Stored], at: str) -> None:
    if table.stamp:
        row.setdefault(table.stamp, at)
    key = {name: row.get(name) for name in table.key}
    if None not in key.values() and rows.change(connection, table.name, row, key):
        return
    if len(table.key) == 1 and row.get(table.key[0]) is None:
        row[table.key[0]] = rows.next_id(connection, table.space)
    if any(row.get(name) is None for name in table.key):
        raise DoorError(f"A row of {table.name} needs {', '.join(table.key)}.")
    rows.insert(connection, table.name, row)
