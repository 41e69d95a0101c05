"""Statements that are made into SQL once, for what is done many times a second.

To look up what it compiled, and to wrap what comes of it, takes SQLAlchemy many times as long as
SQLite takes to execute a small statement. These go to the driver as they are.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase

from nsconsole.store.tables import Instant, stamp

_DIALECT = sqlite.dialect(paramstyle="named")


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Tell whether a column is in the list, of any length, that is given as `name`."""
    listed = func.json_each(bindparam(name)).table_valued("value")
    return column.in_(select(listed.c.value))


class Prepared:
    """A statement to be executed with values for its bound parameters; a list is for `among`."""

    def __init__(self, statement: Select[Any] | UpdateBase) -> None:
        compiled, columns = statement.compile(dialect=_DIALECT), list(statement.exported_columns)
        self._sql = str(compiled)
        asked = {name for name, bind in compiled.binds.items() if bind.required}
        self._common = {name: compiled.params[name] for name in compiled.params.keys() - asked}
        self._shape = SimpleResultMetaData([str(column.key) for column in columns])
        self._moments = [at for at, c in enumerate(columns) if isinstance(c.type, Instant)]

    def rows(self, connection: Connection, **given: object) -> list[Row[Any]]:
        """Execute it; give its rows."""
        found = execute(connection, self._sql, self._filled(given)).fetchall()
        if self._moments:
            found = [self._read(row) for row in found]
        return list(IteratorResult(self._shape, iter(found)))

    def run(self, connection: Connection, given: Iterable[Mapping[str, object]]) -> None:
        """Execute it once for each of what is given."""
        execute(connection, self._sql, [self._filled(each) for each in given], many=True)

    def _filled(self, given: Mapping[str, object]) -> dict[str, Any]:
        return self._common | {name: _written(value) for name, value in given.items()}

    def _read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        read = list(row)
        for place in self._moments:
            if row[place] is not None:
                read[place] = datetime.fromisoformat(row[place])
        return tuple(read)


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
    cursor = connection.connection.cursor()
    for told in connection.dispatch.before_cursor_execute:
        told(connection, cursor, sql, given, None, many)
    try:
        (cursor.executemany if many else cursor.execute)(sql, given)
    except sqlite3.Error as error:
        raise DBAPIError.instance(sql, given, error, sqlite3.Error) from error
    return cursor


_stamp = lru_cache(16)(stamp)  # the same moment goes into many rows


def _written(value: object) -> object:
    if isinstance(value, datetime):
        return _stamp(value)
    return json.dumps(value) if isinstance(value, list) else value
