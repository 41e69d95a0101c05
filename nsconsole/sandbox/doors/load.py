"""A schema and rows of one's own, in the place of the account's tables of the same names."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

from nsconsole.sandbox.doors import DoorError
from nsconsole.sandbox.doors.drift import checked_name, kind_of
from nsconsole.sandbox.doors.rows import stored_row
from nsconsole.sandbox.schema import Access, Column, Table, ddl, make_table, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.rows import Rows

_LABELS = ("name", "entityid", "itemid", "companyname", "title")


def load(database: Database, given: object) -> dict[str, int]:
    """Make tables with rows, all or none; return how many rows each has.

    `{"tables": {T: {"columns": {C: type}, "key": [C, …], "rows": [{C: value}]}}}`; without a
    `key` it is `id`. A view of the account that no longer fits what was loaded is gone after it.

    Raises:
        DoorError: the body has another shape, or a row does not fit its columns.
    """
    tables = given.get("tables") if isinstance(given, dict) else None
    if not isinstance(tables, dict) or not tables:
        raise DoorError('The body must be an object of tables: {"tables": {"name": {…}}}.')
    counts: dict[str, int] = {}

    def redefined(rows: Rows) -> list[Table]:
        made = []
        for name, content in tables.items():
            table = _table(checked_name(name), content)
            _replace(rows, table)
            counts[table.name] = _fill(rows, table, content.get("rows", []))
            made.append(table)
        return [*made, *_broken_views(rows, {table.name for table in made})]

    database.redefine(redefined)
    return counts


def _table(name: str, content: object) -> Table:
    if not isinstance(content, dict) or not isinstance(content.get("columns"), dict):
        raise DoorError(f"The table {name} needs columns: {{name: type}}.")
    columns = [
        Column(checked_name(column), kind_of(kind)) for column, kind in content["columns"].items()
    ]
    names = [column.name for column in columns]
    key = content.get("key") or ["id"]
    key = [str(each).lower() for each in (key if isinstance(key, list) else [key])]
    if len(set(names)) < len(names) or not set(key) <= set(names):
        raise DoorError(f"The table {name} needs columns of different names, its key among them.")
    label = next((each for each in _LABELS if each in names), key[0])
    return make_table(name, columns, label=label, key=tuple(key))


def _replace(rows: Rows, table: Table) -> None:
    present = rows.tables.get(table.name)
    if present is not None:
        kind = "VIEW" if present.view else "TABLE"
        rows.connection.execute(f"DROP {kind} IF EXISTS {quote(table.name)}")
    rows.connection.execute(ddl(table))
    if table.stamp and table.stamp not in table.key:
        columns = ", ".join(map(quote, (table.stamp, *table.key)))
        rows.connection.execute(
            f"CREATE INDEX {quote(f'{table.name}_stamp')} ON {quote(table.name)} ({columns})"
        )


def _fill(rows: Rows, table: Table, given: object) -> int:
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise DoorError(f"The rows of {table.name} must be an array of objects.")
    names = list(table.columns)
    marks = ", ".join("?" * len(names))
    stored = (_complete(table, row) for row in given)
    try:
        rows.connection.executemany(
            f"INSERT INTO {quote(table.name)} VALUES ({marks})",  # noqa: S608 - names are quoted
            ([row.get(name) for name in names] for row in stored),
        )
    except sqlite3.IntegrityError:
        raise DoorError(f"Two rows of {table.name} have the same key.") from None
    return len(given)


def _complete(table: Table, row: Mapping[str, object]) -> Mapping[str, object]:
    stored = stored_row(table, row)
    if any(stored.get(name) is None for name in table.key):
        raise DoorError(f"A row of {table.name} needs {', '.join(table.key)}.")
    return stored


def _broken_views(rows: Rows, loaded: set[str]) -> Iterator[Table]:
    for view in rows.tables.values():
        if view.view is None or view.name in loaded:
            continue
        try:
            rows.connection.execute(f"SELECT * FROM {quote(view.name)} LIMIT 0")  # noqa: S608 - names are quoted
        except sqlite3.OperationalError:
            yield replace(view, access=Access.NO_PERMISSION)
