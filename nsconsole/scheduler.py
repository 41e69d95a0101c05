"""The scheduler: what happens without being asked, in threads that the screen never waits for."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from nsconsole.mapping import TIERS
from nsconsole.services.errors import NetSuiteUnavailableError, ServiceError
from nsconsole.services.pushes.draining import drain, held_back
from nsconsole.services.sync.reports import TableReport, TableStatus
from nsconsole.services.workspace import Workspace
from nsconsole.store.engine import DatabaseError

_log = logging.getLogger(__name__)

# The library skips a job that is a second late, which a laptop that slept always is.
_JOB_DEFAULTS = {"misfire_grace_time": None, "coalesce": True}
# While a table takes longer than its tier's period, the others of the tier take their next turns.
_TURNS = 3  # of one tier at once
# Each kind of work has threads of its own, or a long pull would keep the pushes waiting.
_THREADS = {
    "drain": 1,
    "sync": _TURNS * len(TIERS),
    "asked": 8,
    "tidy": 1,
    "phases": 1,
    "audit": 1,
}
_LOOK = 2.0  # seconds between two looks at whether a tier or a phase is due
_NIGHT_WATCH = 300.0  # … and whether the nightly audit is
_HOUR = 3600.0
_TROUBLE = (TableStatus.FAILED, TableStatus.PAUSED)


class Scheduler:
    """Drains the push queue, syncs each tier when it is due, applies phases, audits, tidies up.

    When a tier is due stands in the database, so that any number of processes share the turns.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stopping = threading.Event()
        self._drain_asked = threading.Event()
        self._complaints: dict[str, str] = {}
        self._jobs = BackgroundScheduler(
            timezone=UTC,
            job_defaults=_JOB_DEFAULTS,
            executors={
                name: {"type": "threadpool", "max_workers": count}
                for name, count in _THREADS.items()
            },
        )
        self._drain_every = workspace.settings.drain_every
        self._every(self._drain_every, "drain", self._drain)
        for place, minutes in enumerate(TIERS, 1):
            # The first to call learns whether NetSuite takes the login: five refusals lock it.
            self._every(
                _LOOK, "sync", self._sync_tier, minutes, delay=place * _LOOK, at_once=_TURNS
            )
        self._every(_HOUR, "tidy", self._tidy)
        self._every(_LOOK, "phases", self._apply_phases, delay=_LOOK)
        self._began = workspace.now()
        self._every(_NIGHT_WATCH, "audit", self._audit, delay=_NIGHT_WATCH)

    def _every(
        self,
        seconds: float,
        executor: str,
        job: Callable[..., None],
        *args: object,
        delay: float = 0.0,
        at_once: int = 1,
    ) -> None:
        self._jobs.add_job(
            job,
            "interval",
            seconds=seconds,
            args=args,
            id=" ".join(map(str, (executor, *args))),
            executor=executor,
            max_instances=at_once,
            next_run_time=datetime.now(UTC) + timedelta(seconds=delay),
        )

    def start(self) -> None:
        """Start the threads; the first drain begins at once, and soon the tiers that are due."""
        self._jobs.start()

    def drain_soon(self) -> None:
        """Drain at once rather than at the next turn; before the start, that is with it."""
        self._drain_asked.set()
        if not self._stopping.is_set():
            self._jobs.modify_job("drain", next_run_time=datetime.now(UTC))

    def sync_soon(self, tables: Sequence[str], *, full: bool = False) -> None:
        """Sync tables at once, whatever their tiers and whatever else is being synced."""
        if not self._stopping.is_set():
            self._jobs.add_job(self._sync_asked, args=(tuple(tables), full), executor="asked")

    def stop(self) -> None:
        """Begin no more work; a call to NetSuite that is under way ends by itself."""
        self._stopping.set()
        if self._jobs.running:
            self._jobs.shutdown(wait=False)

    def _drain(self) -> None:
        # What was approved while a drain was under way came too late for it.
        self._drain_asked.set()
        while self._drain_asked.is_set() and not self._stopping.is_set():
            self._drain_asked.clear()
            with self._boundary("drain"):
                report = drain(self._workspace, attended=False, stopping=self._stopping.is_set)
                if report.applied or report.retried or report.dead:
                    _log.info("drain: %s", report)
                self._drain_when_due()

    def _drain_when_due(self) -> None:
        """Have the next drain begin as soon as an approval can be called back no more."""
        seconds = held_back(self._workspace)
        if seconds is not None and not self._stopping.is_set():
            due = datetime.now(UTC) + timedelta(seconds=min(seconds, self._drain_every))
            self._jobs.modify_job("drain", next_run_time=due)

    def _sync_tier(self, minutes: int) -> None:
        from nsconsole.services.sync.tiers import run_due_tier  # the first drain does without

        name = f"tier {minutes}"
        with self._boundary(name):
            if self._stopping.is_set():
                return
            reports = run_due_tier(self._workspace, minutes, stopping=self._stopping.is_set)
            if reports:
                _tell(name, reports)

    def _sync_asked(self, tables: tuple[str, ...], full: bool) -> None:
        from nsconsole.services.sync.passes import sync

        with self._boundary("sync"):
            if not self._stopping.is_set():
                stopping = self._stopping.is_set
                _tell("sync", sync(self._workspace, tables, full=full, stopping=stopping))

    def _tidy(self) -> None:
        from nsconsole.services.sync.housekeeping import tidy

        with self._boundary("tidy"):
            tidy(self._workspace)

    def _apply_phases(self) -> None:
        from nsconsole.services.phases.due import apply_due  # most looks find nothing to apply

        with self._boundary("phases"):
            if not self._stopping.is_set():
                for applied in apply_due(self._workspace, stopping=self._stopping.is_set):
                    _log.info("phase %d is %s", applied.line.number, applied.line.state)

    def _audit(self) -> None:
        from nsconsole.services.coverage.nightly import audit_if_due

        with self._boundary("audit"):
            if not self._stopping.is_set():
                stopping = self._stopping.is_set
                report = audit_if_due(self._workspace, since=self._began, stopping=stopping)
                if report:
                    _log.info("audit %d: %.2f %%", report.audit_id, report.coverage_percent)

    @contextmanager
    def _boundary(self, name: str) -> Iterator[None]:
        """Log what a turn of a job meets; the next turn comes all the same."""
        try:
            yield
        except NetSuiteUnavailableError as error:
            self._complain(name, logging.INFO, str(error))
        except (ServiceError, DatabaseError) as error:
            self._complain(name, logging.WARNING, str(error))
        except Exception:  # noqa: BLE001 - the boundary of a thread: nobody else would hear of it
            _log.exception("%s: this should not have happened", name)
        else:
            self._complaints.pop(name, None)

    def _complain(self, name: str, level: int, text: str) -> None:
        # What holds a job up does so at each of its turns, every few seconds.
        repeated = self._complaints.get(name) == text
        self._complaints[name] = text
        _log.log(logging.DEBUG if repeated else level, "%s: %s", name, text)


def _tell(name: str, reports: Sequence[TableReport]) -> None:
    """Log what a pass did: a line for the whole, and one for each table that needs a look."""
    written = sum(report.rows_written for report in reports)
    deleted = sum(report.rows_deleted for report in reports)
    requests = sum(report.requests for report in reports)
    _log.info(
        "%s: %d tables, %s rows written, %s deleted, %s requests",
        name,
        len(reports),
        f"{written:,}",
        f"{deleted:,}",
        f"{requests:,}",
    )
    for report in reports:
        if report.status in _TROUBLE:
            _log.warning("%s: %s %s: %s", name, report.table, report.status, report.error)
        if report.dropped_columns:
            columns = ", ".join(report.dropped_columns)
            _log.warning("%s: %s: columns set aside: %s", name, report.table, columns)
