"""Statements on the map: what is mirrored, what of it is paused, set aside, or to be filled in."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    delete,
    insert,
    or_,
    select,
    true,
    update,
)

from nsconsole.mapping import Column, Kind, MappedTable, Mode, Parent
from nsconsole.store import sync_state
from nsconsole.store.tables import sync_column_map, sync_table_map
from nsconsole.store.tables import sync_state as state_table

_T = sync_table_map.c
_C = sync_column_map.c
_S = state_table.c
_FROM_THE_START = "{}"
_UNMARKED = dict.fromkeys(("set_aside_at", "set_aside_reason", "set_aside_detail", "probed_at"))


@dataclass(frozen=True, slots=True)
class Pause:
    """Why a table is not synced. `by` is an operator, or None if the program found it had to."""

    reason: str
    detail: str
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class SetAside:
    """A mapped column that NetSuite does not give at present."""

    column: str
    reason: str
    detail: str
    since: datetime
    probed_at: datetime | None


@dataclass(frozen=True, slots=True)
class MapEntry:
    """A table of the map, with all its columns, and what stands in its way.

    `backfills` are the columns that rows lack, each with the key after which to go on, as text;
    None for the beginning.
    """

    table: MappedTable
    paused: Pause | None
    set_aside: tuple[SetAside, ...]
    backfills: Mapping[str, tuple[str, ...] | None]


def entries(connection: Connection) -> list[MapEntry]:
    """Give the map in its order, with what is paused, set aside or to be filled in."""
    return _entries(connection, true(), true())


def entry(connection: Connection, name: str) -> MapEntry | None:
    """Give one table of the map."""
    return next(iter(_entries(connection, _T.name == name, _C.table_name == name)), None)


def _entries(
    connection: Connection, of_tables: ColumnElement[bool], of_columns: ColumnElement[bool]
) -> list[MapEntry]:
    columns = _columns(connection, of_columns)
    marks = _marks(connection, of_columns)
    query = select(sync_table_map).where(of_tables).order_by(_T.position)
    return [
        _entry(row, columns[row.name], marks.get(row.name, [])) for row in connection.execute(query)
    ]


def _columns(connection: Connection, wanted: ColumnElement[bool]) -> dict[str, list[Column]]:
    query = select(_C.table_name, _C.name, _C.kind).where(wanted)
    found: dict[str, list[Column]] = {}
    for table, name, kind in connection.execute(query.order_by(_C.table_name, _C.position)):
        found.setdefault(table, []).append(Column(name, Kind(kind)))
    return found


def _marks(connection: Connection, wanted: ColumnElement[bool]) -> dict[str, list[Row[Any]]]:
    """Give the columns that are set aside or to be filled in, which are few, with all they bear."""
    marked = or_(_C.set_aside_at.is_not(None), _C.backfill_json.is_not(None))
    query = select(sync_column_map).where(wanted, marked).order_by(_C.table_name, _C.position)
    found: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.table_name, []).append(row)
    return found


def _entry(row: Row[Any], columns: Sequence[Column], marks: Sequence[Row[Any]]) -> MapEntry:
    return MapEntry(
        table=_table(row, columns),
        paused=_pause(row) if row.paused_at else None,
        set_aside=tuple(_set_aside(column) for column in marks if column.set_aside_at),
        backfills={
            column.name: _position(column.backfill_json) for column in marks if column.backfill_json
        },
    )


def _table(row: Row[Any], columns: Sequence[Column]) -> MappedTable:
    return MappedTable(
        name=row.name,
        columns=tuple(columns),
        key=tuple(json.loads(row.key_json)),
        mode=Mode(row.mode),
        tier=row.tier,
        cursor=row.cursor,
        tracked_as=tuple(json.loads(row.tracked_json)),
        parent=Parent(row.parent_table, row.parent_column) if row.parent_table else None,
    )


def _pause(row: Row[Any]) -> Pause:
    return Pause(row.pause_reason, row.pause_detail, row.paused_by, row.paused_at)


def _set_aside(column: Row[Any]) -> SetAside:
    return SetAside(
        column.name,
        column.set_aside_reason,
        column.set_aside_detail,
        column.set_aside_at,
        column.probed_at,
    )


def _position(backfill_json: str) -> tuple[str, ...] | None:
    position = json.loads(backfill_json).get("position")
    return None if position is None else tuple(position)


def put(connection: Connection, tables: Sequence[MappedTable], at: datetime) -> None:
    """Replace the map.

    What stays keeps its state, its pause and its marks. A table with another key or cursor is to be
    pulled anew; a column that is new, or of another kind, is filled into the rows that are there.
    """
    before = {entry.table.name: entry.table for entry in entries(connection)}
    names = {table.name for table in tables}
    gone = [{"gone": name} for name in before if name not in names]
    if gone:
        connection.execute(delete(sync_table_map).where(_T.name == bindparam("gone")), gone)
    for position, table in enumerate(tables):
        _put_table(connection, table, before.get(table.name), position, at)


def _put_table(
    connection: Connection,
    table: MappedTable,
    before: MappedTable | None,
    position: int,
    at: datetime,
) -> None:
    values = _values(table) | {"position": position}
    if before is None:
        connection.execute(insert(sync_table_map).values(values | {"added_at": at}))
        connection.execute(insert(state_table).values(table_name=table.name))
    else:
        connection.execute(update(sync_table_map).where(_T.name == table.name).values(values))
    moved = before is not None and _places(before) != _places(table)
    if moved:
        sync_state.start_over(connection, table.name)
    if before is None or before.columns != table.columns:
        _put_columns(connection, table, at)
    if moved:
        # Nothing is read without these; if NetSuite does not give them, the table is to be paused.
        vital = [column.name for column in _places(table)]
        _update(connection, table.name, _named(vital), _UNMARKED | {"backfill_json": None})


def _places(table: MappedTable) -> tuple[Column, ...]:
    """Give the columns by which rows are found, on which all that the state says rests."""
    return (*table.key_columns, *((table.column(table.cursor),) if table.cursor else ()))


def _values(table: MappedTable) -> dict[str, Any]:
    return {
        "name": table.name,
        "key_json": json.dumps(table.key),
        "mode": table.mode.value,
        "tier": table.tier,
        "cursor": table.cursor,
        "tracked_json": json.dumps(table.tracked_as),
        "parent_table": table.parent.table if table.parent else None,
        "parent_column": table.parent.column if table.parent else None,
    }


def _put_columns(connection: Connection, table: MappedTable, at: datetime) -> None:
    query = select(sync_column_map).where(_C.table_name == table.name)
    before = {row.name: dict(row._mapping) for row in connection.execute(query)}
    fresh = _UNMARKED | {
        "added_at": at,
        "backfill_json": _FROM_THE_START if _has_rows(connection, table.name) else None,
    }
    rows = []
    for position, column in enumerate(table.columns):
        known = before.get(column.name)
        row = known if known and known["kind"] == column.kind.value else fresh
        placed = {"table_name": table.name, "name": column.name, "position": position}
        rows.append(row | placed | {"kind": column.kind.value})
    connection.execute(delete(sync_column_map).where(_C.table_name == table.name))
    connection.execute(insert(sync_column_map), rows)


def _has_rows(connection: Connection, table: str) -> bool:
    """Tell whether a pull of the table has at least begun."""
    begun = or_(_S.caught_up_at.is_not(None), _S.watermark.is_not(None), _S.pull_json.is_not(None))
    query = select(_S.table_name).where(_S.table_name == table, begun)
    return connection.execute(query).one_or_none() is not None


def set_aside(
    connection: Connection, table: str, reasons: Mapping[str, tuple[str, str]], at: datetime
) -> list[str]:
    """Set columns aside, each for a reason and its detail; give those that were not so before."""
    query = select(_C.name).where(_C.table_name == table, _C.set_aside_at.is_(None))
    found = [name for name in connection.execute(query).scalars() if name in reasons]
    rows = [
        {"column": name, "reason": reasons[name][0], "detail": reasons[name][1]} for name in found
    ]
    values = {
        "set_aside_at": at,
        "set_aside_reason": bindparam("reason"),
        "set_aside_detail": bindparam("detail"),
        "probed_at": None,
        "backfill_json": None,
    }
    _update(connection, table, rows, values)
    return found


def probed(connection: Connection, table: str, columns: Collection[str], at: datetime) -> None:
    """Note that columns were asked for again, and refused."""
    _update(connection, table, _named(columns), {"probed_at": at})


def take_back(connection: Connection, table: str, columns: Collection[str]) -> None:
    """Sync columns again that were set aside, and let them be filled in from the beginning."""
    _update(connection, table, _named(columns), _UNMARKED | {"backfill_json": _FROM_THE_START})


def note_backfill(
    connection: Connection, table: str, columns: Collection[str], position: Sequence[str] | None
) -> None:
    """Keep the key after which the filling in of columns goes on; None when it is done."""
    left = None if position is None else json.dumps({"position": list(position)})
    _update(connection, table, _named(columns), {"backfill_json": left})


def _named(columns: Collection[str]) -> list[dict[str, str]]:
    return [{"column": name} for name in columns]


def _update(
    connection: Connection,
    table: str,
    rows: Sequence[Mapping[str, str]],
    values: Mapping[str, Any],
) -> None:
    """Set values on columns; each of `rows` names one, and may hold what `values` bind."""
    if rows:
        one = update(sync_column_map).where(_C.table_name == table, _C.name == bindparam("column"))
        connection.execute(one.values(values), list(rows))


def pause(
    connection: Connection, table: str, reason: str, detail: str, *, by: str | None, at: datetime
) -> bool:
    """Pause a table; False if that changes nothing, or the map does not have it.

    A person's pause or another finding takes the place of a finding; a person's own stays.
    """
    values = {"pause_reason": reason, "pause_detail": detail, "paused_by": by, "paused_at": at}
    differs = or_(
        _T.pause_reason.is_distinct_from(reason), _T.pause_detail.is_distinct_from(detail)
    )
    return _switch(connection, table, values, _T.paused_by.is_(None), differs)


def resume(connection: Connection, table: str) -> bool:
    """Let a table go on; False if it was not paused."""
    nothing = dict.fromkeys(("pause_reason", "pause_detail", "paused_by", "paused_at"))
    return _switch(connection, table, nothing, _T.paused_at.is_not(None))


def _switch(
    connection: Connection, table: str, values: Mapping[str, Any], *conditions: ColumnElement[bool]
) -> bool:
    changed = connection.execute(
        update(sync_table_map).where(_T.name == table, *conditions).values(values)
    )
    return changed.rowcount == 1
