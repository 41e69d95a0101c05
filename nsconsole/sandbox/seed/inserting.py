"""Rows that Python has made, on their way into the database."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from nsconsole.sandbox.schema import quote

if TYPE_CHECKING:
    import sqlite3

    from nsconsole.sandbox.seed.setup import Row


def column_names(rows: list[Row]) -> list[str]:
    """Every column that some row has, in the order in which they come up."""
    return list(dict.fromkeys(chain.from_iterable(rows)))


def insert(connection: sqlite3.Connection, table: str, rows: list[Row]) -> None:
    """Add rows; a column that none of them names is left empty."""
    columns = column_names(rows)
    names = ", ".join(map(quote, columns))
    marks = ", ".join("?" * len(columns))
    connection.executemany(
        f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})",  # noqa: S608 - names of our own schema
        ([*map(row.get, columns)] for row in rows),
    )
