"""The scheduler: what happens without being asked, in threads that the screen never waits for."""

import logging
import threading
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler

from nsconsole.services.errors import NetSuiteUnavailableError, ServiceError
from nsconsole.services.pushes import drain
from nsconsole.services.workspace import Workspace
from nsconsole.store.engine import DatabaseError

_log = logging.getLogger(__name__)

# The library skips a job that is a second late, which a laptop that slept always is.
_JOB_DEFAULTS = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
_DRAIN = "drain"


class Scheduler:
    """Drains the push queue every few seconds, and at once when asked."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stopping = threading.Event()
        self._asked = threading.Event()
        self._jobs = BackgroundScheduler(
            timezone=UTC,
            job_defaults=_JOB_DEFAULTS,
            executors={"default": {"type": "threadpool", "max_workers": 1}},
        )
        self._jobs.add_job(
            self._drain,
            "interval",
            seconds=workspace.settings.drain_every,
            id=_DRAIN,
            next_run_time=datetime.now(UTC),
        )

    def start(self) -> None:
        """Start the thread; the first drain begins at once."""
        self._jobs.start()

    def drain_soon(self) -> None:
        """Drain at once rather than at the next turn; before the start, that is with it."""
        self._asked.set()
        if not self._stopping.is_set():
            self._jobs.modify_job(_DRAIN, next_run_time=datetime.now(UTC))

    def stop(self) -> None:
        """Begin no more work; a call to NetSuite that is under way ends by itself."""
        self._stopping.set()
        if self._jobs.running:
            self._jobs.shutdown(wait=False)

    def _drain(self) -> None:
        # What was approved while a drain was under way came too late for it.
        self._asked.set()
        while self._asked.is_set() and not self._stopping.is_set():
            self._asked.clear()
            self._drain_once()

    def _drain_once(self) -> None:
        try:
            report = drain(self._workspace, attended=False, stopping=self._stopping.is_set)
        except NetSuiteUnavailableError as error:
            _log.info("drain: %s", error)
        except (ServiceError, DatabaseError) as error:
            _log.warning("drain: %s", error)
        else:
            if report.applied or report.retried or report.dead:
                _log.info("drain: %s", report)
