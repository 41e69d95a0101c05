"""Statements that are made into SQL once, for what is done many times a second.

To look up what it compiled, and to wrap what comes of it, takes SQLAlchemy many times as long as
SQLite takes to execute a small statement. These go to the driver as they are.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Row, Select, bindparam, func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import result_tuple
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import TableValuedAlias

_DIALECT = sqlite.dialect()
_Writing = list[tuple[str, Callable[[Any], Any]]]


def each_of(name: str) -> TableValuedAlias:
    """Give the list, of any length, that is given as `name`, as a table with a column `value`."""
    return func.json_each(bindparam(name, type_=JSON)).table_valued("value")


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Tell whether a column is in the list, of any length, that is given as `name`."""
    return column.in_(select(each_of(name).c.value))


class Prepared:
    """A statement, to be executed with what is given for its bound parameters."""

    def __init__(self, statement: Select[Any] | UpdateBase) -> None:
        compiled, columns = statement.compile(dialect=_DIALECT), list(statement.exported_columns)
        self._sql = str(compiled)
        self._names = compiled.positiontup or []
        binds = {name: compiled.binds[name] for name in self._names}
        writing = {name: bind.type.bind_processor(_DIALECT) for name, bind in binds.items()}
        reading = [column.type.result_processor(_DIALECT, None) for column in columns]
        self._common = {name: bind.value for name, bind in binds.items() if not bind.required}
        self._writing: _Writing = [(name, write) for name, write in writing.items() if write]
        self._reading = [(place, read) for place, read in enumerate(reading) if read]
        self._row = result_tuple([str(column.key) for column in columns])

    def rows(self, connection: Connection, **given: object) -> list[Row[Any]]:
        """Execute it; give its rows."""
        values = self._placed({**self._common, **given}, self._writing)
        found = execute(connection, self._sql, values).fetchall()
        if self._reading:
            found = [self._read(row) for row in found]
        return [self._row(row) for row in found]

    def run(
        self, connection: Connection, rows: Iterable[Mapping[str, object]], **shared: object
    ) -> None:
        """Execute it once for each of some rows, with what they share."""
        execute(connection, self._sql, self._values(rows, shared), many=True)

    def counts(
        self, connection: Connection, rows: Iterable[Mapping[str, object]], **shared: object
    ) -> list[int]:
        """Execute it once for each of some rows; tell how many rows of the table each changed."""
        values = self._values(rows, shared)
        return [execute(connection, self._sql, each).rowcount for each in values]

    def _values(
        self, rows: Iterable[Mapping[str, object]], shared: Mapping[str, object]
    ) -> list[tuple[Any, ...]]:
        common = {**self._common, **shared}
        writing: _Writing = []
        for name, write in self._writing:
            if name in common:
                common[name] = write(common[name])
            else:
                writing.append((name, write))
        return [self._placed({**common, **row}, writing) for row in rows]

    def _placed(self, values: dict[str, Any], writing: _Writing) -> tuple[Any, ...]:
        """Give the values in their places, those that are to be `written` otherwise so."""
        for name, write in writing:
            values[name] = write(values[name])
        return tuple([values[name] for name in self._names])

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
    driver: Any = connection.connection.dbapi_connection
    cursor: DBAPICursor = driver.cursor()
    for told in connection.engine.dispatch.before_cursor_execute:
        told(connection, cursor, sql, given, None, many)
    try:
        (cursor.executemany if many else cursor.execute)(sql, given)
    except sqlite3.Error as error:
        raise DBAPIError.instance(sql, given, error, sqlite3.Error) from error
    return cursor
