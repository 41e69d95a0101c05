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
    """Add rows; what columns a row does not name it leaves empty."""
    # Rows of one shape go in together: to look up and bind what some lack takes half as long again.
    shapes: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        shapes.setdefault(tuple(row), []).append(row)
    for columns, alike in shapes.items():
        names = ", ".join(map(quote, columns))
        marks = ", ".join("?" * len(columns))
        connection.executemany(
            f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})",  # noqa: S608 - names of our own schema
            (tuple(row.values()) for row in alike),
        )
