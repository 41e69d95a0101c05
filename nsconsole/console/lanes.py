"""Lanes: threads that work beside the screen, which never waits for them; and who reads in them.

A lane's thread is a daemon: one that waits for NetSuite does not hold up leaving.
"""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from nsconsole.console import messages

if TYPE_CHECKING:
    from nsconsole.services.workspace import Workspace

_log = logging.getLogger(__name__)

Job = Callable[[], None]


class Lane:
    """A thread that does the newest job only: one that was not begun is replaced by the next."""

    def __init__(self, name: str, failed: Callable[[Exception], None]) -> None:
        self._name = name
        self._failed = failed
        self._job: Job | None = None
        self._ready = threading.Condition()
        self._thread: threading.Thread | None = None

    def submit(self, job: Job) -> None:
        """Do `job` next, and forget a waiting one."""
        with self._ready:
            self._job = job
            self._ready.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._ready:
                self._ready.wait_for(lambda: self._job is not None)
                job, self._job = self._job, None
            try:
                if job:
                    job()
            except Exception as error:  # noqa: BLE001 - the end of a thread: the screen shows it
                _log.warning("%s failed", self._name, exc_info=error)
                self._failed(error)


class LaneReader:
    """Reads for one screen and posts what was read, or LaneFailed.

    Each lane does only its newest request.
    """

    def __init__(self, workspace: "Workspace", post: Callable[[Message], object]) -> None:
        self._workspace = workspace
        self._post = post

    def _lane(self, name: str) -> Lane:
        return Lane(name, self._failed)

    def _failed(self, error: Exception) -> None:
        self._post(messages.LaneFailed(str(error) or type(error).__name__))
