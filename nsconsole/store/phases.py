"""Statements on the phases, on their steps, on what a plan rests on and what came of it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from nsconsole.store.tables import (
    coverage_gaps,
    coverage_phase_steps,
    coverage_phases,
    ns_catalog_changes,
    ns_catalog_columns,
    ns_catalog_tables,
    proposed_actions,
)

_P = coverage_phases.c
_S = coverage_phase_steps.c
_G = coverage_gaps.c
_CT = ns_catalog_tables.c
_CC = ns_catalog_columns.c
_CH = ns_catalog_changes.c

# All but the plan itself, which may be large.
_LINE = [column for column in _P if column not in (_P.plan_json, _P.sql_text, _P.base_json)]


def add(connection: Connection, row: Mapping[str, Any]) -> int:
    """Keep a new phase as proposed; give its id. Raises IntegrityError if its number is taken."""
    statement = insert(coverage_phases).returning(_P.id)
    return int(connection.execute(statement, {"state": "proposed", **row}).scalar_one())


def bind(connection: Connection, phase: int, proposal: int) -> None:
    """Keep which proposal a phase waits for."""
    connection.execute(update(coverage_phases).where(_P.id == phase).values(proposal_id=proposal))


def get(connection: Connection, phase: int) -> Row[Any] | None:
    """Give a phase whole, with what its proposal says it changes."""
    return connection.execute(_with_change(*coverage_phases.c).where(_P.id == phase)).one_or_none()


def of_proposal(connection: Connection, proposal: int) -> Row[Any] | None:
    """Give the phase that a proposal is about."""
    query = _with_change(*coverage_phases.c).where(_P.proposal_id == proposal)
    return connection.execute(query).one_or_none()


def proposed(connection: Connection) -> list[Row[Any]]:
    """Give the phases that wait for a decision, whole."""
    query = _with_change(*coverage_phases.c).where(_P.state == "proposed")
    return list(connection.execute(query))


def listed(connection: Connection) -> list[Row[Any]]:
    """Give all phases by number, each without its plan."""
    return list(connection.execute(_with_change(*_LINE).order_by(_P.number)))


def _with_change(*columns: ColumnElement[Any]) -> Select[Any]:
    change = proposed_actions.c.proposed_change_json.label("change_json")
    joined = coverage_phases.outerjoin(proposed_actions, proposed_actions.c.id == _P.proposal_id)
    return select(*columns, change).select_from(joined)


def in_states(connection: Connection, *states: str) -> list[int]:
    """Give the ids of the phases in some states, by number."""
    query = select(_P.id).where(_P.state.in_(states)).order_by(_P.number)
    return list(connection.execute(query).scalars())


def move(
    connection: Connection, phase: int, *, to: str, out_of: Collection[str], **values: object
) -> bool:
    """Give a phase another state; False if it is in none of those that it may leave for that."""
    statement = update(coverage_phases).where(_P.id == phase, _P.state.in_(out_of))
    return connection.execute(statement.values(state=to, **values)).rowcount == 1


def steps(connection: Connection, phase: int) -> list[Row[Any]]:
    """Give the steps of a phase that were begun."""
    query = select(coverage_phase_steps).where(_S.phase_id == phase)
    return list(connection.execute(query))


def begin_step(connection: Connection, phase: int, step: str, *, owner: str, at: datetime) -> None:
    """Note that a step is under way, by whom; begun again, it keeps what was noted of it."""
    fresh = {"state": "running", "owner": owner, "started_at": at, "ended_at": None}
    statement = upsert(coverage_phase_steps).values(phase_id=phase, step=step, **fresh)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["phase_id", "step"], set_=fresh)
    )


def end_step(
    connection: Connection, phase: int, step: str, state: str, *, at: datetime, detail_json: str
) -> None:
    """Note how a step ended."""
    _set_step(connection, phase, step, state=state, ended_at=at, detail_json=detail_json)


def note_step(connection: Connection, phase: int, step: str, detail_json: str) -> None:
    """Note how far a step is."""
    _set_step(connection, phase, step, detail_json=detail_json)


def _set_step(connection: Connection, phase: int, step: str, **values: object) -> None:
    one = update(coverage_phase_steps).where(_S.phase_id == phase, _S.step == step)
    connection.execute(one.values(**values))


def mirror_columns(connection: Connection, mirror: str) -> list[tuple[Any, ...]]:
    """Give the true columns of a mirror table: name, type, place in the key."""
    query = "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY name"
    return [tuple(row) for row in connection.exec_driver_sql(query, (mirror,))]


def catalog_lines(connection: Connection, table: str) -> list[tuple[Any, ...]]:
    """Give what the catalog says of a table and of each column that is not gone.

    The table's line comes first: state and reason, or nothing if the catalog does not have it. A
    column's are name, kind, state and reason.
    """
    of_table = select(_CT.state, _CT.reason).where(_CT.name == table, _CT.gone_at.is_(None))
    of_columns = (
        select(_CC.name, _CC.kind, _CC.state, _CC.reason)
        .where(_CC.table_name == table, _CC.gone_at.is_(None))
        .order_by(_CC.name)
    )
    return [tuple(row) for query in (of_table, of_columns) for row in connection.execute(query)]


def catalog_changes(connection: Connection, table: str, since: datetime) -> list[Row[Any]]:
    """Give name, event, before and after of what the catalog learned of a table since a moment."""
    query = select(_CH.name, _CH.event, _CH.before, _CH.after)
    query = query.where(_CH.table_name == table, _CH.at > since)
    return list(connection.execute(query.order_by(_CH.id)))


def open_gaps(connection: Connection, tables: Collection[str]) -> set[tuple[str, str]]:
    """Give the gaps of some tables that are open: table and column, or "" for the table itself."""
    query = select(_G.table_name, _G.name).where(
        _G.closed_audit_id.is_(None), _G.table_name.in_(tables)
    )
    return {(row.table_name, row.name) for row in connection.execute(query)}


def moved_gaps(
    connection: Connection, audit: int
) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Give the gaps that an audit found no more, and those that it found first."""
    closed, opened = (
        {
            (row.table_name, row.name)
            for row in connection.execute(select(_G.table_name, _G.name).where(column == audit))
        }
        for column in (_G.closed_audit_id, _G.opened_audit_id)
    )
    return closed - opened, opened - closed
