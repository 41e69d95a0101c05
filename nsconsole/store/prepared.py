"""Statements that are made into SQL once, for what is done many times a second.

To look up what it compiled, and to wrap what comes of it, takes SQLAlchemy many times as long as
SQLite takes to execute a small statement. These go to the driver as they are.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Row, Select, bindparam, func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase

_DIALECT = sqlite.dialect(paramstyle="named")


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Tell whether a column is in the list, of any length, that is given as `name`."""
    listed = func.json_each(bindparam(name, type_=JSON)).table_valued("value")
    return column.in_(select(listed.c.value))


class Prepared:
    """A statement, to be executed with what is given for its bound parameters."""

    def __init__(self, statement: Select[Any] | UpdateBase) -> None:
        compiled, columns = statement.compile(dialect=_DIALECT), list(statement.exported_columns)
        binds = {name: compiled.binds[name] for name in compiled.params}
        self._sql = str(compiled)
        self._common = {name: bind.value for name, bind in binds.items() if not bind.required}
        writing = {name: bind.type.bind_processor(_DIALECT) for name, bind in binds.items()}
        self._writing = {name: write for name, write in writing.items() if write}
        reading = [column.type.result_processor(_DIALECT, None) for column in columns]
        self._reading = [(place, read) for place, read in enumerate(reading) if read]
        self._shape = SimpleResultMetaData([str(column.key) for column in columns])

    def rows(self, connection: Connection, **given: object) -> list[Row[Any]]:
        """Execute it; give its rows."""
        found = execute(connection, self._sql, self._written(given)).fetchall()
        if self._reading:
            found = [self._read(row) for row in found]
        return list(IteratorResult(self._shape, iter(found)))

    def run(self, connection: Connection, given: Iterable[Mapping[str, object]]) -> None:
        """Execute it once for each of what is given."""
        execute(connection, self._sql, [self._written(each) for each in given], many=True)

    def _written(self, given: Mapping[str, object]) -> dict[str, Any]:
        written = {**self._common, **given}
        for name, write in self._writing.items():
            written[name] = write(written[name])
        return written

    def _read(self, row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for place, read in self._reading:
            values[place] = read(values[place])
        return values


def execute(
    connection: Connection,
    sql: str,
    given: Any,  # noqa: ANN401 - whatever the driver takes
    *,
    many: bool = False,
) -> DBAPICursor:
    """Execute SQL by the driver, in the connection's transaction; `many` times for many rows.

    It fails as it would by SQLAlchemy, and whoever listens to the engine hears of it.
    """
    if not connection.in_transaction():
        connection.begin()
    driver: Any = connection.connection.driver_connection
    cursor: DBAPICursor = driver.cursor()
    for told in connection.dispatch.before_cursor_execute:
        told(connection, cursor, sql, given, None, many)
    try:
        (cursor.executemany if many else cursor.execute)(sql, given)
    except sqlite3.Error as error:
        raise DBAPIError.instance(sql, given, error, sqlite3.Error) from error
    return cursor
