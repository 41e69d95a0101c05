"""One table, brought up to date: whichever way it is read, and however that ends."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from nsconsole.mapping import MappedTable, Mode
from nsconsole.netsuite.errors import NetSuiteError
from nsconsole.services import link
from nsconsole.services.sync.asking import Asker
from nsconsole.services.sync.backfill import backfill
from nsconsole.services.sync.deletes import apply_deletedrecord, reconcile
from nsconsole.services.sync.fetching import UnreadableError
from nsconsole.services.sync.halt import StoppedError
from nsconsole.services.sync.healing import take_back
from nsconsole.services.sync.incremental import pull_changes
from nsconsole.services.sync.lines import pull_lines
from nsconsole.services.sync.log import Level
from nsconsole.services.sync.outage import stop_if_hopeless
from nsconsole.services.sync.reports import TableReport, TableStatus, Trigger
from nsconsole.services.sync.run import CancelledError, Pass, PausedError, TableRun
from nsconsole.services.sync.whole import load_pull, pull_whole
from nsconsole.store import mirror, mirror_tables, sync_map, sync_runs, sync_state
from nsconsole.store.engine import DatabaseError

_COUNTED = 200_000  # rows that are counted in a moment
_STALE = timedelta(hours=1)  # after which a person's full pull begins anew
_LONG = timedelta(seconds=30)  # a pull that took longer is followed by what changed meanwhile


def sync_table(
    shared: Pass,
    entry: sync_map.MapEntry,
    *,
    children: Sequence[MappedTable],
    progress: Callable[[int, int | None], None],
) -> TableReport:
    """Make a table's mirror equal to NetSuite, and tell what was done.

    Whatever NetSuite does is told in the report; raises DatabaseError.
    """
    table = entry.table
    if shared.halt.wanted:
        return _unread(table, TableStatus.SKIPPED, shared.halt.reason)
    lock = shared.workspace.locks.try_take(f"table-{table.name}")
    if lock is None:
        return _unread(table, TableStatus.BUSY, "another run is at it")
    with lock:
        # It may have been paused, or mapped otherwise, since this pass began.
        with shared.workspace.database.reading() as connection:
            present = sync_map.entry(connection, table.name)
        if present is None:
            return _unread(table, TableStatus.SKIPPED, "the map does not have it any more")
        if present.paused and present.paused.by is not None:
            return _unread(table, TableStatus.PAUSED, f"paused by {present.paused.by}")
        run = _begin(shared, present, children)
        run.progress = progress
        return _follow(run, present, full=shared.full)


def _unread(table: MappedTable, status: TableStatus, why: str) -> TableReport:
    return TableReport(table.name, table.mode.value, status, error=why)


def _begin(shared: Pass, entry: sync_map.MapEntry, children: Sequence[MappedTable]) -> TableRun:
    workspace, table = shared.workspace, entry.table
    at = workspace.now()
    with workspace.database.writing() as connection:
        added = mirror_tables.ensure(connection, table)
        if added:
            sync_map.take_back(connection, table.name, added)  # to be filled into what is there
        state = sync_state.get(connection, table.name)
        # Whoever had begun it holds the table no more, and so is dead.
        interrupted = sync_runs.interrupt_dead(connection, table.name)
        run_id = sync_runs.begin(
            connection,
            table.name,
            mode=table.mode.value,
            trigger=shared.trigger.value,
            owner=workspace.owner,
            at=at,
        )
        run = TableRun(
            workspace,
            run_id,
            table.without({aside.column for aside in entry.set_aside}),
            Asker(shared.netsuite, shared.halt),
            shared.halt,
            first=state.reconciled_at is None,
            lenient=shared.full and shared.trigger is Trigger.PERSON,
            began=at,
            children=tuple(children),
        )
        for dead in interrupted:
            run.log_with(connection, Level.WARNING, "run_interrupted", owner=dead.owner)
    return run


def _follow(run: TableRun, entry: sync_map.MapEntry, *, full: bool) -> TableReport:
    started = run.workspace.now()
    try:
        _work(run, entry, full=full, started=started)
    except CancelledError:
        return _end(run, entry, started, TableStatus.CANCELLED, "cancelled; it goes on from there")
    except StoppedError as stopped:
        status = TableStatus.FAILED if str(stopped) else TableStatus.CANCELLED
        return _end(run, entry, started, status, str(stopped) or "stopped; it goes on from there")
    except PausedError as paused:
        _pause(run, entry, paused)
        return _end(run, entry, started, TableStatus.PAUSED, paused.detail)
    except NetSuiteError as error:
        stop_if_hopeless(run.workspace, run.halt, error, asked_at=run.asker.asked_at)
        return _end(run, entry, started, TableStatus.FAILED, str(error))
    except (UnreadableError, DatabaseError) as error:
        return _end(run, entry, started, TableStatus.FAILED, str(error))
    return _end(run, entry, started, TableStatus.DONE, "")


def _work(run: TableRun, entry: sync_map.MapEntry, *, full: bool, started: datetime) -> None:
    if entry.set_aside:
        longest_first = sorted(entry.set_aside, key=lambda aside: aside.probed_at or aside.since)
        take_back(run, [aside.column for aside in longest_first], entry.table.columns)
    with run.workspace.database.reading() as connection:
        state = sync_state.get(connection, run.table.name)
    _read(run, state, full=full, started=started)
    if run.table.parent:
        pull_lines(run)
    if run.table.tracked_as:
        apply_deletedrecord(run)
    _mend(run, started)


def _read(run: TableRun, state: sync_state.State, *, full: bool, started: datetime) -> None:
    checkpoint = load_pull(state.pull_json)
    if full and checkpoint and started - datetime.fromisoformat(checkpoint.started_at) > _STALE:
        checkpoint = None  # whoever asks for everything now does not mean what was read then
    if not (full or checkpoint or _must_read_all(run, state)):
        if state.watermark is not None:
            pull_changes(run, state)
        return
    pull_whole(run, checkpoint)
    now = run.workspace.now()
    if run.table.mode is Mode.INCREMENTAL and (checkpoint or now - started > _LONG):
        with run.workspace.database.reading() as connection:
            state = sync_state.get(connection, run.table.name)
        if state.watermark is not None:
            pull_changes(run, state)


def _must_read_all(run: TableRun, state: sync_state.State) -> bool:
    if run.table.mode is not Mode.INCREMENTAL:
        return True
    # Lines without a stamp of their own are found by their parents, once all were read.
    by_parents = run.table.cursor is None and run.table.parent is not None
    return state.reconciled_at is None if by_parents else state.watermark is None


def _mend(run: TableRun, started: datetime) -> None:
    with run.workspace.database.reading() as connection:
        now = sync_map.entry(connection, run.table.name)
        state = sync_state.get(connection, run.table.name)
    if now and now.backfills:
        backfill(run, now.backfills)
    every = timedelta(hours=run.workspace.settings.reconcile_every)
    last = state.reconciled_at
    if run.table.mode is Mode.INCREMENTAL and (
        last is None or started - last >= every or last > run.workspace.now()  # by a wrong clock
    ):
        reconcile(run, state)


def _pause(run: TableRun, entry: sync_map.MapEntry, paused: PausedError) -> None:
    """Pause the table for a finding; one that was told before is not told again."""
    name, at = run.table.name, run.workspace.now()
    with run.workspace.database.writing() as connection:
        paused_now = sync_map.pause(connection, name, paused.reason, paused.detail, by=None, at=at)
        told = entry.paused is not None and entry.paused.reason == paused.reason
        if paused_now and not told:
            run.log_with(
                connection, Level.ERROR, "table_paused", reason=paused.reason, detail=paused.detail
            )


def _resume(run: TableRun, connection: Connection, pause: sync_map.Pause | None) -> None:
    """Take up a table that a finding had paused: the run has ended well all the same."""
    if pause is not None and pause.by is None and sync_map.resume(connection, run.table.name):
        run.log_with(connection, Level.INFO, "table_resumed", by=f"itself: {pause.reason} no more")


def _end(
    run: TableRun,
    entry: sync_map.MapEntry,
    started: datetime,
    status: TableStatus,
    error: str,
) -> TableReport:
    workspace, table = run.workspace, run.table
    run.asker.close()
    at, requests = workspace.now(), run.untold_requests
    if status is TableStatus.DONE:
        link.note(workspace, None)
    with workspace.database.writing() as connection:
        if status is TableStatus.DONE:
            up_to = at if table.mode is Mode.INCREMENTAL else min(run.began, at)
            sync_state.caught_up(connection, table.name, started_at=run.began, ended_at=up_to)
            _count(run, connection)
            _resume(run, connection, entry.paused)
        state = sync_state.get(connection, table.name)
        sync_runs.end(
            connection,
            run.id,
            sync_runs.Status(status.value),
            at=at,
            requests=requests,
            dropped_json=json.dumps(run.dropped),
            watermark=state.watermark,
            error=error or None,
        )
        _tell(run, connection, status, error)
    return TableReport(
        table.name,
        entry.table.mode.value,
        status,
        run.rows_read,
        run.rows_written,
        run.rows_deleted,
        run.asker.requests,
        tuple(run.dropped),
        state.watermark,
        (at - started).total_seconds(),
        error,
    )


def _count(run: TableRun, connection: Connection) -> None:
    """Keep the number of rows, for estimates; a large table's is counted as it is read whole."""
    state = sync_state.get(connection, run.table.name)
    known = state.surveyed_rows
    if known is None or (known < _COUNTED and (run.rows_written or run.rows_deleted)):
        sync_state.surveyed(connection, run.table.name, mirror.count(connection, run.table))


def _tell(run: TableRun, connection: Connection, status: TableStatus, error: str) -> None:
    """Log the end of a run; of one that changed nothing its row in `sync_runs` tells enough."""
    counts = {
        "read": run.rows_read,
        "written": run.rows_written,
        "deleted": run.rows_deleted,
        "requests": run.asker.requests,
    }
    if status is TableStatus.FAILED:
        run.log_with(connection, Level.ERROR, "run_failed", error=error, **counts)
    elif status is TableStatus.CANCELLED:
        run.log_with(connection, Level.WARNING, "run_cancelled", **counts)
    elif status is TableStatus.DONE and (run.rows_written or run.rows_deleted):
        run.log_with(connection, Level.INFO, "run_ended", **counts)
