"""The account's rows, one at a time, within one transaction of the writer's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nsconsole.sandbox.schema import Access, quote

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from nsconsole.sandbox.schema import Tables
    from nsconsole.sandbox.values import Stored


@dataclass(frozen=True, slots=True)
class Rows:
    """Reads and writes rows by the schema of the moment; names are always the schema's."""

    connection: sqlite3.Connection
    tables: Tables

    def first(self, table: str, column: str, value: Stored) -> sqlite3.Row | None:
        """A row with that value in that column, or None."""
        found: sqlite3.Row | None = self.connection.execute(
            f"SELECT * FROM {quote(table)} WHERE {quote(column)} = ? LIMIT 1",  # noqa: S608 - names are quoted
            (value,),
        ).fetchone()
        return found

    def one(
        self, table: str, columns: Sequence[str], where: Mapping[str, Stored]
    ) -> sqlite3.Row | None:
        """Those columns of a row that matches `where`, or None."""
        names = ", ".join(map(quote, columns))
        found: sqlite3.Row | None = self.connection.execute(
            f"SELECT {names} FROM {quote(table)} WHERE {_matches(where)} LIMIT 1",  # noqa: S608 - names are quoted
            _given(where),
        ).fetchone()
        return found

    def record(self, table: str, number: Stored, *names: str) -> dict[str, Stored]:
        """The row of that id, by its columns: all, or those of the names that the table has.

        Empty if there is no such row, or no such table.
        """
        present = self.tables.get(table)
        if present is None or present.access is Access.REMOVED:
            return {}
        (key, *_), wanted = present.key, [name for name in names if name in present.columns]
        row = self.one(table, wanted, {key: number}) if wanted else self.first(table, key, number)
        # dict(row) would look for each name among all of them
        return dict(zip(row.keys(), row, strict=True)) if row is not None else {}

    def exists(self, table: str, where: Mapping[str, Stored]) -> bool:
        """Whether a row matches `where`."""
        return self.one(table, tuple(where), where) is not None

    def fitting(self, table: str, row: Mapping[str, Stored]) -> dict[str, Stored]:
        """What of `row` the table has columns for."""
        columns = self.tables[table].columns
        return {name: value for name, value in row.items() if name in columns}

    def insert(self, table: str, row: Mapping[str, Stored]) -> None:
        """Add a row."""
        names = ", ".join(quote(name) for name in row)
        marks = ", ".join("?" * len(row))
        self.connection.execute(
            f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})",  # noqa: S608 - names are quoted
            tuple(row.values()),
        )

    def change(self, table: str, row: Mapping[str, Stored], where: Mapping[str, Stored]) -> int:
        """Give the rows that match `where` the values of `row`; return how many there are."""
        assignments = ", ".join(f"{quote(name)} = ?" for name in row)
        changed = self.connection.execute(
            f"UPDATE {quote(table)} SET {assignments} WHERE {_matches(where)}",  # noqa: S608 - names are quoted
            (*row.values(), *_given(where)),
        )
        return changed.rowcount

    def remove(self, table: str, where: Mapping[str, Stored]) -> int:
        """Delete the rows that match `where`; return how many there were."""
        removed = self.connection.execute(
            f"DELETE FROM {quote(table)} WHERE {_matches(where)}",  # noqa: S608 - names are quoted
            _given(where),
        )
        return removed.rowcount

    def next_id(self, space: str) -> int:
        """A new id: one more than the largest that the space (see `Table.space`) has ever had."""
        largest = max(
            (self._largest(table, key) for table, key in self.tables.spaces[space]), default=0
        )
        (number,) = self.connection.execute(
            "INSERT INTO sandbox_sequence VALUES (?1, ?2 + 1) ON CONFLICT (space) "
            "DO UPDATE SET last = max(last, ?2) + 1 RETURNING last",
            (space, largest),
        ).fetchone()
        return int(number)

    def _largest(self, table: str, key: str) -> int:
        query = f"SELECT max({quote(key)}) FROM {quote(table)}"  # noqa: S608 - names are quoted
        return int(self.connection.execute(query).fetchone()[0] or 0)


def _matches(where: Mapping[str, Stored]) -> str:
    # `IS ?` would do for both, but no partial index could serve it.
    return " AND ".join(
        f"{quote(name)} IS NULL" if value is None else f"{quote(name)} = ?"
        for name, value in where.items()
    )


def _given(where: Mapping[str, Stored]) -> tuple[Stored, ...]:
    return tuple(value for value in where.values() if value is not None)
