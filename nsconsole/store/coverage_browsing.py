"""Open gaps as a person looks through them: a window of the rows that match, in some order.

Nothing here is cut to a page afterwards: of 30,000 gaps only those in sight leave the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.sql.base import ColumnCollection, ReadOnlyColumnCollection

from nsconsole.catalog import Key, Looking, Order, Reason
from nsconsole.store.tables import (
    coverage_audits,
    coverage_exclusions,
    coverage_gaps,
    ns_catalog_columns,
    ns_catalog_facts,
    ns_catalog_tables,
    sync_column_map,
    sync_state,
)

Columns = ReadOnlyColumnCollection[str, Any] | ColumnCollection[str, Any]

GAPS = ("missing_table", "missing_column", "mapped_gone", "set_aside", "unmapped", "type_changed")

_G, _T, _C, _F = coverage_gaps.c, ns_catalog_tables.c, ns_catalog_columns.c, ns_catalog_facts.c
# Not `likely`, SQLite would look these up by another index, and sort them into tables.
_IS_OPEN = func.likely(_G.closed_audit_id.is_(None))
_IS_TABLE = _G.name == ""
_IS_CLOSABLE = and_(~_IS_TABLE, _G.reason.in_(("never_planned", "unprobed")))
_IS_WHOLE = case((_G.gap == "missing_table", 1), else_=0)


@dataclass(frozen=True, slots=True)
class GapRow:
    """A gap, or all gaps of a table, `columns` of them of its columns; `closable` can be planned.

    A table's `gap` and `reason` are those of its most valuable gap, and its `filled` of `sampled`
    values are added up over its columns. `kind` and `label` are those of the catalog, `note` is the
    operator's who excluded it.
    """

    table: str
    name: str
    gap: str
    reason: str
    priority: int
    columns: int
    closable: int
    domain: str
    label: str
    kind: str
    rows: int | None
    filled: int | None
    sampled: int | None
    note: str

    @property
    def key(self) -> Key:
        """What it is known by."""
        return Key(self.table, self.name)

    @property
    def fill(self) -> float | None:
        """The share of values that are there, from 0 to 1; None if it was never sampled."""
        return None if not self.sampled or self.filled is None else self.filled / self.sampled


@dataclass(frozen=True, slots=True)
class Says:
    """What a source says of a column; `exposed` is None if it cannot know."""

    source: str
    exposed: bool | None
    native_type: str
    reason: str


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column as the catalog has it, beside the map and what the last audit found of it.

    `gap` and `reason` are empty for one that is mirrored. `listed` is False for a column that the
    map or the mirror has, and the catalog does not.
    """

    name: str
    label: str
    kind: str
    listed: bool
    gone: bool
    mapped: bool
    gap: str
    reason: str
    note: str
    filled: int | None
    sampled: int | None
    says: tuple[Says, ...] = ()

    @property
    def fill(self) -> float | None:
        """The share of values that are there, from 0 to 1; None if it was never sampled."""
        return None if not self.sampled or self.filled is None else self.filled / self.sampled


class Extent(NamedTuple):
    """How much matches: rows of the list, and gaps, of which a table's row may stand for many."""

    rows: int
    gaps: int


class Mark(NamedTuple):
    """Tells whether the gaps may have changed: equal marks, equal gaps."""

    audit: int
    gap: int
    exclusions: int
    excluded_at: datetime | None


def mark(connection: Connection) -> Mark:
    """Give the present mark."""
    query = select(
        select(func.coalesce(func.max(coverage_audits.c.id), 0)).scalar_subquery(),
        select(func.coalesce(func.max(_G.id), 0)).scalar_subquery(),
        select(func.count()).select_from(coverage_exclusions).scalar_subquery(),
        select(func.max(coverage_exclusions.c.at)).scalar_subquery(),
    )
    return Mark(*connection.execute(query).one())


def look(
    connection: Connection, looking: Looking, *, offset: int, limit: int
) -> tuple[Extent, list[GapRow]]:
    """Count what matches, and give its rows from `offset` on, at most `limit`."""
    matches = _matches(connection, looking)
    if not looking.by_table:
        query = select(func.count()).where(_IS_OPEN, matches)
        gaps: int = connection.execute(query).scalar_one()
        return Extent(gaps, gaps), _page(
            connection, looking, _gaps(looking, matches), offset, limit
        )
    found = _tables_with(connection, matches)
    tables = _tables(looking, list(found) if looking.words else None)
    extent = Extent(len(found), sum(found.values()))
    return extent, _page(connection, looking, tables, offset, limit)


def _tables_with(connection: Connection, matches: ColumnElement[bool]) -> dict[str, int]:
    """Count the gaps that match, by table."""
    query = select(_G.table_name, func.count()).where(_IS_OPEN, matches).group_by(_G.table_name)
    return {row[0]: row[1] for row in connection.execute(query)}


def _page(
    connection: Connection, looking: Looking, listed: Select[Any], offset: int, limit: int
) -> list[GapRow]:
    found = _in_order(looking, listed).offset(offset).limit(limit).cte("found")
    fill: FromClause = _added_up(found) if looking.by_table else ns_catalog_columns
    query = select(
        *(
            found.c[name]
            for name in ("table_name", "name", "gap", "reason", "priority", "columns", "closable")
        ),
        func.coalesce(_T.domain, ""),
        func.coalesce(_C.label, _T.label, ""),
        func.coalesce(_C.kind, ""),
        _rows(found.c.table_name),
        fill.c.filled,
        fill.c.sampled,
        func.coalesce(_note(found.c.table_name, found.c.name), ""),
    ).select_from(_with_catalog(found, fill))
    return [GapRow(*row) for row in connection.execute(_in_order(looking, query, found.c))]


def position(connection: Connection, looking: Looking, key: Key) -> int | None:
    """Tell at which place of all that matches a row stands; None if it does not match."""
    listed = _listed(connection, looking).cte("listed")
    place = func.row_number().over(order_by=_order(looking, listed.c))
    placed = select(listed.c.table_name, listed.c.name, (place - 1).label("place")).cte("placed")
    found: int | None = connection.execute(
        select(placed.c.place).where(placed.c.table_name == key.table, placed.c.name == key.name)
    ).scalar_one_or_none()
    return found


def keys(connection: Connection, looking: Looking) -> set[Key]:
    """Give the keys of all rows that match."""
    return {
        Key(row.table_name, row.name) for row in connection.execute(_listed(connection, looking))
    }


def table(connection: Connection, name: str) -> list[ColumnRow]:
    """Give the columns of a table: the catalog's in its order, then those that it lacks."""
    mapped, gap = sync_column_map, coverage_gaps
    names = (
        select(_C.name)
        .where(_C.table_name == name)
        .union(
            select(mapped.c.name).where(mapped.c.table_name == name),
            select(_G.name).where(_G.table_name == name, _IS_OPEN, ~_IS_TABLE),
        )
        .subquery()
    )
    listed = and_(_C.table_name == name, _C.name == names.c.name)
    is_mapped = and_(mapped.c.table_name == name, mapped.c.name == names.c.name)
    has_gap = and_(_G.table_name == name, _G.name == names.c.name, _IS_OPEN)
    query = (
        select(
            names.c.name,
            func.coalesce(_C.label, ""),
            func.coalesce(_C.kind, mapped.c.kind, ""),
            _C.name.is_not(None),
            _C.gone_at.is_not(None),
            mapped.c.name.is_not(None),
            func.coalesce(_G.gap, ""),
            func.coalesce(_G.reason, ""),
            func.coalesce(_note(literal(name), names.c.name), ""),
            _C.filled,
            _C.sampled,
        )
        .select_from(names)
        .outerjoin(ns_catalog_columns, listed)
        .outerjoin(mapped, is_mapped)
        .outerjoin(gap, has_gap)
        .order_by(_C.position.is_(None), _C.position, names.c.name)
    )
    says = _says(connection, name)
    found = (ColumnRow(*row) for row in connection.execute(query))
    return [replace(column, says=tuple(says.get(column.name, ()))) for column in found]


def _says(connection: Connection, table_name: str) -> dict[str, list[Says]]:
    query = select(_F.name, _F.source, _F.exposed, _F.native_type, _F.reason)
    found: dict[str, list[Says]] = {}
    for row in connection.execute(query.where(_F.table_name == table_name).order_by(_F.source)):
        exposed = None if row.exposed is None else bool(row.exposed)
        says = Says(row.source, exposed, row.native_type, row.reason or "")
        found.setdefault(row.name, []).append(says)
    return found


def _note(table_name: ColumnElement[str], name: ColumnElement[str]) -> ScalarSelect[str]:
    """The note with which a column or its whole table was excluded."""
    excluded = coverage_exclusions.c
    query = select(excluded.note).where(
        excluded.table_name == table_name, or_(excluded.name == "", excluded.name == name)
    )
    return query.order_by(excluded.name.desc()).limit(1).scalar_subquery()


def columns(connection: Connection, tables: Sequence[str]) -> dict[str, list[str]]:
    """Give the columns with an open gap of some tables."""
    query = select(_G.table_name, _G.name).where(_IS_OPEN, ~_IS_TABLE, _G.table_name.in_(tables))
    found: dict[str, list[str]] = {table: [] for table in tables}
    for table, name in connection.execute(query):
        found[table].append(name)
    return found


def _listed(connection: Connection, looking: Looking) -> Select[Any]:
    matches = _matches(connection, looking)
    if not looking.by_table:
        return _gaps(looking, matches)
    return _tables(looking, list(_tables_with(connection, matches)) if looking.words else None)


def _gaps(looking: Looking, matches: ColumnElement[bool]) -> Select[Any]:
    sorts: dict[Order, ColumnElement[Any]] = {
        Order.PRIORITY: literal(0),
        Order.ROWS: _rows(_G.table_name),
        Order.FILL: _C.filled * 1.0 / func.nullif(_C.sampled, 0),
    }
    shown = (_G.table_name, _G.name, _G.gap, _G.reason, _G.priority)
    of_tables = (literal(0).label("columns"), literal(0).label("closable"))
    query = select(*shown, *of_tables, sorts[looking.order].label("sort"))
    return query.where(_IS_OPEN, matches).select_from(_as_far_as_needed(looking))


def _tables(looking: Looking, names: Sequence[str] | None) -> Select[Any]:
    """The tables with gaps, those of some names or all."""
    sorts: dict[Order, ColumnElement[Any]] = {
        Order.PRIORITY: literal(0),
        Order.ROWS: _rows(_G.table_name),
        Order.FILL: func.sum(_C.filled) * 1.0 / func.nullif(func.sum(_C.sampled), 0),
    }
    query = select(
        _G.table_name,
        literal("").label("name"),
        # Beside a lone min(), SQLite takes these from the row that has it.
        case((func.sum(_IS_WHOLE) > 0, "missing_table"), else_=_G.gap).label("gap"),
        _G.reason,
        func.min(_G.priority).label("priority"),
        func.sum(case((_IS_TABLE, 0), else_=1)).label("columns"),
        func.sum(case((_IS_CLOSABLE, 1), else_=0)).label("closable"),
        sorts[looking.order].label("sort"),
    )
    query = query.select_from(_as_far_as_needed(looking)).where(_IS_OPEN)
    if names is not None:
        query = query.where(_G.table_name.in_(names))
    return query.group_by(_G.table_name)


def _as_far_as_needed(looking: Looking) -> FromClause:
    """The gaps beside what of the catalog the order asks for: each join costs."""
    if looking.order is Order.ROWS:
        return coverage_gaps.outerjoin(ns_catalog_tables, _T.name == _G.table_name)
    if looking.order is Order.FILL:
        same = and_(_C.table_name == _G.table_name, _C.name == _G.name)
        return coverage_gaps.outerjoin(ns_catalog_columns, same)
    return coverage_gaps


def _rows(table_name: ColumnElement[str]) -> ColumnElement[int]:
    """How many rows NetSuite has of a table: as it was counted, or surveyed by the last sync."""
    surveyed = select(sync_state.c.surveyed_rows).where(sync_state.c.table_name == table_name)
    return func.coalesce(_T.row_count, surveyed.scalar_subquery())


def _matches(connection: Connection, looking: Looking) -> ColumnElement[bool]:
    """What the words ask for; of a gap no more is compared than its names, if that is enough."""
    domains = connection.execute(select(_T.domain).distinct()).scalars().all()
    return and_(true(), *(_has(word, domains) for word in looking.words))


def _has(word: str, domains: Sequence[str]) -> ColumnElement[bool]:
    either = [func.instr(_G.table_name, word) > 0, func.instr(_G.name, word) > 0]
    known = ((_G.reason, tuple(Reason)), (_G.gap, GAPS))
    for column, values in known:
        if found := [value for value in values if word in value]:
            either.append(column.in_(found))
    if found := [domain for domain in domains if word in domain]:
        either.append(_G.table_name.in_(select(_T.name).where(_T.domain.in_(found))))
    return or_(*either)


def _order(looking: Looking, columns: Columns) -> list[ColumnElement[Any]]:
    by_value = [] if looking.order is Order.PRIORITY else [columns["sort"].desc().nulls_last()]
    return [*by_value, columns["priority"], columns["table_name"], columns["name"]]


def _in_order(looking: Looking, query: Select[Any], columns: Columns | None = None) -> Select[Any]:
    return query.order_by(*_order(looking, columns or query.selected_columns))


def _added_up(found: FromClause) -> FromClause:
    """Add up how full the columns of the tables found are."""
    same = and_(_C.table_name == _G.table_name, _C.name == _G.name)
    query = select(
        _G.table_name, func.sum(_C.filled).label("filled"), func.sum(_C.sampled).label("sampled")
    ).select_from(coverage_gaps.join(ns_catalog_columns, same))
    of_these = _G.table_name.in_(select(found.c.table_name))
    return query.where(_IS_OPEN, of_these).group_by(_G.table_name).cte("added_up")


def _with_catalog(found: FromClause, fill: FromClause) -> FromClause:
    same = and_(_C.table_name == found.c.table_name, _C.name == found.c.name)
    joined = found.outerjoin(ns_catalog_tables, _T.name == found.c.table_name)
    joined = joined.outerjoin(ns_catalog_columns, same)
    if fill is ns_catalog_columns:
        return joined
    return joined.outerjoin(fill, fill.c.table_name == found.c.table_name)
