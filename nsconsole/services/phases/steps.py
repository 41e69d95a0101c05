"""The steps by which a phase is applied; each may be cut off anywhere, and is then done again.

What a step changes in the database and the note that it is done are one transaction. Only a pull
is many, and knows by itself where it was.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from nsconsole.mapping import MappedTable
from nsconsole.services.audit_trail import SYSTEM, Entry, append
from nsconsole.services.errors import NetSuiteUnavailableError, ServiceError
from nsconsole.services.link import LinkState, link_state
from nsconsole.services.phases.listing import Phase, Step, StepState
from nsconsole.services.phases.migrating import approved_revision, run_revision
from nsconsole.services.phases.plan import PhasePlan, PlannedTable
from nsconsole.services.phases.stale import what_moved
from nsconsole.services.sync.passes import Progress, sync
from nsconsole.services.sync.reports import TableReport, TableStatus
from nsconsole.services.sync.sync_map import TableBusyError, load_map, replace_map
from nsconsole.services.workspace import Workspace
from nsconsole.store import phases as store
from nsconsole.store import sync_map
from nsconsole.store.backups import back_up, keep_newest
from nsconsole.store.engine import DatabaseError

_KEPT = 5  # backups of phases
_WAIT = 0.5  # seconds between two looks at whether a table is free
_NEWS = timedelta(seconds=1)  # between two notes of how far a pull is


class StoppedError(Exception):
    """Whoever applied a phase wanted an end; it goes on from there."""


class StaleError(ServiceError):
    """The plan does not fit any more; `moved` says why."""

    def __init__(self, moved: Sequence[str]) -> None:
        super().__init__("; ".join(moved))
        self.moved = moved


@dataclass(frozen=True, slots=True)
class Work:
    """The application of a phase. `tell` is told how far it is, in words."""

    workspace: Workspace
    phase: Phase
    tell: Callable[[Step, str], None]
    stopping: Callable[[], bool]

    @property
    def plan(self) -> PhasePlan:
        """What was approved."""
        return self.phase.plan

    def check_stop(self) -> None:
        """Raise StoppedError if an end is wanted."""
        if self.stopping():
            raise StoppedError

    def wait(self, step: Step, why: str) -> None:
        """Wait a moment for others. Raises StoppedError."""
        self.check_stop()
        self.tell(step, why)
        self.workspace.sleep(_WAIT)

    def done(self, connection: Connection, step: Step, detail: Mapping[str, object]) -> None:
        """Note that a step is done, in the transaction of what it did."""
        id_, at = self.phase.line.id, self.workspace.now()
        store.end_step(connection, id_, step, StepState.DONE, at=at, detail_json=json.dumps(detail))
        append(connection, at, [Entry(SYSTEM, f"phase_{step}", f"phase:{id_}", detail)])


def do_backup(work: Work) -> None:
    """Copy the database into backups/, unless this phase's copy is there already."""
    workspace = work.workspace
    with workspace.database.reading() as connection:
        _check_fits(connection, work.phase)
    copy = workspace.settings.backups / f"phase-{work.plan.name}-{work.phase.line.id}.db"
    if not copy.exists():
        work.tell(Step.BACKUP, f"copying the database to {copy}")
        back_up(workspace.database, copy)
    keep_newest(copy.parent, "phase-*.db", _KEPT)
    with workspace.database.writing() as connection:
        work.done(connection, Step.BACKUP, {"file": str(copy)})


def _check_fits(connection: Connection, phase: Phase) -> None:
    """Raise StaleError if what the plan rests on has moved."""
    moved = what_moved(connection, phase.plan, since=phase.line.created_at)
    if moved:
        raise StaleError(moved)


def do_migration(work: Work) -> None:
    """Change the mirror's schema: all of it, or nothing."""
    source = approved_revision(work.workspace.settings.home, work.plan)
    work.tell(Step.MIGRATION, f"running {work.plan.revision_path}")
    with work.workspace.database.unconstrained() as connection:
        # Until this commits nobody else can write, so that nothing moves any more.
        _check_fits(connection, work.phase)
        run_revision(connection, source, work.plan.name)
        work.done(connection, Step.MIGRATION, {"revision": work.plan.revision_path})


def do_map(work: Work) -> None:
    """Put the tables and columns into the map, as soon as nobody syncs what they widen."""
    work.tell(Step.MAP, "putting it into the map")
    while not _map_changed(work):
        work.wait(Step.MAP, "waiting for the end of a sync")


def _map_changed(work: Work) -> bool:
    before = [entry.table for entry in load_map(work.workspace)]
    detail = {"tables": list(work.plan.new_tables), "columns": work.plan.new_columns}

    def first(connection: Connection) -> None:
        if [entry.table for entry in sync_map.entries(connection)] != before:
            raise TableBusyError("somebody else changed the map meanwhile")
        work.done(connection, Step.MAP, detail)

    try:
        replace_map(work.workspace, _with_plan(before, work.plan), first=first)
    except TableBusyError:
        return False
    return True


def _with_plan(present: Iterable[MappedTable], plan: PhasePlan) -> list[MappedTable]:
    """Give the present map with what the plan adds; what else was changed in it stays."""
    tables = {table.name: table for table in present}
    for planned in plan.tables:
        name = planned.table.name
        if name in tables:
            tables[name] = _widened(tables[name], planned)
        elif planned.new:
            tables[name] = planned.table
        else:
            raise ServiceError(f"{name} is no longer in the map; put it back, or undo the phase")
    return list(tables.values())


def _widened(table: MappedTable, planned: PlannedTable) -> MappedTable:
    known = {column.name for column in table.columns}
    wanted = set(planned.new_columns) - known
    return table.with_columns(c for c in planned.table.columns if c.name in wanted)


def do_pull(work: Work) -> None:
    """Fill what is new: new tables whole, others just in their new columns."""
    names = [planned.table.name for planned in work.plan.tables]
    reports: dict[str, TableReport] = {}
    news = _News(work)
    while left := [name for name in names if not _is_over(reports.get(name))]:
        if reports:
            _wait_for(work, left[0])
        some = sync(work.workspace, left, progress=news, stopping=work.stopping)
        reports |= {report.table: report for report in some}
        work.check_stop()
        _check(work.workspace, [reports[name] for name in left])
    ended = [reports[name] for name in names]
    detail = {
        "rows": sum(report.rows_written for report in ended),
        "requests": sum(report.requests for report in ended),
        "paused": {r.table: r.error for r in ended if r.status is TableStatus.PAUSED},
        "set_aside": {r.table: r.dropped_columns for r in ended if r.dropped_columns},
    }
    with work.workspace.database.writing() as connection:
        work.done(connection, Step.PULL, detail)


def _wait_for(work: Work, table: str) -> None:
    """Wait until nobody else syncs a table. Raises StoppedError."""
    while (lock := work.workspace.locks.try_take(f"table-{table}")) is None:
        work.wait(Step.PULL, f"waiting for the end of a sync of {table}")
    lock.release()


def _is_over(report: TableReport | None) -> bool:
    # What is paused waits for NetSuite or for a person; the audit tells that it is missing.
    return report is not None and report.status in (TableStatus.DONE, TableStatus.PAUSED)


def _check(workspace: Workspace, reports: Iterable[TableReport]) -> None:
    """Raise an error if some table could not be read, and waiting a moment would not help."""
    failed = [r for r in reports if not _is_over(r) and r.status is not TableStatus.BUSY]
    if not failed:
        return
    link = link_state(workspace)
    if link.state in (LinkState.UNREACHABLE, LinkState.REFUSED):
        raise NetSuiteUnavailableError(link.detail)
    told = "; ".join(f"{report.table}: {report.error}" for report in failed[:3])
    raise ServiceError(f"{len(failed)} tables could not be pulled: {told}")


class _News:
    """Keeps how far a pull is where other processes see it, now and then."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._told: datetime | None = None

    def __call__(self, far: Progress) -> None:
        """Take the news of a pass; called in its threads."""
        work = self._work
        of = f" of {far.expected:,}" if far.expected is not None else ""
        words = f"{far.tables_done} of {far.tables} tables; {far.table}: {far.rows:,}{of} rows"
        work.tell(Step.PULL, words)
        now = work.workspace.now()
        if self._told is None or now - self._told >= _NEWS:
            self._told = now
            detail = {
                "tables_done": far.tables_done,
                "tables": far.tables,
                "table": far.table,
                "rows": far.rows,
                "expected": far.expected,
            }
            id_, database = work.phase.line.id, work.workspace.database
            with suppress(DatabaseError), database.writing() as connection:  # it is only news
                store.note_step(connection, id_, Step.PULL, json.dumps(detail))


def do_audit(work: Work) -> None:
    """Audit, compare what was closed with what was planned, and so end the phase."""
    from nsconsole.services.coverage.audit import take_stock

    work.tell(Step.AUDIT, "comparing")
    # By the catalog that the plan rests on: the difference is the phase's own.
    report = take_stock(work.workspace, trigger="phase")
    id_ = work.phase.line.id
    with work.workspace.database.writing() as connection:
        detail = {"audit_id": report.audit_id, **_delta(connection, work.plan, report.audit_id)}
        work.done(connection, Step.AUDIT, detail)
        store.move(
            connection,
            id_,
            to="applied",
            out_of=["applying"],
            applied_at=work.workspace.now(),
            result_audit_id=report.audit_id,
            error=None,
        )
    _write_page(work.workspace)


def _write_page(workspace: Workspace) -> None:
    """Write the page, on which the phase stands as applied; it alone fails no phase."""
    from nsconsole.services.coverage.report.writing import write_report

    with suppress(ServiceError):
        write_report(workspace)


def _delta(connection: Connection, plan: PhasePlan, audit_id: int) -> dict[str, object]:
    """Compare the gaps that are closed with those that were to be; each is table and column."""
    planned = {(each.table.name, name) for each in plan.tables for name in each.new_columns}
    planned |= {(name, "") for name in plan.new_tables}
    left = planned & store.open_gaps(connection, [each.table.name for each in plan.tables])
    closed, opened = store.moved_gaps(connection, audit_id)
    return {
        "closed": len(closed),
        "left": sorted(left),
        "also_closed": sorted(closed - planned),
        "opened": sorted(opened - left),
    }


STEPS: dict[Step, Callable[[Work], None]] = {
    Step.BACKUP: do_backup,
    Step.MIGRATION: do_migration,
    Step.MAP: do_map,
    Step.PULL: do_pull,
    Step.AUDIT: do_audit,
}
