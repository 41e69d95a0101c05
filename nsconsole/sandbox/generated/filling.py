"""Rows for what the account has beyond its core, made in SQLite out of the rows' numbers.

One statement a table, with arithmetic for chance: the random streams of the core are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import crc32

from nsconsole.sandbox.generated.arithmetic import Chance, moment, value_of
from nsconsole.sandbox.generated.customization import CUSTOMIZATION, keep_in_step
from nsconsole.sandbox.generated.lists import VALUES
from nsconsole.sandbox.schema import Table, ddl, quote

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from nsconsole.sandbox.schema import Column, Tables

_YOUNG = 500  # rows of a table of the core that its custom fields reach back to, at most
_CELLS = 200_000  # of those rows, at most: SQLite takes a step for each
_REFERRED = 8  # different rows that the references of one column go to
_CHOSEN = 3  # values of a multiselect field, at most
_RATES = (0,) * 43 + (50,) * 5 + (60, 100)  # percent: most fields are hardly used
_OWN_RATES = (0, 0, 0, 0, 0, 2, 60, 100)
_SELDOM, _FEW = 50, 25  # a field of that rate has values in half of one of so many rows
_WHOLE = ("date", "status")
"""Columns left to chance that have a value in every row."""


def row_count(table: Table) -> int:
    """How many rows a table beyond the core has."""
    if table.name in VALUES:
        return len(VALUES[table.name])
    chance = crc32(table.name.encode())
    if table.custom:
        return 8 + chance % 18
    # Nobody has used most of the others.
    return 0 if table.feature or chance % 3 else chance % 51


def furnish(
    connection: sqlite3.Connection, tables: Tables, core: Mapping[str, Table], seed: int
) -> None:
    """Add everything beyond `core`, whose tables are there and filled, within one transaction."""
    wider = [tables[name] for name in core if len(tables[name].columns) > len(core[name].columns)]
    _widen(connection, wider)
    beyond = [table for name, table in tables.items() if name not in core]
    for table in beyond:
        connection.execute(ddl(table))
    keep_in_step(connection, tables)
    furniture = _Furniture(connection, tables, core, seed)
    furniture.date_customization()
    mappings = [table for table in beyond if table.name.startswith("map_")]
    done = {table.name for table in (*mappings, *CUSTOMIZATION)}
    for table in beyond:
        if table.name not in done:
            furniture.fill(table)
    for table in wider:
        furniture.fill_fields(table)
    for table in mappings:
        furniture.fill_mapping(table)


@dataclass(frozen=True, slots=True)
class _Furniture:
    connection: sqlite3.Connection
    tables: Tables
    core: Mapping[str, Table]
    seed: int
    sampled: dict[str, list[int]] = field(default_factory=dict)

    def fill(self, table: Table) -> None:
        """Fill a table beyond the core with all of its rows."""
        count = row_count(table)
        if count == 0:
            return
        fixed = self._fixed(table)
        made = {
            quote(name): fixed.get(name) or self._own(table, column)
            for name, column in table.columns.items()
        }
        filled = {name: value for name, value in made.items() if value != "NULL"}
        self.connection.execute(
            f"WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series "  # noqa: S608 - names of our own schema
            f"WHERE n < {count}) INSERT INTO {quote(table.name)} ({', '.join(filled)}) "
            f"SELECT {', '.join(filled.values())} FROM series"
        )

    def fill_fields(self, table: Table) -> None:
        """Give the youngest rows of a table of the core values in its custom fields."""
        often: list[str] = []
        seldom: list[str] = []
        key, name = quote(table.key[0]), quote(table.name)
        for column in list(table.columns.values())[len(self.core[table.name].columns) :]:
            chance = self._chance(table, column, key)
            rate = chance.one_rate(_RATES)
            value = self._value(column, chance, rate)
            if value != "NULL":
                (seldom if rate == _SELDOM else often).append(f"{quote(column.name)} = {value}")
        reach = min(_YOUNG, _CELLS // len(table.columns))
        young = f"SELECT {key} FROM {name} ORDER BY {key} DESC LIMIT {reach}"  # noqa: S608 - names of our own schema
        # To change a row takes a step for every column: the few are changed apart from the many.
        for assignments, which in ((often, "1"), (seldom, f"{key} % {_FEW} = 3")):
            if assignments:
                self.connection.execute(
                    f"UPDATE {name} SET {', '.join(assignments)} "  # noqa: S608 - names of our own schema
                    f"WHERE {which} AND {key} IN ({young})"
                )

    def fill_mapping(self, table: Table) -> None:
        """Choose values for a multiselect field: in its mapping table, and listed in the field."""
        source = str(table.columns["mapone"].target)
        chosen = table.name.removeprefix(f"map_{source}_")
        ids = self._ids(table.columns["maptwo"])
        key = quote(self.tables[source].key[0])
        for draw in range(_CHOSEN):
            chance = Chance(crc32(f"{self.seed} {table.name} {draw}".encode()), key)
            self.connection.execute(
                f"INSERT OR IGNORE INTO {quote(table.name)} SELECT {key}, {chance.one_of(ids)} "  # noqa: S608 - names of our own schema
                f"FROM (SELECT {key} FROM {quote(source)} ORDER BY {key} DESC LIMIT {_YOUNG // 4}) "
                f"WHERE {chance.below(100, 1)} < 30"
            )
        self.connection.execute(
            f"UPDATE {quote(source)} SET {quote(chosen)} = (SELECT group_concat(maptwo, ', ') FROM "  # noqa: S608 - names of our own schema
            f"(SELECT maptwo FROM {quote(table.name)} WHERE mapone = {key} ORDER BY maptwo)) "
            f"WHERE {key} IN (SELECT mapone FROM {quote(table.name)})"
        )

    def date_customization(self) -> None:
        """What is there from the start was made by somebody at some time in the past."""
        for table in CUSTOMIZATION:
            chance = self._chance(table, table.columns["owner"], "internalid")
            owner = chance.one_of(self._ids(table.columns["owner"]))
            self.connection.execute(
                f"UPDATE {table.name} SET lastmodifieddate = {moment(chance)}, owner = {owner}"  # noqa: S608 - names of our own schema
            )

    def _fixed(self, table: Table) -> dict[str, str]:
        """SQL for the columns of a table beyond the core that are not left to chance."""
        salt = crc32(table.name.encode())
        label = f"'{table.title or table.name} ' || n"
        fixed = {
            "name": label,
            "altname": label,
            "title": label,
            "recordid": "n",
            "scriptid": f"'VAL_' || (n * 7 + {salt % 9000})",
            "isinactive": "CASE n % 17 WHEN 0 THEN 'T' ELSE 'F' END",
            table.born or "": f"datetime('2016-03-01', n * {salt % 140} || ' days')",
            table.key[0]: "n",
        }
        if table.name in VALUES:
            values = enumerate(VALUES[table.name], start=1)
            cases = " ".join(f"WHEN {number} THEN {value!r}" for number, value in values)
            fixed["name"] = f"CASE n {cases} END"
        for name in table.columns:
            if f"map_{table.name}_{name}" in self.tables:
                fixed[name] = "NULL"  # follows from the mapping
        return fixed

    def _own(self, table: Table, column: Column) -> str:
        """SQL for the values of another column of a table beyond the core."""
        chance = self._chance(table, column, "n")
        whole = column.name in _WHOLE or column.owned or column.name == table.stamp
        return self._value(column, chance, 100 if whole else chance.one_rate(_OWN_RATES))

    def _value(self, column: Column, chance: Chance, percent: int) -> str:
        """SQL for a value of `column` in so many of a hundred rows."""
        if percent == 0:
            return "NULL"
        return chance.at_rate(percent, value_of(column, chance, self._ids(column)))

    def _chance(self, table: Table, column: Column, key: str) -> Chance:
        return Chance(crc32(f"{self.seed} {table.name} {column.name}".encode()), key)

    def _ids(self, column: Column) -> list[int]:
        """Some rows that a column can refer to, among the oldest."""
        target = column.target
        if target is None or target not in self.tables or self.tables[target].view:
            return []
        if target not in self.core:
            return list(range(1, min(row_count(self.tables[target]), _REFERRED) + 1))
        if target not in self.sampled:
            key = quote(self.tables[target].key[0])
            query = f"SELECT {key} FROM {quote(target)} ORDER BY 1 LIMIT {2 * _REFERRED}"  # noqa: S608 - names of our own schema
            oldest = [number for (number,) in self.connection.execute(query)]
            # Not the very first ones: what is referred to cannot be deleted.
            self.sampled[target] = oldest[-_REFERRED:]
        return self.sampled[target]


def _widen(connection: sqlite3.Connection, tables: list[Table]) -> None:
    """Add columns at the end of tables that are filled.

    A row made before its table had a column keeps no room for it; one made after needs a byte for
    every column without a value. At a thousand columns and a million rows that is a gigabyte. To
    alter a table a column at a time would read the whole schema a thousand times, so that its
    text is put in place as SQLite's "Making Other Kinds Of Table Schema Changes" has it.
    """
    connection.execute("PRAGMA writable_schema=ON")
    connection.executemany(
        "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?",
        [(ddl(table), table.name) for table in tables],
    )
    connection.execute("PRAGMA writable_schema=RESET")
