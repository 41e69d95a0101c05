"""Rows of the account's tables, one at a time. Table and column names are always the schema's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nsconsole.sandbox.schema import quote
from nsconsole.sandbox.tables import TABLES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from nsconsole.sandbox.values import Stored


def first(
    connection: sqlite3.Connection, table: str, column: str, value: Stored
) -> sqlite3.Row | None:
    """A row with that value in that column, or None."""
    found: sqlite3.Row | None = connection.execute(
        f"SELECT * FROM {quote(table)} WHERE {quote(column)} = ? LIMIT 1",  # noqa: S608 - names are quoted
        (value,),
    ).fetchone()
    return found


def insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Stored]) -> None:
    """Add a row."""
    names = ", ".join(quote(name) for name in row)
    marks = ", ".join("?" * len(row))
    connection.execute(
        f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})",  # noqa: S608 - names are quoted
        tuple(row.values()),
    )


def change(
    connection: sqlite3.Connection,
    table: str,
    row: Mapping[str, Stored],
    where: Mapping[str, Stored],
) -> int:
    """Give the rows that match `where` the values of `row`; return how many there are."""
    assignments = ", ".join(f"{quote(name)} = ?" for name in row)
    changed = connection.execute(
        f"UPDATE {quote(table)} SET {assignments} WHERE {_matches(where)}",  # noqa: S608 - names are quoted
        (*row.values(), *where.values()),
    )
    return changed.rowcount


def remove(connection: sqlite3.Connection, table: str, where: Mapping[str, Stored]) -> None:
    """Delete the rows that match `where`."""
    connection.execute(
        f"DELETE FROM {quote(table)} WHERE {_matches(where)}",  # noqa: S608 - names are quoted
        tuple(where.values()),
    )


def next_id(connection: sqlite3.Connection, space: str) -> int:
    """A new id: one more than the largest that the space (see `Table.space`) has ever had."""
    largest = max(
        connection.execute(f"SELECT max({quote(key)}) FROM {quote(table)}").fetchone()[0] or 0  # noqa: S608 - names are quoted
        for table, key in _keys(space)
    )
    (number,) = connection.execute(
        "INSERT INTO sandbox_sequence VALUES (?1, ?2 + 1) ON CONFLICT (space) "
        "DO UPDATE SET last = max(last, ?2) + 1 RETURNING last",
        (space, largest),
    ).fetchone()
    return int(number)


def _keys(space: str) -> Iterable[tuple[str, str]]:
    return ((t.name, t.key[0]) for t in TABLES.values() if t.space == space and not t.view)


def _matches(where: Mapping[str, Stored]) -> str:
    return " AND ".join(f"{quote(name)} = ?" for name in where)
