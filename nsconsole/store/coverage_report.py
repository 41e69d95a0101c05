"""What the coverage page tells, read as it stood at one audit."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, or_, select

from nsconsole.store.coverage_audit import COUNTED
from nsconsole.store.tables import (
    coverage_audits,
    coverage_exclusions,
    coverage_findings,
    coverage_gaps,
    coverage_phase_steps,
    coverage_phases,
    ns_catalog_columns,
    ns_catalog_tables,
    sync_column_map,
    sync_state,
    sync_table_map,
)

_A, _G, _P, _S = coverage_audits.c, coverage_gaps.c, coverage_phases.c, coverage_phase_steps.c
_F, _X = coverage_findings.c, coverage_exclusions.c
_T, _C = ns_catalog_tables.c, ns_catalog_columns.c
_M = sync_column_map.c
_PHASE = [
    _P[name]
    for name in ("id", "number", "name", "title", "state", "proposal_id", "plan_json", "created_at",
                 "applied_at", "error")
]  # fmt: skip
_IS_RETYPED = _G.gap == "type_changed"  # in what is mirrored all the same


def audits(connection: Connection, until: int | None, *, limit: int) -> Sequence[Row[Any]]:
    """Give the audits up to one by id, or up to the last, the newest first."""
    query = select(coverage_audits).order_by(_A.id.desc()).limit(limit)
    query = query if until is None else query.where(_A.id <= until)
    return connection.execute(query).all()


def tables(connection: Connection, audit: int) -> Sequence[Row[Any]]:
    """Give each table that is known: what the catalog says, and how many columns are mirrored.

    Those are the mapped columns that have no gap, or only another type now.
    """
    names = (
        select(_T.name)
        .where(_T.gone_at.is_(None))
        .union(select(sync_table_map.c.name), select(_G.table_name).where(_open_at(audit)))
        .subquery()
    )
    gap = and_(
        _G.table_name == _M.table_name,
        _G.name == _M.name,
        ~_IS_RETYPED,
        _open_at(audit),
    )
    mirrored = (
        select(_M.table_name, func.count().label("columns"))
        .join_from(sync_column_map, coverage_gaps, gap, isouter=True)
        .where(_G.id.is_(None))
        .group_by(_M.table_name)
        .subquery()
    )
    query = (
        select(
            names.c.name,
            func.coalesce(_T.label, "").label("label"),
            _T.domain,
            func.coalesce(_T.row_count, sync_state.c.surveyed_rows).label("rows"),
            sync_table_map.c.name.is_not(None).label("mapped"),
            func.coalesce(mirrored.c.columns, 0).label("mirrored"),
        )
        .select_from(names)
        .outerjoin(ns_catalog_tables, _T.name == names.c.name)
        .outerjoin(sync_table_map, sync_table_map.c.name == names.c.name)
        .outerjoin(sync_state, sync_state.c.table_name == names.c.name)
        .outerjoin(mirrored, mirrored.c.table_name == names.c.name)
        .order_by(names.c.name)
    )
    return connection.execute(query).all()


def gaps(connection: Connection, audit: int) -> Sequence[Row[Any]]:
    """Give the gaps by table and, within one, by priority.

    Each row has the table, the column (empty if the gap is the table's own), the reason, the kind,
    whether coverage lacks it, the priority, filled and sampled, and the note of an exclusion.
    """
    column = and_(_C.table_name == _G.table_name, _C.name == _G.name)
    excluded = and_(_X.table_name == _G.table_name, _X.name == _G.name)
    query = (
        select(
            _G.table_name,
            _G.name,
            case((_IS_RETYPED, _G.gap), else_=_G.reason),
            func.coalesce(_C.kind, ""),
            and_(~_IS_RETYPED, _G.reason.in_(COUNTED)),
            _G.priority,
            _C.filled,
            _C.sampled,
            func.coalesce(_X.note, ""),
        )
        .select_from(coverage_gaps)
        .outerjoin(ns_catalog_columns, column)
        .outerjoin(coverage_exclusions, excluded)
        .where(_open_at(audit))
        .order_by(_G.table_name, _G.priority, _G.name)
    )
    return connection.execute(query).all()


def findings(connection: Connection, until: int, *, limit: int) -> Sequence[Row[Any]]:
    """Give what the audits up to one found, the newest first."""
    query = select(coverage_findings).where(_F.audit_id <= until).order_by(_F.id.desc())
    return connection.execute(query.limit(limit)).all()


def phases(connection: Connection) -> Sequence[Row[Any]]:
    """Give the phases, the newest first, each with the step that is running or failed."""
    unfinished = and_(_S.phase_id == _P.id, _S.state != "done")
    query: Select[Any] = (
        select(*_PHASE, _S.step)
        .outerjoin(coverage_phase_steps, unfinished)
        .order_by(_P.number.desc())
    )
    return connection.execute(query).all()


def _open_at(audit: int) -> ColumnElement[bool]:
    return and_(
        _G.opened_audit_id <= audit,
        or_(_G.closed_audit_id.is_(None), _G.closed_audit_id > audit),
    )
