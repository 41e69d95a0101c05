"""Statements on what could be planned: what the catalog has and neither map nor exclusions name."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, and_, exists, func, or_, select

from nsconsole.catalog import Reason, State
from nsconsole.mapping import DELETIONS, Kind
from nsconsole.store.tables import (
    coverage_audits,
    coverage_exclusions,
    coverage_phases,
    ns_catalog_columns,
    ns_catalog_tables,
    sync_column_map,
    sync_runs,
    sync_table_map,
)

_T = ns_catalog_tables.c
_C = ns_catalog_columns.c
_X = coverage_exclusions.c
_P = coverage_phases.c
_R = sync_runs.c

_UNFINISHED = ("proposed", "approved", "applying", "failed")
_RECENT = 200  # runs that tell how quickly NetSuite answers


class TableRow(NamedTuple):
    """A table of the catalog that no query is known to be refused; `mapped` if the map has it."""

    name: str
    domain: str
    state: State
    reason: Reason | None
    row_count: int | None
    mapped: bool


class ColumnRow(NamedTuple):
    """A column that is not mapped; `filled` of `sampled` rows had a value when it was probed."""

    table_name: str
    name: str
    kind: Kind
    native_type: str
    custom: bool
    refers_to: str | None
    state: State
    filled: int | None
    sampled: int | None


def tables(connection: Connection) -> list[TableRow]:
    """Give the tables that may be queried and are not excluded, by name."""
    mapped = sync_table_map.c.name.is_not(None).label("mapped")
    excluded = exists().where(_X.table_name == _T.name, _X.name == "")
    query = (
        select(_T.name, _T.domain, _T.state, _T.reason, _T.row_count, mapped)
        .outerjoin(sync_table_map, sync_table_map.c.name == _T.name)
        .where(_T.gone_at.is_(None), _T.state != State.UNQUERYABLE.value, ~excluded)
        .order_by(_T.name)
    )
    return [
        TableRow._make(row)._replace(
            state=State(row.state),
            reason=row.reason and Reason(row.reason),
            mapped=bool(row.mapped),
        )
        for row in connection.execute(query)
    ]


def columns(connection: Connection) -> list[ColumnRow]:
    """Give the columns that may be queried, are not mapped and not excluded, by table, in order."""
    m = sync_column_map.c
    excluded = exists().where(
        _X.table_name == _C.table_name, or_(_X.name == "", _X.name == _C.name)
    )
    query: Select[Any] = (
        select(*(_C[name] for name in ColumnRow._fields))
        .outerjoin(sync_column_map, and_(m.table_name == _C.table_name, m.name == _C.name))
        .where(m.name.is_(None), _C.gone_at.is_(None), _C.state != State.UNQUERYABLE.value)
        .where(~excluded)
        .order_by(_C.table_name, _C.position, _C.name)
    )
    return [_column(row) for row in connection.execute(query)]


def _column(row: Row[Any]) -> ColumnRow:
    return ColumnRow._make(row)._replace(
        kind=Kind(row.kind), custom=bool(row.custom), state=State(row.state)
    )


def why_not(connection: Connection, table: str) -> str | None:
    """Give why a table cannot be planned, as a word of `Reason`; "" for none, None if unknown."""
    excluded = select(_X.note).where(_X.table_name == table, _X.name == "")
    if connection.execute(excluded).one_or_none() is not None:
        return Reason.EXCLUDED.value
    row = connection.execute(
        select(_T.state, _T.reason, _T.gone_at).where(_T.name == table)
    ).one_or_none()
    if row is None:
        return None
    if row.gone_at is not None:
        return Reason.REMOVED.value
    if row.state == State.UNQUERYABLE.value:
        return row.reason or Reason.NOT_QUERYABLE.value
    return ""


def is_known(connection: Connection) -> bool:
    """Tell whether the catalog has anything."""
    return connection.execute(select(_T.name).limit(1)).one_or_none() is not None


def unfinished_plans(connection: Connection) -> list[tuple[str, str]]:
    """Give name and plan of the phases that wait for a decision, or to be applied."""
    query = select(_P.name, _P.plan_json).where(_P.state.in_(_UNFINISHED)).order_by(_P.number)
    return [(row.name, row.plan_json) for row in connection.execute(query)]


def last_number(connection: Connection) -> int | None:
    """Give the highest number of a phase."""
    return connection.execute(select(func.max(_P.number))).scalar()


def last_audit(connection: Connection) -> int | None:
    """Give the id of the last audit."""
    return connection.execute(select(func.max(coverage_audits.c.id))).scalar()


def pace(connection: Connection) -> float | None:
    """Give the seconds that a request of a sync took of late; None while too few are known."""
    seconds = (func.julianday(_R.ended_at) - func.julianday(_R.started_at)) * 86_400
    recent = (
        select(_R.requests.label("requests"), seconds.label("seconds"))
        .where(_R.ended_at.is_not(None), _R.requests > 1)
        .order_by(_R.id.desc())
        .limit(_RECENT)
        .subquery()
    )
    row = connection.execute(select(func.sum(recent.c.requests), func.sum(recent.c.seconds))).one()
    return row[1] / row[0] if row[0] else None


def told_deletions(connection: Connection) -> Collection[str]:
    """Give the script ids, in lower case, of what NetSuite has told the deletion of so far."""
    there = "SELECT 1 FROM pragma_table_info(?) WHERE name = 'scriptid'"
    if connection.exec_driver_sql(there, (f"ns_{DELETIONS}",)).one_or_none() is None:
        return ()
    query = f"SELECT DISTINCT lower(scriptid) FROM ns_{DELETIONS} WHERE scriptid IS NOT NULL"  # noqa: S608 - a constant
    return set(connection.exec_driver_sql(query).scalars())
