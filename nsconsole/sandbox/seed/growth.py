"""A large account: the base world many times over, by SQL, never in Python's memory.

Each transaction is there in many copies, each party and item in fewer. A copy refers to copies,
so that whatever agrees with itself in the base world still does.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from typing import TYPE_CHECKING

from nsconsole.sandbox.schema import quote
from nsconsole.sandbox.seed.copying import MASTERS, TRADE, Copying, owner
from nsconsole.sandbox.tables import TABLES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from nsconsole.sandbox.schema import Column, Table

_CHUNK = 20_000  # transactions between two words about the progress


@dataclass(frozen=True, slots=True)
class Growth:
    """How often each transaction, and each party and item (`masters`), is to be there."""

    transactions: int
    times: int
    masters: int

    @classmethod
    def to(cls, transactions: int, *, largest_base: int) -> Growth:
        """With as few copies as a base world of at most that many transactions allows."""
        times = -(-transactions // largest_base)
        return cls(transactions, times, isqrt(times))

    @property
    def base(self) -> int:
        """How many transactions the base world needs."""
        return -(-self.transactions // self.times)


def grow(
    connection: sqlite3.Connection, growth: Growth, progress: Callable[[int, int], None]
) -> None:
    """Fill the empty tables of `main` from those of the attached database `base`.

    `progress` is told how many transactions are done, and of how many.
    """
    _count_copies(connection, growth)
    copying = Copying(growth.times, _spans(connection))
    for table in TABLES.values():
        if table.view is None and table.name not in TRADE:
            copies = "masters" if table.name in MASTERS else "original"
            source = f"temp.{copies} AS copy CROSS JOIN base.{quote(table.name)} AS own"
            _run(connection, _insertion(connection, copying, table, source))
    statements = [_of_trade(connection, copying, growth, TABLES[name]) for name in TRADE]
    for first, last in _chunks(growth):
        for statement in statements:
            _run(connection, statement, first, last)
        progress(min(last * growth.times, growth.transactions), growth.transactions)


def _run(connection: sqlite3.Connection, statement: str | None, *values: int) -> None:
    if statement is not None:
        connection.execute(statement, values)


def _count_copies(connection: sqlite3.Connection, growth: Growth) -> None:
    """Make the tables of copies: of a transaction, of a party or item, and of all the rest.

    `spans` tells where the lines of each transaction stand: one after the other.
    """
    run = connection.execute
    run("CREATE TEMP TABLE copies (number INTEGER PRIMARY KEY, master INTEGER)")
    run(
        "WITH RECURSIVE series (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM series "
        "WHERE n + 1 < ?1) INSERT INTO copies SELECT n, n % ?2 FROM series",
        (growth.times, growth.masters),
    )
    run("CREATE TEMP TABLE masters AS SELECT master FROM copies WHERE number = master")
    run("CREATE TEMP TABLE original AS SELECT 0 AS master")
    run("CREATE TEMP TABLE spans (id INTEGER PRIMARY KEY, first INTEGER, size INTEGER)")
    run(
        'INSERT INTO spans SELECT "transaction", min(uniquekey), count(*) '
        'FROM base.transactionline GROUP BY "transaction"'
    )


def _spans(connection: sqlite3.Connection) -> dict[str, int]:
    """How far apart the ids of two copies are, by the space of the ids."""
    spans: dict[str, int] = {}
    for table in TABLES.values():
        if table.view is None and len(table.key) == 1:
            query = f"SELECT max({quote(table.key[0])}) FROM base.{quote(table.name)}"  # noqa: S608 - names of our own schema
            (largest,) = connection.execute(query).fetchone()
            if isinstance(largest, int):
                spans[table.space] = max(largest, spans.get(table.space, 0))
    return spans


def _chunks(growth: Growth) -> Iterator[tuple[int, int]]:
    """The ranges of the base world's transactions that are copied in one go."""
    size = max(1, _CHUNK // growth.times)
    for first in range(1, growth.base + 1, size):
        yield first, min(first + size - 1, growth.base)


def _of_trade(
    connection: sqlite3.Connection, copying: Copying, growth: Growth, table: Table
) -> str | None:
    """The copying of the rows that go with a range of transactions, in the order of their keys."""
    if table.name == "transactionline":
        source = (
            "temp.spans AS span CROSS JOIN temp.copies AS copy "
            f'CROSS JOIN main."transaction" AS head ON head.id = {copying.transaction("span.id")} '
            "CROSS JOIN base.transactionline AS own "
            "ON own.uniquekey BETWEEN span.first AND span.first + span.size - 1 "
            "WHERE span.id BETWEEN ? AND ?"
        )
    else:
        source = (
            f"base.{quote(table.name)} AS own CROSS JOIN temp.copies AS copy "
            f"WHERE own.{quote(owner(table))} BETWEEN ? AND ? "
            f"AND {copying.newest(table)} <= {growth.transactions}"
        )
    return _insertion(connection, copying, table, source)


def _insertion(
    connection: sqlite3.Connection, copying: Copying, table: Table, source: str
) -> str | None:
    """The statement that copies the table's rows from `source`; None if there are none."""
    columns = _filled(connection, table)
    if not columns:
        return None
    names = ", ".join(quote(column.name) for column in columns)
    values = ", ".join(copying.value(table, column) for column in columns)
    return f"INSERT INTO main.{quote(table.name)} ({names}) SELECT {values} FROM {source}"  # noqa: S608 - names of our own schema


def _filled(connection: sqlite3.Connection, table: Table) -> list[Column]:
    """The columns that have a value in some row of the base world."""
    columns = list(table.columns.values())
    counts = ", ".join(f"count({quote(column.name)})" for column in columns)
    query = f"SELECT {counts} FROM base.{quote(table.name)}"  # noqa: S608 - names of our own schema
    found = connection.execute(query).fetchone()
    return [column for column, count in zip(columns, found, strict=True) if count]
