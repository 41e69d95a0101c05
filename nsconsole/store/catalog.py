"""Statements on the catalog: what each source says, what it comes to, and what became of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.dialects.sqlite import insert as insert_or_update

from nsconsole.catalog import Event, Reason, Source, State
from nsconsole.mapping import Kind
from nsconsole.store.tables import (
    ns_catalog_changes,
    ns_catalog_columns,
    ns_catalog_facts,
    ns_catalog_fetches,
    ns_catalog_tables,
)

_T = ns_catalog_tables.c
_C = ns_catalog_columns.c
_F = ns_catalog_facts.c
_R = ns_catalog_fetches.c
_SOURCES, _STATES = {s.value: s for s in Source}, {s.value: s for s in State}
_REASONS, _KINDS = {r.value: r for r in Reason}, {k.value: k for k in Kind}

TABLE = ""
"""The name, among those of its columns, that stands for the table itself."""


class Fact(NamedTuple):
    """What a source says of a column, or of a table; `at` is since when it says so."""

    table_name: str
    name: str
    source: Source
    at: datetime
    shown_name: str
    label: str
    native_type: str
    exposed: bool | None
    reason: Reason | None
    refers_to: str | None


class TableRow(NamedTuple):
    """A table of the catalog; `digest` stands for what SuiteQL last told of its columns."""

    name: str
    label: str
    domain: str
    custom: bool
    state: State
    reason: Reason | None
    disagrees: bool
    first_seen_at: datetime
    seen_at: datetime
    gone_at: datetime | None
    described_at: datetime | None
    digest: str | None


class ColumnRow(NamedTuple):
    """A column of the catalog; `seen_at` is when anything that is told of it last changed."""

    table_name: str
    name: str
    position: int
    label: str
    kind: Kind
    native_type: str
    custom: bool
    refers_to: str | None
    state: State
    reason: Reason | None
    disagrees: bool
    first_seen_at: datetime
    seen_at: datetime
    gone_at: datetime | None


class Change(NamedTuple):
    """What became of a column, or of a table, and how it was told before and after."""

    table_name: str
    name: str
    event: Event
    before: str | None = None
    after: str | None = None


class Fetch(NamedTuple):
    """A fetch or an import, as it ended or as it stands."""

    id: int
    kind: str
    started_at: datetime
    ended_at: datetime | None
    status: str
    requests: int
    sources_json: str
    error: str | None


def begin_fetch(connection: Connection, kind: str, *, owner: str, at: datetime) -> int:
    """Begin a fetch, and say of those that were cut off that they are over; give its id."""
    cut_off = {"status": "failed", "ended_at": at, "error": "it was cut off"}
    connection.execute(update(ns_catalog_fetches).where(_R.status == "running").values(cut_off))
    row = {"kind": kind, "owner": owner, "started_at": at, "status": "running"}
    begun = insert(ns_catalog_fetches).values(row).returning(_R.id)
    return int(connection.execute(begun).scalar_one())


def end_fetch(
    connection: Connection,
    fetch_id: int,
    status: str,
    *,
    at: datetime,
    requests: int,
    sources_json: str,
    error: str | None,
) -> None:
    """Say how a fetch ended."""
    values = {
        "status": status,
        "ended_at": at,
        "requests": requests,
        "sources_json": sources_json,
        "error": error,
    }
    connection.execute(update(ns_catalog_fetches).where(_R.id == fetch_id).values(values))


def last_fetch(connection: Connection, kind: str, *statuses: str) -> Fetch | None:
    """Give the newest fetch of a kind, of those that ended in one of some ways if any is named."""
    query = select(*(_R[name] for name in Fetch._fields)).where(_R.kind == kind)
    if statuses:
        query = query.where(_R.status.in_(statuses))
    row = connection.execute(query.order_by(_R.id.desc()).limit(1)).one_or_none()
    return Fetch._make(row) if row else None


def last_told_at(connection: Connection) -> datetime | None:
    """Give when a fetch or an import that told something last began."""
    told = _R.status.in_(("done", "partial"))
    at: datetime | None = connection.execute(select(func.max(_R.started_at)).where(told)).scalar()
    return at


def table_facts(connection: Connection) -> list[Fact]:
    """Give what the sources say of tables."""
    return _facts(connection, _F.name == TABLE)


def column_facts(connection: Connection, tables: Collection[str]) -> list[Fact]:
    """Give what the sources say of the columns of some tables."""
    return _facts(connection, and_(_F.table_name.in_(tables), _F.name != TABLE))


def facts_of(connection: Connection, table: str) -> list[Fact]:
    """Give what the sources say of a table and its columns."""
    return _facts(connection, _F.table_name == table)


def tables_told_by(connection: Connection, source: Source) -> set[str]:
    """Give the tables of whose columns a source tells."""
    query = select(_F.table_name).where(_F.source == source.value, _F.name != TABLE).distinct()
    return set(connection.execute(query).scalars())


def _facts(connection: Connection, wanted: Any) -> list[Fact]:  # noqa: ANN401 - SQLAlchemy's own
    query = select(*(_F[name] for name in Fact._fields)).where(wanted)
    rows = connection.execute(query.order_by(_F.table_name, _F.name))
    return [
        Fact._make(
            (
                *(table, name, _SOURCES[source], *told),
                None if exposed is None else bool(exposed),
                reason and _REASONS[reason],
                refers_to,
            )
        )
        for table, name, source, *told, exposed, reason, refers_to in rows
    ]


def replace_facts(connection: Connection, before: Iterable[Fact], after: Iterable[Fact]) -> None:
    """Store what sources say now in the place of what they said; only what differs is written."""
    old, new = ({fact[:3]: fact for fact in facts} for facts in (before, after))
    _put(connection, ns_catalog_facts, [f for key, f in new.items() if old.get(key) != f])
    gone = [{"t": t, "n": n, "s": s.value} for t, n, s in old if (t, n, s) not in new]
    if gone:
        of_key = and_(
            _F.table_name == bindparam("t"), _F.name == bindparam("n"), _F.source == bindparam("s")
        )
        connection.execute(delete(ns_catalog_facts).where(of_key), gone)


def tables(connection: Connection, names: Collection[str] | None = None) -> list[TableRow]:
    """Give all tables by name, those that are gone too; or some that are there."""
    query = select(*(_T[name] for name in TableRow._fields)).order_by(_T.name)
    if names is not None:
        query = query.where(_T.name.in_(names), _T.gone_at.is_(None))
    return [_table(row) for row in connection.execute(query)]


def table(connection: Connection, name: str) -> TableRow | None:
    """Give a table by name."""
    query = select(*(_T[field] for field in TableRow._fields)).where(_T.name == name)
    row = connection.execute(query).one_or_none()
    return _table(row) if row else None


def columns(connection: Connection, of_tables: Collection[str]) -> list[ColumnRow]:
    """Give the columns of some tables, those that are gone too, in their order."""
    query = select(*(_C[name] for name in ColumnRow._fields)).where(_C.table_name.in_(of_tables))
    rows = connection.execute(query.order_by(_C.table_name, _C.position, _C.name))
    return [_column(row) for row in rows]


def custom_columns(connection: Connection) -> list[tuple[str, str]]:
    """Give table and name of the custom columns that are there."""
    query = select(_C.table_name, _C.name).where(_C.custom == 1, _C.gone_at.is_(None))
    return [(table, name) for table, name in connection.execute(query)]


def counts(connection: Connection) -> dict[str, tuple[int, int]]:
    """Count each table's columns that are there, and those of them that a query may name."""
    queryable = func.sum(_C.state == State.QUERYABLE.value)
    query = select(_C.table_name, func.count(), queryable).where(_C.gone_at.is_(None))
    rows = connection.execute(query.group_by(_C.table_name))
    return {table: (total, given) for table, total, given in rows}


def _table(row: Any) -> TableRow:  # noqa: ANN401 - SQLAlchemy's own
    return TableRow._make(row)._replace(
        custom=bool(row.custom),
        state=State(row.state),
        reason=row.reason and Reason(row.reason),
        disagrees=bool(row.disagrees),
    )


def _column(row: Any) -> ColumnRow:  # noqa: ANN401 - SQLAlchemy's own
    return ColumnRow._make(row)._replace(
        kind=Kind(row.kind),
        custom=bool(row.custom),
        state=State(row.state),
        reason=row.reason and Reason(row.reason),
        disagrees=bool(row.disagrees),
    )


def put_tables(connection: Connection, rows: Sequence[TableRow]) -> None:
    """Store tables, in the place of those of the same names; their counts of rows stay."""
    _put(connection, ns_catalog_tables, rows)


def put_columns(connection: Connection, rows: Sequence[ColumnRow]) -> None:
    """Store columns, in the place of those of the same names; what probes found of them stays."""
    _put(connection, ns_catalog_columns, rows)


def describe(connection: Connection, digests: Mapping[str, str | None], at: datetime) -> None:
    """Note that tables were described, and what stands for what SuiteQL told of each."""
    rows = [{"t": name, "digest": digest} for name, digest in digests.items()]
    if rows:
        one = update(ns_catalog_tables).where(_T.name == bindparam("t"))
        connection.execute(one.values(digest=bindparam("digest"), described_at=at), rows)


def forget_digests(connection: Connection, of_tables: Collection[str]) -> None:
    """Let the descriptions of tables count as new when they are next read."""
    rows = [{"t": name} for name in of_tables]
    if rows:
        one = update(ns_catalog_tables).where(_T.name == bindparam("t"))
        connection.execute(one.values(digest=None, described_at=None), rows)


def close_columns(connection: Connection, reasons: Mapping[str, Reason | None]) -> None:
    """Say of all columns of tables that no query may name them, for the table's reason."""
    rows = [{"t": name, "why": reason and reason.value} for name, reason in reasons.items()]
    if rows:
        those = update(ns_catalog_columns).where(_C.table_name == bindparam("t"))
        closed = those.values(state=State.UNQUERYABLE.value, reason=bindparam("why"))
        connection.execute(closed, rows)


def lose_columns(connection: Connection, of_tables: Collection[str], at: datetime) -> None:
    """Say of all columns of tables that they are gone with them, and forget what was told."""
    rows = [{"t": name} for name in of_tables]
    if rows:
        those = and_(_C.table_name == bindparam("t"), _C.gone_at.is_(None))
        connection.execute(update(ns_catalog_columns).where(those).values(gone_at=at), rows)
        told = and_(_F.table_name == bindparam("t"), _F.name != TABLE)
        connection.execute(delete(ns_catalog_facts).where(told), rows)


def note_changes(
    connection: Connection, fetch_id: int, changes: Iterable[Change], at: datetime
) -> None:
    """Keep what became of tables and columns."""
    rows = [
        {**change._asdict(), "event": change.event.value, "fetch_id": fetch_id, "at": at}
        for change in changes
    ]
    if rows:
        connection.execute(insert(ns_catalog_changes), rows)


def changes_of(connection: Connection, table_name: str) -> list[tuple[datetime, Change]]:
    """Give what became of a table and its columns, the newest first."""
    c = ns_catalog_changes.c
    query = select(c.at, *(c[name] for name in Change._fields)).where(c.table_name == table_name)
    rows = connection.execute(query.order_by(c.id.desc()))
    return [(at, Change(*rest)._replace(event=Event(rest[2]))) for at, *rest in rows]


def _put(connection: Connection, into: Table, rows: Sequence[Any]) -> None:
    if rows:
        statement = _upsert(into, rows[0]._fields)
        connection.execute(statement, [row._asdict() for row in rows])


@cache
def _upsert(into: Table, fields: tuple[str, ...]) -> Insert:
    statement = insert_or_update(into)
    keys = {column.name for column in into.primary_key}
    values = {name: statement.excluded[name] for name in fields if name not in keys}
    return statement.on_conflict_do_update(index_elements=sorted(keys), set_=values)
