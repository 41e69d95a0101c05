"""What the Queue screen reads and sends in its lanes, away from the screen's thread."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from nsconsole.console import messages
from nsconsole.console.lanes import LaneReader

if TYPE_CHECKING:
    from nsconsole.services.pushes.draining import DrainReport
    from nsconsole.services.workspace import Workspace

MOST = 500  # pushes that are listed: those that go first
_APPLIED = 10


class Reader(LaneReader):
    """Reads for one screen and posts what was read; only the newest request is done."""

    def __init__(self, workspace: "Workspace", post: Callable[[Message], object]) -> None:
        super().__init__(workspace, post)
        self._queue = self._lane("queue")
        self._drain = self._lane("drain")
        self._draining = threading.Lock()
        self._leaving = threading.Event()

    def queue(self, text: str) -> None:
        """Read what waits and matches; answers StandingRead and QueueRead."""
        self._queue.submit(lambda: self._read_queue(text))

    def _read_queue(self, text: str) -> None:
        from nsconsole.services.pushes.waiting import count, last_applied, waiting
        from nsconsole.services.status import glance

        workspace = self._workspace
        self._post(messages.StandingRead(glance(workspace)))
        pushes = waiting(workspace, matching=text, limit=MOST)
        counts, applied = count(workspace, matching=text), last_applied(workspace, _APPLIED)
        self._post(messages.QueueRead(text, pushes, counts, applied))

    def drain(self) -> bool:
        """Send what waits; answers Drained. False while the drain before is at work."""
        if self._draining.locked():
            return False
        self._drain.submit(self._run_drain)
        return True

    def leave(self) -> None:
        """End a drain after the calls under way."""
        self._leaving.set()

    def _run_drain(self) -> None:
        from nsconsole.services.errors import ServiceError
        from nsconsole.services.pushes.draining import drain

        with self._draining:
            try:
                report = drain(self._workspace, stopping=self._leaving.is_set)
            except ServiceError as error:
                self._post(messages.Drained(str(error), trouble=True))
            else:
                trouble = bool(report.retried or report.dead or report.stopped)
                self._post(messages.Drained(_told(report), trouble))


def _told(report: "DrainReport") -> str:
    counts = {
        "applied": report.applied,
        "to be tried again": report.retried,
        "dead": report.dead,
        "waiting": report.waiting,
    }
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    ended = f" It ended early: {report.stopped}" if report.stopped else ""
    return f"Drained: {told or 'nothing was due'}.{ended}"
