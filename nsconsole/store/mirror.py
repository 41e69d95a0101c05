"""The rows of the mirror tables: written a page at a time, marked when they vanish, none destroyed.

`_ns_synced_at` says when a row's present values were written, `_ns_deleted_at` when it vanished
from NetSuite; both are moments as `tables.Instant` writes them.
"""
# ruff: noqa: S608  the identifiers come from the map and are quoted; the values are bound

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from nsconsole.mapping import MappedTable, Parent
from nsconsole.store.mirror_tables import digits, key_of, widened
from nsconsole.store.quoting import literal, quoted, quoted_all
from nsconsole.store.tables import stamp

Value = str | int | float | None
Key = tuple[Value, ...]
"""The values of a row's key, in the order of `MappedTable.key`."""


def upsert(
    connection: Connection,
    table: MappedTable,
    columns: Sequence[str],
    rows: Iterable[tuple[Value, ...]],
    *,
    at: datetime,
    only_changes: bool,
) -> int:
    """Write rows, whose values stand in the order of `columns`; give how many were really written.

    With `only_changes`, a row that is there with the same values, and not deleted, is left alone.
    A column that is not among `columns` keeps its data. A row that had vanished is back.
    """
    statement = _upsert(table.mirror, table.key, tuple(columns), only_changes)
    fitting = _fitting(connection, table, columns, rows)
    return _write_many(connection, statement.replace("?at", literal(stamp(at))), fitting)


def _fitting(
    connection: Connection,
    table: MappedTable,
    columns: Sequence[str],
    rows: Iterable[tuple[Value, ...]],
) -> Iterable[tuple[Value, ...]]:
    """Give the rows with all digits of what goes into columns that were widened to text."""
    texts = widened(connection, table)
    places = {place for place, column in enumerate(columns) if column in texts}
    if not places:
        return rows
    return [
        tuple(
            digits(value) if place in places and isinstance(value, float) else value
            for place, value in enumerate(row)
        )
        for row in rows
    ]


@lru_cache(maxsize=512)
def _upsert(mirror: str, key: Sequence[str], columns: Sequence[str], only_changes: bool) -> str:
    data = [quoted(column) for column in columns if column not in key]
    settings = [f"{column} = excluded.{column}" for column in data]
    settings += ["_ns_synced_at = excluded._ns_synced_at", "_ns_deleted_at = NULL"]
    # The stamp is written into the text: a parameter would mean another tuple for each row.
    statement = (
        f"INSERT INTO {quoted(mirror)} AS old ({quoted_all(columns)}, _ns_synced_at) "
        f"VALUES ({', '.join('?' * len(columns))}, ?at) "
        f"ON CONFLICT ({quoted_all(key)}) DO UPDATE SET {', '.join(settings)}"
    )
    if only_changes:
        # Row values, since SQLite takes no more than 1,000 terms in a row of ORs.
        old = ", ".join([*(f"old.{column}" for column in data), "old._ns_deleted_at"])
        new = ", ".join([*(f"excluded.{column}" for column in data), "NULL"])
        statement += f" WHERE ({old}) IS NOT ({new})"
    return statement


def fill(
    connection: Connection,
    table: MappedTable,
    columns: Sequence[str],
    rows: Iterable[tuple[Value, ...]],
    *,
    at: datetime,
) -> int:
    """Write some columns of rows that are there; give how many rows changed.

    A row is the values of `columns`, then those of its key. Rows that are not there are ignored.
    """
    numbers = range(1, len(columns) + len(table.key) + 1)
    data, key = numbers[: len(columns)], numbers[len(columns) :]
    given = ", ".join(f"?{i}" for i in data)
    return _write_many(
        connection,
        f"UPDATE {quoted(table.mirror)} "
        f"SET ({quoted_all(columns)}, _ns_synced_at) = ({given}, {literal(stamp(at))}) "
        f"WHERE ({quoted_all(table.key)}) = ({', '.join(f'?{i}' for i in key)}) "
        f"AND ({quoted_all(columns)}) IS NOT ({given})",
        _fitting(connection, table, columns, rows),
    )


def mark_vanished(
    connection: Connection,
    table: MappedTable,
    *,
    after: Key | None,
    upto: Key | None,
    keys: Collection[Key],
    at: datetime,
) -> int:
    """Mark what has a key in (`after`, `upto`] that is not among `keys`; give how many rows.

    None stands for no bound. For tables whose keys NetSuite orders as the mirror does.
    """
    bounds = [(">", after), ("<=", upto)]
    given = [(sign, bound) for sign, bound in bounds if bound is not None]
    place = f"({quoted_all(table.key)})"
    within = [f"{place} {sign} ({', '.join('?' * len(bound))})" for sign, bound in given]
    values = [value for _, bound in given for value in bound]
    if _has_no_others(connection, table, within, values, keys):
        return 0
    unlisted = f"{place} NOT IN ({_listed(table.key)})"
    return _mark(connection, table, [*within, unlisted], [*values, _json(keys)], at)


def _has_no_others(
    connection: Connection,
    table: MappedTable,
    within: Sequence[str],
    values: Sequence[Value],
    keys: Collection[Key],
) -> bool:
    """Whether nothing but these keys is there, as nearly always: much quicker to tell."""
    where = " AND ".join(["_ns_deleted_at IS NULL", *within])
    driver: Any = connection.connection.driver_connection  # whose rows are plain tuples
    found = driver.execute(
        f"SELECT {quoted_all(table.key)} FROM {quoted(table.mirror)} WHERE {where} "
        f"LIMIT {len(keys) + 1}",
        values,
    )
    return set(found.fetchall()) <= set(keys)


def vanished_lines(
    connection: Connection,
    table: MappedTable,
    parent_ids: Collection[str],
    keys: Collection[Key],
    *,
    at: datetime,
) -> int:
    """Mark the lines of some parents that are not among `keys`; give how many rows.

    `table` is the one of the lines; it must name its parent.
    """
    owned = f"{quoted(_owner(table).column)} IN (SELECT value FROM json_each(?))"
    unlisted = f"({quoted_all(table.key)}) NOT IN ({_listed(table.key)})"
    return _mark(connection, table, [owned, unlisted], [_json(parent_ids), _json(keys)], at)


def remember_seen(connection: Connection, table: MappedTable, keys: Iterable[Key]) -> None:
    """Note keys that an unfinished pull has met, for `mark_unseen`."""
    _write_many(
        connection,
        "INSERT OR IGNORE INTO sync_seen (table_name, key_json) "
        f"VALUES ({literal(table.name)}, {_key_json(['?'] * len(table.key))})",
        keys,
    )


def mark_unseen(connection: Connection, table: MappedTable, *, at: datetime) -> int:
    """Mark all rows whose keys were not remembered since `forget_seen`; give how many."""
    unseen = (
        "NOT EXISTS (SELECT 1 FROM sync_seen WHERE table_name = ? "
        f"AND key_json = {_key_json([quoted(column) for column in table.key])})"
    )
    return _mark(connection, table, [unseen], [table.name], at)


def forget_seen(connection: Connection, table: MappedTable) -> None:
    """Forget all keys that were remembered for a table."""
    connection.exec_driver_sql("DELETE FROM sync_seen WHERE table_name = ?", (table.name,))


def told_deleted(connection: Connection, table: MappedTable) -> dict[Key, str]:
    """Give the rows that are not marked, but told of by the mirror of `deletedrecord`, with when.

    A row that changed after its deletion, by its cursor, was made again and is left out. The
    table's key must be one column.
    """
    (key,) = table.key
    outlived = f"m.{quoted(table.cursor)} > d.deleteddate" if table.cursor else "FALSE"
    found = connection.exec_driver_sql(
        f"SELECT m.{quoted(key)}, max(d.deleteddate) FROM ns_deletedrecord AS d "
        f"JOIN {quoted(table.mirror)} AS m ON m.{quoted(key)} = d.recordid "
        "WHERE d.scriptid COLLATE NOCASE IN (SELECT value FROM json_each(?)) "
        f"AND m._ns_deleted_at IS NULL AND ({outlived}) IS NOT TRUE GROUP BY 1",
        (_json(table.tracked_as),),
    )
    return {(row[0],): row[1] for row in found}


def mark_deleted(connection: Connection, table: MappedTable, moments: Mapping[Key, str]) -> int:
    """Mark rows with the time that NetSuite tells (ISO 8601, to the second); give how many."""
    return _write_many(
        connection,
        f"UPDATE {quoted(table.mirror)} SET _ns_deleted_at = "
        "coalesce(strftime('%Y-%m-%dT%H:%M:%S.000000Z', ?1), ?1) "
        f"WHERE _ns_deleted_at IS NULL AND ({quoted_all(table.key)}) = "
        f"({', '.join(f'?{i}' for i in range(2, len(table.key) + 2))})",
        [(moment, *key) for key, moment in moments.items()],
    )


def mark_orphans(connection: Connection, table: MappedTable, *, at: datetime) -> int:
    """Mark the lines whose owner is marked; give how many rows. `table` is the one of the lines."""
    owner = _owner(table)
    (key,) = key_of(connection, f"ns_{owner.table}") or (None,)
    if key is None:
        return 0
    gone = f"SELECT {quoted(key)} FROM {quoted(f'ns_{owner.table}')} WHERE _ns_deleted_at NOTNULL"
    return _mark(connection, table, [f"{quoted(owner.column)} IN ({gone})"], [], at)


def known(connection: Connection, table: MappedTable, keys: Collection[Key]) -> set[Key]:
    """Give those of `keys` that the mirror has, and not as deleted."""
    return set(_of_keys(connection, table, table.key, keys))


def stamps(connection: Connection, table: MappedTable, keys: Collection[Key]) -> dict[Key, Value]:
    """Give the cursor's value of those of `keys` that the mirror has, and not as deleted."""
    if table.cursor is None:
        raise ValueError(f"{table.name} has no cursor")
    found = _of_keys(connection, table, (*table.key, table.cursor), keys)
    return {row[:-1]: row[-1] for row in found}


def _of_keys(
    connection: Connection, table: MappedTable, columns: Sequence[str], keys: Collection[Key]
) -> list[tuple[Value, ...]]:
    found = connection.exec_driver_sql(
        f"SELECT {quoted_all(columns)} FROM {quoted(table.mirror)} "
        f"WHERE ({quoted_all(table.key)}) IN ({_listed(table.key)}) AND _ns_deleted_at IS NULL",
        (_json(keys),),
    )
    return [tuple(row) for row in found]


def count(connection: Connection, table: MappedTable) -> int:
    """Count the rows that are not deleted. Both counts read an index or no column at all."""
    mirror = quoted(table.mirror)
    query = (
        f"SELECT (SELECT count(*) FROM {mirror}) - "
        f"(SELECT count(*) FROM {mirror} WHERE _ns_deleted_at IS NOT NULL)"
    )
    return int(connection.exec_driver_sql(query).scalar_one())


def _owner(table: MappedTable) -> Parent:
    if table.parent is None:
        raise ValueError(f"{table.name} has no parent")
    return table.parent


def _mark(
    connection: Connection,
    table: MappedTable,
    conditions: Sequence[str],
    values: Sequence[Value],
    at: datetime,
) -> int:
    where = " AND ".join(["_ns_deleted_at IS NULL", *conditions])
    statement = f"UPDATE {quoted(table.mirror)} SET _ns_deleted_at = ? WHERE {where}"
    return connection.exec_driver_sql(statement, (stamp(at), *values)).rowcount


def _write_many(connection: Connection, statement: str, rows: Iterable[tuple[Value, ...]]) -> int:
    listed = rows if isinstance(rows, list) else list(rows)
    return connection.exec_driver_sql(statement, listed).rowcount if listed else 0


def _listed(key: Sequence[str]) -> str:
    """Give the SELECT that reads keys from the JSON of a list of them."""
    return f"SELECT {', '.join(f'value->>{i}' for i in range(len(key)))} FROM json_each(?)"


def _key_json(values: Sequence[str]) -> str:
    return f"json_array({', '.join(values)})"


def _json(values: Collection[object]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
