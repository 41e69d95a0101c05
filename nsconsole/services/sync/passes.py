"""A pass: many tables at once, as many as NetSuite lets this workspace ask in parallel.

`deletedrecord` goes first, since what it tells is applied with each table. It is also the first to
learn that NetSuite does not answer or refuses the login, before others ask in vain: five refused
logins lock the account. Lines follow their parents.
"""

import logging
from collections.abc import Callable, Mapping, Sequence, Set
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial

from nsconsole.mapping import DELETIONS, MappedTable
from nsconsole.netsuite.errors import NetSuiteError
from nsconsole.services import link
from nsconsole.services.errors import BadInputError, NetSuiteUnavailableError
from nsconsole.services.interpreter import make_room
from nsconsole.services.link import LinkState
from nsconsole.services.sync.halt import Halt
from nsconsole.services.sync.log import Level, note
from nsconsole.services.sync.reports import TableReport, TableStatus, Trigger
from nsconsole.services.sync.run import Pass
from nsconsole.services.sync.sync_map import load_map
from nsconsole.services.sync.table_sync import sync_table
from nsconsole.services.workspace import Workspace
from nsconsole.store import sync_runs, sync_state
from nsconsole.store.engine import DatabaseError
from nsconsole.store.mirror_tables import MirrorConflict
from nsconsole.store.sync_map import MapEntry

_log = logging.getLogger(__name__)

_TABLES_A_PERMIT = 2  # in hand at once, so that none is left alone at the end
_LOOK = 0.01  # seconds between looks at whether NetSuite has answered at all


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pass is: tables done, and the rows of the table that was written last."""

    table: str
    rows: int
    expected: int | None
    tables_done: int
    tables: int


def sync(
    workspace: Workspace,
    tables: Sequence[str] | None = None,
    *,
    tier: int | None = None,
    full: bool = False,
    trigger: Trigger = Trigger.PERSON,
    progress: Callable[[Progress], None] = lambda _: None,
    stopping: Callable[[], bool] = lambda: False,
) -> list[TableReport]:
    """Bring tables up to date: those named, else those of a tier, else all of the map.

    Gives a report for each, in the map's order. Raises BadInputError for a name that the map does
    not have, and NetSuiteUnavailableError if NetSuite could not be asked for any of them.
    """
    entries = load_map(workspace)
    chosen = _chosen(entries, tables, tier)
    if not chosen:
        return []
    first = _deletions_for(chosen, entries)
    link.check_login(workspace)
    before = link.link_state(workspace)
    make_room()
    halt = Halt(stopping, workspace.sleep)
    shared = Pass(workspace, workspace.netsuite(), halt, full, trigger)
    reports = _Crew(shared, entries, chosen, progress).run([*first, *chosen])
    if halt.reason:
        _tell_stop(workspace, halt.reason, reports)
    elif before.state is LinkState.UNREACHABLE:
        _tell_return(workspace, before)
    if halt.reason and not any(report.status is TableStatus.DONE for report in reports):
        raise NetSuiteUnavailableError(halt.reason)
    return reports


def _chosen(
    entries: Sequence[MapEntry], tables: Sequence[str] | None, tier: int | None
) -> list[MapEntry]:
    by_name = {entry.table.name: entry for entry in entries}
    unknown = [name for name in tables or () if name not in by_name]
    if unknown:
        raise BadInputError(
            f"the map has no table {unknown[0]}; `nsconsole map show` lists those it has"
        )
    wanted = set(tables or by_name)
    return [
        entry
        for entry in entries
        if entry.table.name in wanted and tier in (None, entry.table.tier)
    ]


def _deletions_for(chosen: Sequence[MapEntry], entries: Sequence[MapEntry]) -> list[MapEntry]:
    """The table of deletions, where others need what it tells and nobody chose it."""
    if not any(entry.table.tracked_as for entry in chosen):
        return []
    return [e for e in entries if e.table.name == DELETIONS and e not in chosen]


def _learn_limit(shared: Pass) -> None:
    with suppress(NetSuiteError):  # the next pass asks again
        shared.workspace.governor.learn(shared.netsuite)


def _tell_stop(workspace: Workspace, reason: str, reports: Sequence[TableReport]) -> None:
    behind = [report.table for report in reports if report.status is not TableStatus.DONE]
    detail = {"reason": reason, "count": len(behind), "behind": behind}
    with workspace.database.writing() as connection:
        note(connection, workspace.now(), Level.ERROR, "stopped", detail=detail)


def _tell_return(workspace: Workspace, before: link.Link) -> None:
    now = workspace.now()
    minutes = int((now - before.since).total_seconds() // 60) if before.since else 0
    with workspace.database.writing() as connection:
        note(connection, now, Level.INFO, "netsuite_back", detail={"minutes": minutes})


def _tell_failure(workspace: Workspace, table: str, why: str) -> None:
    """Log what a table's run died of, and end the run if it is still called running."""
    at = workspace.now()
    with (
        workspace.locks.try_take(f"table-{table}") or nullcontext() as held,
        workspace.database.writing() as connection,
    ):
        note(connection, at, Level.ERROR, "run_failed", table=table, detail={"error": why})
        for run in sync_runs.running(connection) if held else ():  # else it is somebody else's
            if (run.table_name, run.owner) == (table, workspace.owner):
                sync_runs.end(connection, run.id, sync_runs.Status.FAILED, at=at, error=why)


class _Crew:
    """The threads of one pass."""

    def __init__(
        self,
        shared: Pass,
        entries: Sequence[MapEntry],
        chosen: Sequence[MapEntry],
        progress: Callable[[Progress], None],
    ) -> None:
        self._shared = shared
        self._chosen = {entry.table.name for entry in chosen}
        self._children = _children(entries)
        self._sizes = _sizes(shared.workspace)
        self._progress = progress
        self._reports: dict[str, TableReport] = {}
        self._tables = 0

    def run(self, tables: Sequence[MapEntry]) -> list[TableReport]:
        """Sync the tables, each as soon as what it waits for is done."""
        waiting = {entry.table.name: entry for entry in self._in_turn(tables)}
        self._tables = len(waiting)
        hands = self._shared.workspace.governor.size() * _TABLES_A_PERMIT
        with ThreadPoolExecutor(max_workers=hands, thread_name_prefix="sync") as pool:
            under_way: dict[Future[TableReport], str] = {}
            learning: Future[None] | None = None
            while waiting or under_way:
                for entry in self._ready(waiting, set(under_way.values())):
                    del waiting[entry.table.name]
                    under_way[pool.submit(self._sync, entry)] = entry.table.name
                soon = None if learning else _LOOK
                done, _ = wait(under_way, timeout=soon, return_when=FIRST_COMPLETED)
                for future in done:
                    self._reports[under_way.pop(future)] = future.result()
                if self._is_answered and learning is None:
                    learning = pool.submit(_learn_limit, self._shared)
        return [self._reports[entry.table.name] for entry in tables]

    def _in_turn(self, tables: Sequence[MapEntry]) -> list[MapEntry]:
        """Put the first to go first, and then the largest, lest one of them be left alone."""
        return sorted(
            tables,
            key=lambda entry: (
                entry.table.name != DELETIONS,
                -self._sizes.get(entry.table.name, 0),
            ),
        )

    def _ready(self, waiting: Mapping[str, MapEntry], under_way: Set[str]) -> list[MapEntry]:
        unfinished = {*waiting, *under_way}
        ready = [entry for entry in waiting.values() if not _needs(entry.table) & unfinished]
        if self._is_answered:
            return ready
        return [] if under_way else ready[:1]

    @property
    def _is_answered(self) -> bool:
        some = any(report.requests for report in self._reports.values())
        return some or self._shared.halt.answered_at is not None

    def _sync(self, entry: MapEntry) -> TableReport:
        table = entry.table
        # A full pull that was asked for is not meant for the deletions that came along.
        asked_for = table.name in self._chosen
        try:
            return sync_table(
                self._shared if asked_for else replace(self._shared, full=False),
                entry,
                children=self._children.get(table.name, ()),
                progress=partial(self._tell, table.name),
            )
        except (DatabaseError, MirrorConflict) as error:
            return self._failed(table, str(error))
        except Exception as error:  # noqa: BLE001 - one table's surprise is not to end the pass
            _log.exception("%s: this should not have happened", table.name)
            kind = type(error).__name__  # its text may be about anything, and stays in that log
            why = f"this should not have happened ({kind}); the program's log tells more"
            return self._failed(table, why)

    def _failed(self, table: MappedTable, why: str) -> TableReport:
        with suppress(DatabaseError, OSError):  # which may be what failed
            _tell_failure(self._shared.workspace, table.name, why)
        return TableReport(table.name, table.mode.value, TableStatus.FAILED, error=why)

    def _tell(self, table: str, rows: int, expected: int | None) -> None:
        done, tables = len(self._reports), self._tables
        self._progress(Progress(table, rows, expected, done, tables))


def _needs(table: MappedTable) -> set[str]:
    """The tables that are to be read before this one."""
    parent = {table.parent.table} if table.parent else set()
    return parent | ({DELETIONS} if table.tracked_as else set())


def _sizes(workspace: Workspace) -> dict[str, int]:
    with workspace.database.reading() as connection:
        states = sync_state.by_table(connection)
    return {name: state.surveyed_rows or 0 for name, state in states.items()}


def _children(entries: Sequence[MapEntry]) -> dict[str, list[MappedTable]]:
    found: dict[str, list[MappedTable]] = {}
    for entry in entries:
        if entry.table.parent:
            found.setdefault(entry.table.parent.table, []).append(entry.table)
    return found
