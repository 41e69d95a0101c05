"""Statements on what probes found: which columns NetSuite gives, how full, of how many rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, update

from nsconsole.catalog import Reason, State
from nsconsole.mapping import Kind
from nsconsole.store.tables import ns_catalog_columns, ns_catalog_tables

_T = ns_catalog_tables.c
_C = ns_catalog_columns.c


class Found(NamedTuple):
    """What a column's probe found; `filled` of `sampled` rows have a value, None if unknown."""

    name: str
    state: State
    reason: Reason | None
    disagrees: bool
    filled: int | None
    sampled: int | None


def put_columns(connection: Connection, table: str, found: Sequence[Found], at: datetime) -> None:
    """Keep what was found of columns that the catalog has."""
    rows = [
        {
            "column": each.name,
            "new_state": each.state.value,
            "why": each.reason and each.reason.value,
            "differs": each.disagrees,
            "full": each.filled,
            "of": each.sampled,
        }
        for each in found
    ]
    if rows:
        one = update(ns_catalog_columns).where(
            _C.table_name == table, _C.name == bindparam("column")
        )
        values = {
            "state": bindparam("new_state"),
            "reason": bindparam("why"),
            "disagrees": bindparam("differs"),
            "filled": bindparam("full"),
            "sampled": bindparam("of"),
            "probed_at": at,
        }
        connection.execute(one.values(values), rows)


def put_kinds(connection: Connection, table: str, kinds: Mapping[str, Kind]) -> None:
    """Keep what columns hold, where their values have shown it."""
    rows = [{"column": name, "holds": kind.value} for name, kind in kinds.items()]
    if rows:
        one = update(ns_catalog_columns).where(
            _C.table_name == table, _C.name == bindparam("column")
        )
        connection.execute(one.values(kind=bindparam("holds")), rows)


def put_reason(connection: Connection, table: str, reason: Reason) -> None:
    """Keep why columns that a query may name cannot be mirrored: it is for their table's sake."""
    those = (_C.table_name == table, _C.state == State.QUERYABLE.value)
    connection.execute(update(ns_catalog_columns).where(*those).values(reason=reason.value))


def put_table(connection: Connection, table: str, *, state: State, reason: Reason | None) -> None:
    """Keep whether a query may name a table that the catalog has, and if not, why."""
    one = update(ns_catalog_tables).where(_T.name == table)
    connection.execute(one.values(state=state.value, reason=reason and reason.value))


def put_counts(connection: Connection, counts: Mapping[str, int], at: datetime) -> None:
    """Keep how many rows tables have."""
    rows = [{"table": table, "rows": rows} for table, rows in counts.items()]
    if rows:
        one = update(ns_catalog_tables).where(_T.name == bindparam("table"))
        connection.execute(one.values(row_count=bindparam("rows"), counted_at=at), rows)
