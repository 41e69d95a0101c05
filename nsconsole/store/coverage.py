"""Statements on audits, gaps, exclusions and findings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from nsconsole.catalog import Key, Reason
from nsconsole.store.coverage_audit import COUNTED, LAST_TURN, SPAN
from nsconsole.store.tables import (
    coverage_audits,
    coverage_exclusions,
    coverage_findings,
    coverage_gaps,
    coverage_tables,
    ns_catalog_changes,
    ns_catalog_columns,
    ns_catalog_fetches,
    ns_catalog_tables,
    sync_state,
)

_A, _G, _X, _F = coverage_audits.c, coverage_gaps.c, coverage_exclusions.c, coverage_findings.c
_T, _C = ns_catalog_tables.c, ns_catalog_columns.c
_IS_OPEN = _G.closed_audit_id.is_(None)


class Fetched(NamedTuple):
    """The newest fetch or import that brought something, and the newest change of the catalog."""

    fetch_id: int
    at: datetime
    change_id: int


def fetched(connection: Connection) -> Fetched | None:
    """Tell how old the catalog is; None if there is none."""
    f = ns_catalog_fetches.c
    newest = (
        select(f.id, f.ended_at)
        .where(f.status.in_(("done", "partial")))
        .order_by(f.id.desc())
        .limit(1)
    )
    row = connection.execute(newest).one_or_none()
    change = select(func.coalesce(func.max(ns_catalog_changes.c.id), 0))
    return Fetched(row.id, row.ended_at, connection.execute(change).scalar_one()) if row else None


def begin_audit(connection: Connection, trigger: str, catalog: Fetched, *, at: datetime) -> int:
    """Add an audit that has counted nothing yet; give its id."""
    nothing = dict.fromkeys(
        ("tables_total", "tables_mirrored", "columns_total", "columns_mirrored"), 0
    )
    row = {"at": at, "trigger": trigger, "fetch_id": catalog.fetch_id, "catalog_at": catalog.at}
    added = insert(coverage_audits).values(
        row | nothing | {"opened": 0, "closed": 0, "seconds": 0.0, "summary_json": "{}"}
    )
    audit_id: int = connection.execute(added.returning(_A.id)).scalar_one()
    return audit_id


def end_audit(connection: Connection, audit_id: int, values: Mapping[str, object]) -> Row[Any]:
    """Set what an audit counted; give it whole."""
    ended = update(coverage_audits).where(_A.id == audit_id).values(values)
    return connection.execute(ended.returning(coverage_audits)).one()


def audits(connection: Connection, *, limit: int | None = None) -> list[Row[Any]]:
    """Give the audits, the newest first."""
    return list(connection.execute(select(coverage_audits).order_by(_A.id.desc()).limit(limit)))


def audit(connection: Connection, audit_id: int) -> Row[Any] | None:
    """Give an audit."""
    return connection.execute(select(coverage_audits).where(_A.id == audit_id)).one_or_none()


def counted_tables(connection: Connection) -> list[Row[Any]]:
    """Give what the last audit counted of each table of which NetSuite gives columns, by name."""
    c = coverage_tables.c
    query = select(c.name, c.columns_total, c.columns_mirrored).where(c.columns_total > 0)
    return list(connection.execute(query.order_by(c.name)))


def audit_before(connection: Connection, audit_id: int) -> Row[Any] | None:
    """Give the audit before one; None if it was the first."""
    earlier = select(coverage_audits).where(_A.id < audit_id).order_by(_A.id.desc()).limit(1)
    return connection.execute(earlier).one_or_none()


def came_and_went(
    connection: Connection, earlier: int, later: int
) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """Give the gaps that a later audit has and an earlier one had not, and the other way round."""
    return (
        list(connection.execute(_only_at(later, earlier))),
        list(connection.execute(_only_at(earlier, later))),
    )


def _only_at(audit_id: int, other: int) -> Select[Any]:
    # Only gaps with an end between the two can be of the one and not of the other.
    low, high = sorted((audit_id, other))
    same = coverage_gaps.alias("same")
    elsewhere = exists().where(
        same.c.table_name == _G.table_name, same.c.name == _G.name, _lasts_at(same.c, other)
    )
    between = or_(
        _G.opened_audit_id.between(low + 1, high), _G.closed_audit_id.between(low + 1, high)
    )
    query = select(_G.table_name, _G.name, _G.gap, _G.reason)
    query = query.where(between, _lasts_at(_G, audit_id), ~elsewhere)
    return query.order_by(_G.priority, _G.table_name, _G.name)


def _lasts_at(gap: Any, audit_id: int) -> ColumnElement[bool]:  # noqa: ANN401 - SQLAlchemy's own
    is_open = or_(gap.closed_audit_id.is_(None), gap.closed_audit_id > audit_id)
    return and_(gap.opened_audit_id <= audit_id, is_open)


def gaps(
    connection: Connection,
    *conditions: ColumnElement[bool],
    limit: int | None = None,
    offset: int = 0,
) -> list[Row[Any]]:
    """Give open gaps by priority, each with what the catalog says."""
    query = (
        select(
            _G.table_name,
            _G.name,
            _G.gap,
            _G.reason,
            _G.priority,
            func.coalesce(_T.domain, "").label("domain"),
            func.coalesce(case((_G.name == "", _T.label), else_=_C.label), "").label("label"),
            _C.kind,
            func.coalesce(_C.native_type, "").label("native_type"),
            func.coalesce(_T.row_count, sync_state.c.surveyed_rows).label("row_count"),
            _C.filled,
            _C.sampled,
            coverage_audits.c.at.label("since"),
            func.coalesce(_note(), "").label("note"),
        )
        .select_from(coverage_gaps)
        # An outer join, so that the gaps are read in the order of their index, and no further.
        .outerjoin(coverage_audits, _A.id == _G.opened_audit_id)
        .outerjoin(ns_catalog_tables, _T.name == _G.table_name)
        .outerjoin(ns_catalog_columns, and_(_C.table_name == _G.table_name, _C.name == _G.name))
        .outerjoin(sync_state, sync_state.c.table_name == _G.table_name)
        .where(_IS_OPEN, *conditions)
        .order_by(_G.priority, _G.table_name, _G.name)
    )
    return list(connection.execute(query.limit(limit).offset(offset)))


def missing(connection: Connection, *, columns: bool) -> list[Row[Any]]:
    """Give the tables, or the columns, that NetSuite gives and the mirror lacks, by name."""
    query = (
        select(_G.table_name, _G.name, _C.kind)
        .outerjoin_from(
            coverage_gaps,
            ns_catalog_columns,
            and_(_C.table_name == _G.table_name, _C.name == _G.name),
        )
        .where(
            _IS_OPEN,
            _G.name != "" if columns else _G.name == "",
            _G.gap.in_(("missing_table", "missing_column", "unmapped")),
            _G.reason.in_(COUNTED),
        )
        .order_by(_G.table_name, _G.name)
    )
    return list(connection.execute(query))


def _note() -> ScalarSelect[str]:
    """What an operator said of the gap's column, or else of its table."""
    said = select(_X.note).where(_X.table_name == _G.table_name, _X.name.in_((_G.name, "")))
    return said.order_by(_X.name.desc()).limit(1).scalar_subquery()


def of_table(table: str) -> ColumnElement[bool]:
    """The gaps of a table."""
    return _G.table_name == table


def of_domain(domain: str) -> ColumnElement[bool]:
    """The gaps of a domain, as the catalog has them."""
    return _T.domain == domain


def for_reason(*reasons: str) -> ColumnElement[bool]:
    """The gaps for some reasons."""
    return _G.reason.in_(reasons)


def of_sort(*words: str) -> ColumnElement[bool]:
    """The gaps of some sorts."""
    return _G.gap.in_(words)


def exclude(connection: Connection, key: Key, note: str, *, by: str, at: datetime) -> None:
    """Keep that something need not be mirrored; its open gaps tell so at once."""
    row = {"table_name": key.table, "name": key.name}
    said = {"note": note, "excluded_by": by, "at": at}
    kept = upsert(coverage_exclusions).values(row | said)
    connection.execute(kept.on_conflict_do_update(index_elements=list(row), set_=said))
    last = _G.priority % SPAN + LAST_TURN * SPAN
    excluded = update(coverage_gaps).where(_IS_OPEN, _meant_by(key))
    connection.execute(excluded.values(reason=Reason.EXCLUDED.value, priority=last))


def include(connection: Connection, key: Key) -> bool:
    """Take that back; False if nothing was excluded. The next audit sorts the gaps in again."""
    taken = delete(coverage_exclusions).where(_X.table_name == key.table, _X.name == key.name)
    if not connection.execute(taken).rowcount:
        return False
    # What the table rests on may be as it was at the last audit, but its gaps are not.
    connection.execute(delete(coverage_tables).where(coverage_tables.c.name == key.table))
    still = exists().where(_X.table_name == _G.table_name, _X.name.in_((_G.name, "")))
    told = select(_C.reason).where(_C.table_name == _G.table_name, _C.name == _G.name)
    reason = func.coalesce(told.scalar_subquery(), Reason.NEVER_PLANNED.value)
    back = update(coverage_gaps).where(_IS_OPEN, _meant_by(key), ~still)
    connection.execute(back.values(reason=reason))
    return True


def _meant_by(key: Key) -> ColumnElement[bool]:
    meant = _G.table_name == key.table
    return and_(meant, _G.name == key.name) if key.name else meant


def exclusions(connection: Connection) -> list[Row[Any]]:
    """Give what is excluded, by name."""
    query = select(coverage_exclusions).order_by(_X.table_name, _X.name)
    return list(connection.execute(query))


def is_known(connection: Connection, key: Key) -> bool:
    """Tell whether the catalog has a table or column, or an open gap is of it."""
    in_catalog = select(_T.name).where(_T.name == key.table)
    if key.name:
        in_catalog = select(_C.name).where(_C.table_name == key.table, _C.name == key.name)
    gap = select(_G.name).where(_IS_OPEN, _G.table_name == key.table, _G.name == key.name)
    return any(connection.execute(query.limit(1)).first() for query in (in_catalog, gap))


def changes_after(connection: Connection, change_id: int) -> list[Row[Any]]:
    """Give what became of the catalog since a change, the oldest first."""
    c = ns_catalog_changes.c
    query = select(c.table_name, c.name, c.event, c.before, c.after)
    return list(connection.execute(query.where(c.id > change_id).order_by(c.id)))


def opened_by(connection: Connection, audit_id: int, *sorts: str) -> list[Row[Any]]:
    """Give what has an open gap of some sorts since an audit, and had none of them before it."""
    old = coverage_gaps.alias("old")
    of_same = and_(old.c.table_name == _G.table_name, old.c.name == _G.name, old.c.gap.in_(sorts))
    had = exists().where(old.c.closed_audit_id == audit_id, of_same)
    query = select(_G.table_name, _G.name, _G.gap, _G.reason)
    query = query.where(_IS_OPEN, _G.opened_audit_id == audit_id, _G.gap.in_(sorts), ~had)
    return list(connection.execute(query.order_by(_G.table_name, _G.name)))


def add_findings(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Keep what an audit found."""
    if rows:
        connection.execute(insert(coverage_findings), list(rows))


def unseen_findings(connection: Connection) -> list[Row[Any]]:
    """Give the findings that nobody has looked at, the newest first."""
    query = select(coverage_findings).where(_F.seen_at.is_(None)).order_by(_F.id.desc())
    return list(connection.execute(query))


def see_findings(connection: Connection, ids: Sequence[int], *, by: str, at: datetime) -> int:
    """Note who looked at findings; give how many nobody had looked at before."""
    seen = update(coverage_findings).where(_F.id.in_(ids), _F.seen_at.is_(None))
    return connection.execute(seen.values(seen_by=by, seen_at=at)).rowcount
