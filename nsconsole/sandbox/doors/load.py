"""A schema and rows of one's own, in the place of the account's tables of the same names."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

from nsconsole.sandbox.doors import DoorError
from nsconsole.sandbox.doors.drift import checked_name, kind_of, unfit_views
from nsconsole.sandbox.doors.rows import of_row, stored_value
from nsconsole.sandbox.schema import (
    EXTERNAL_ID,
    Access,
    Column,
    Kind,
    Table,
    ddl,
    index_ddl,
    make_table,
    quote,
)
from nsconsole.sandbox.values import BadValueError, moment, storing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.rows import Rows
    from nsconsole.sandbox.values import Stored

_LABELS = ("name", "entityid", "itemid", "companyname", "title")


def load(database: Database, given: object, at: datetime) -> dict[str, int]:
    """Make tables with rows at a moment, all or none; return how many rows each has.

    `{"tables": {T: {"columns": {C: type}, "key": [C, …], "rows": [{C: value}]}}}`; without a
    `key` it is `id`. Records keep their external ids, with a column for them or without. A view of
    the account that no longer fits what was loaded is gone after it.

    Raises:
        DoorError: the body has another shape, or a row does not fit its columns.
    """
    tables = given.get("tables") if isinstance(given, dict) else None
    if not isinstance(tables, dict) or not tables:
        raise DoorError('The body must be an object of tables: {"tables": {"name": {…}}}.')
    made = [_table(checked_name(name), content) for name, content in tables.items()]
    names = {table.name for table in made}
    if len(names) < len(made):
        raise DoorError("Two tables have the same name.")
    counts: dict[str, int] = {}

    def redefined(rows: Rows) -> list[Table]:
        _drop_triggers(rows, names)
        for table, content in zip(made, tables.values(), strict=True):
            _replace(rows, table)
            counts[table.name] = _fill(rows, table, content.get("rows", []))
        return [*made, *unfit_views(rows, names)]

    try:
        database.redefine(redefined, at=moment(at))
    except sqlite3.OperationalError as problem:
        raise DoorError(f"The tables cannot be made: {problem}.") from None
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
    if len(set(names)) < len(names) or len(set(key)) < len(key) or not set(key) <= set(names):
        raise DoorError(f"The table {name} needs columns of different names, its key among them.")
    if len(key) == 1 and EXTERNAL_ID not in names:
        # Every record has one, whether a query may see it or not.
        columns.append(Column(EXTERNAL_ID, Kind.TEXT, access=Access.FEATURE_OFF))
    label = next((each for each in _LABELS if each in names), key[0])
    return make_table(name, columns, label=label, key=tuple(key))


def _replace(rows: Rows, table: Table) -> None:
    for kind in ("TABLE", "VIEW"):
        if _is_there(rows, kind, table.name):
            rows.connection.execute(f"DROP {kind} {quote(table.name)}")
    rows.connection.execute(ddl(table))
    if table.stamp and table.stamp not in table.key:
        columns = ", ".join(map(quote, (table.stamp, *table.key)))
        rows.connection.execute(
            f"CREATE INDEX {quote(f'{table.name}_stamp')} ON {quote(table.name)} ({columns})"
        )
    if EXTERNAL_ID in table.columns:
        rows.connection.execute(index_ddl(table.name, EXTERNAL_ID))


def _is_there(rows: Rows, kind: str, name: str) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE type = ? AND name = ?"
    return rows.connection.execute(query, (kind.lower(), name)).fetchone() is not None


def _drop_triggers(rows: Rows, names: set[str]) -> None:
    """Let go of what follows from changes to tables that are to be others."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    for trigger, sql in rows.connection.execute(query).fetchall():
        if names & set(re.findall(r"\w+", sql)):
            rows.connection.execute(f"DROP TRIGGER {quote(trigger)}")


def _fill(rows: Rows, table: Table, given: object) -> int:
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise DoorError(f"The rows of {table.name} must be an array of objects.")
    marks = ", ".join("?" * len(table.columns))
    try:
        rows.connection.executemany(
            f"INSERT INTO {quote(table.name)} VALUES ({marks})",  # noqa: S608 - names are quoted
            _stored(table, given),
        )
    except sqlite3.IntegrityError:
        raise DoorError(f"Two rows of {table.name} have the same key.") from None
    return len(given)


def _stored(table: Table, given: list[Mapping[str, object]]) -> Iterator[list[Stored]]:
    """The rows as the table keeps them, in the order of its columns."""
    columns = [(name, storing(column)) for name, column in table.columns.items()]
    key = [place for place, (name, _) in enumerate(columns) if name in table.key]
    for number, each in enumerate(given, start=1):
        with of_row(number):
            row = each if each.keys() <= table.columns.keys() else _in_lower_case(table, each)
            try:
                stored = [
                    None if (value := row.get(name)) is None or value == "" else keep(value)
                    for name, keep in columns
                ]
            except BadValueError:  # what a script could not write may be loaded all the same
                stored = [
                    stored_value(table, column, row.get(name))
                    for name, column in table.columns.items()
                ]
            if any(stored[place] is None for place in key):
                raise DoorError(f"A row of {table.name} needs {', '.join(table.key)}.")
        yield stored


def _in_lower_case(table: Table, row: Mapping[str, object]) -> dict[str, object]:
    lowered = {name.lower(): value for name, value in row.items()}
    unknown = lowered.keys() - table.columns.keys()
    if unknown:
        raise DoorError(f"The table {table.name} has no column {min(unknown)}.")
    return lowered
