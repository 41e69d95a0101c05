"""Statements on `sync_state`, how far each mirror is, and on the queue of owners of lines."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from nsconsole.store.tables import sync_due_parents, sync_state

_S = sync_state.c
_DUE = sync_due_parents.c


class State(NamedTuple):
    """How far the mirror of a table is.

    `watermark` is the cursor's value up to which all was read, as ISO 8601 text of NetSuite's
    second in UTC; `caught_up_at` when the last run that ended well began, `synced_at` when it
    ended; `pull_json` where an unfinished full pull stands, `changes_json` and `reconcile_json` an
    unfinished reading of changes and comparison of keys; `surveyed_rows` NetSuite's own count.
    """

    watermark: str | None = None
    caught_up_at: datetime | None = None
    synced_at: datetime | None = None
    reconciled_at: datetime | None = None
    pull_json: str | None = None
    changes_json: str | None = None
    reconcile_json: str | None = None
    surveyed_rows: int | None = None


_STATE = [_S[name] for name in State._fields]


def get(connection: Connection, table: str) -> State:
    """Give a table's state; an empty one if the map does not name it."""
    row = connection.execute(select(*_STATE).where(_S.table_name == table)).one_or_none()
    return State._make(row) if row else State()


def by_table(connection: Connection) -> dict[str, State]:
    """Give the states of all mapped tables."""
    query = select(_S.table_name, *_STATE)
    return {row[0]: State._make(row[1:]) for row in connection.execute(query)}


def start_over(connection: Connection, table: str) -> None:
    """Forget how far a table is, so that it is pulled from the beginning."""
    _set(connection, table, **dict.fromkeys(State._fields))


def save_pull(connection: Connection, table: str, pull_json: str) -> None:
    """Keep the checkpoint of a full pull, until it is complete."""
    _set(connection, table, pull_json=pull_json)


def save_changes(
    connection: Connection, table: str, *, watermark: str, changes_json: str | None
) -> None:
    """Keep the watermark, and where a reading of changes stands; None when it is complete."""
    _set(connection, table, watermark=watermark, changes_json=changes_json)


def save_reconciliation(connection: Connection, table: str, reconcile_json: str) -> None:
    """Keep where a comparison of keys stands."""
    _set(connection, table, reconcile_json=reconcile_json)


def advance(connection: Connection, table: str, watermark: str | None) -> None:
    """Set the watermark; None where the cursor cannot be trusted."""
    _set(connection, table, watermark=watermark)


def pulled(
    connection: Connection,
    table: str,
    *,
    began_at: datetime,
    ended_at: datetime,
    watermark: str | None,
    rows: int,
) -> None:
    """Note the end of a full pull: what was stamped since it began is all that it may lack."""
    _set(
        connection,
        table,
        watermark=watermark,
        caught_up_at=began_at,
        reconciled_at=ended_at,
        pull_json=None,
        changes_json=None,
        reconcile_json=None,
        surveyed_rows=rows,
    )


def caught_up(
    connection: Connection, table: str, *, started_at: datetime, ended_at: datetime
) -> None:
    """Note a run that ended well."""
    _set(connection, table, caught_up_at=started_at, synced_at=ended_at)


def reconciled(connection: Connection, table: str, at: datetime) -> None:
    """Note that all keys were compared with NetSuite's."""
    _set(connection, table, reconciled_at=at, reconcile_json=None)


def surveyed(connection: Connection, table: str, rows: int) -> None:
    """Note NetSuite's own count of rows."""
    _set(connection, table, surveyed_rows=rows)


def _set(connection: Connection, table: str, **values: datetime | str | int | None) -> None:
    connection.execute(update(sync_state).where(_S.table_name == table).values(values))


def add_parents_due(connection: Connection, child: str, parent_ids: Collection[str]) -> None:
    """Queue owners whose lines in `child` are to be read again; one that waits waits once."""
    if parent_ids:
        statement = insert(sync_due_parents).on_conflict_do_update(
            index_elements=[_DUE.table_name, _DUE.parent_id], set_={"asked": _DUE.asked + 1}
        )
        rows = [{"table_name": child, "parent_id": parent_id} for parent_id in parent_ids]
        connection.execute(statement, rows)


def parents_due(connection: Connection, child: str, limit: int) -> dict[str, int]:
    """Give some of the owners that wait, each with how often it was queued."""
    query = select(_DUE.parent_id, _DUE.asked).where(_DUE.table_name == child)
    rows = connection.execute(query.order_by(_DUE.parent_id).limit(limit))
    return {row.parent_id: row.asked for row in rows}


def parents_done(connection: Connection, child: str, due: Mapping[str, int]) -> None:
    """Take owners out of the queue, as `parents_due` gave them; what was queued since stays."""
    if due:
        done = delete(sync_due_parents).where(
            _DUE.table_name == child,
            _DUE.parent_id == bindparam("done"),
            _DUE.asked == bindparam("times"),
        )
        connection.execute(done, [{"done": key, "times": times} for key, times in due.items()])
