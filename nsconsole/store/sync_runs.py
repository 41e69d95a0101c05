"""Statements on `sync_runs`: each run of a table, while it goes on and as history."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from nsconsole.store.tables import sync_runs, sync_table_map

_R = sync_runs.c


class Status(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    PAUSED = "paused"  # something about the table must be mended first
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    INTERRUPTED = "interrupted"  # its process died


class Run(NamedTuple):
    """A run, as the table has it."""

    id: int
    table_name: str
    mode: str
    trigger: str
    owner: str
    started_at: datetime
    touched_at: datetime
    ended_at: datetime | None
    status: str
    rows_read: int
    rows_written: int
    rows_deleted: int
    requests: int
    expected_rows: int | None
    rows_before: int
    dropped_json: str
    watermark: str | None
    error: str | None
    cancel_asked_by: str | None


_RUN = [_R[name] for name in Run._fields]
_IS_RUNNING = _R.status == Status.RUNNING.value


def begin(
    connection: Connection, table: str, *, mode: str, trigger: str, owner: str, at: datetime
) -> int:
    """Begin a run; give its id.

    Raises IntegrityError if one is running: what a dead process left must be interrupted first.
    """
    row = {
        "table_name": table,
        "mode": mode,
        "trigger": trigger,
        "owner": owner,
        "started_at": at,
        "touched_at": at,
        "status": Status.RUNNING.value,
    }
    return int(connection.execute(insert(sync_runs).values(row).returning(_R.id)).scalar_one())


def expect(connection: Connection, run_id: int, *, expected_rows: int, rows_before: int) -> None:
    """Note how many rows a full pull will have in all, and how many earlier runs have read."""
    connection.execute(
        update(sync_runs)
        .where(_R.id == run_id)
        .values(expected_rows=expected_rows, rows_before=rows_before)
    )


def progress(
    connection: Connection,
    run_id: int,
    *,
    rows_read: int,
    rows_written: int,
    rows_deleted: int,
    requests: int,
    at: datetime,
) -> bool:
    """Add to a run's counts; give whether somebody asked to cancel it."""
    statement = (
        update(sync_runs)
        .where(_R.id == run_id)
        .values(
            rows_read=_R.rows_read + rows_read,
            rows_written=_R.rows_written + rows_written,
            rows_deleted=_R.rows_deleted + rows_deleted,
            requests=_R.requests + requests,
            touched_at=at,
        )
        .returning(_R.cancel_asked_by)
    )
    return connection.execute(statement).scalar_one() is not None


def end(
    connection: Connection,
    run_id: int,
    status: Status,
    *,
    at: datetime,
    requests: int = 0,
    dropped_json: str = "[]",
    watermark: str | None = None,
    error: str | None = None,
) -> None:
    """End a run; `requests` are those that were not told yet, `dropped_json` names columns."""
    connection.execute(
        update(sync_runs)
        .where(_R.id == run_id)
        .values(
            status=status.value,
            ended_at=at,
            touched_at=at,
            requests=_R.requests + requests,
            dropped_json=dropped_json,
            watermark=watermark,
            error=error,
        )
    )


def ask_cancel(connection: Connection, table: str, by: str) -> int:
    """Ask the run of a table to end after its page; give how many were asked, which is 0 or 1."""
    return connection.execute(
        update(sync_runs).where(_R.table_name == table, _IS_RUNNING).values(cancel_asked_by=by)
    ).rowcount


def interrupt_dead(connection: Connection, table: str) -> list[Run]:
    """Mark a table's runs that a dead process left, as ended when they were last heard of.

    To be called with the table's lock in hand, since nobody alive can be running it then.
    """
    statement = (
        update(sync_runs)
        .where(_R.table_name == table, _IS_RUNNING)
        .values(status=Status.INTERRUPTED.value, ended_at=_R.touched_at)
        .returning(*_RUN)
    )
    return [Run._make(row) for row in connection.execute(statement)]


def running(connection: Connection) -> list[Run]:
    """Give the runs under way, the oldest first; those of processes that died among them."""
    # Asked for the order, SQLite would walk the whole history.
    return sorted(Run._make(row) for row in connection.execute(select(*_RUN).where(_IS_RUNNING)))


def latest_by_table(connection: Connection, *, each: int = 20) -> dict[str, list[Run]]:
    """Give the newest runs of each mapped table, the newest first; no table that has none."""
    # A window function would walk the whole history; this walks `each` entries of the index.
    newest = (
        select(_R.id)
        .where(_R.table_name == sync_table_map.c.name)
        .order_by(_R.id.desc())
        .limit(each)
        .correlate(sync_table_map)
    )
    query = (
        select(*_RUN).join_from(sync_table_map, sync_runs, _R.id.in_(newest)).order_by(_R.id.desc())
    )
    found: dict[str, list[Run]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.table_name].append(Run._make(row))
    return dict(found)


def history(connection: Connection, table: str, *, limit: int) -> Sequence[Run]:
    """Give a table's runs, the newest first."""
    query = select(*_RUN).where(_R.table_name == table).order_by(_R.id.desc()).limit(limit)
    return [Run._make(row) for row in connection.execute(query)]


def prune(connection: Connection, before: datetime) -> int:
    """Remove what ended and began before a moment; give how many."""
    return connection.execute(
        delete(sync_runs).where(_R.started_at < before, _R.status != Status.RUNNING.value)
    ).rowcount
