"""Stopping the runs of a pass: because somebody asked, or because NetSuite cannot be asked."""

from collections.abc import Callable

_STEP = 0.1  # seconds between looks at whether to stop


class StoppedError(Exception):
    """A run ends between two requests; what it has written so far stays."""


class Halt:
    """Shared by the runs of one pass; `stopping` is somebody's wish, `reason` NetSuite's state.

    `answered_at` is when, by the monotonic clock, NetSuite last answered any of them.
    """

    def __init__(self, stopping: Callable[[], bool], sleep: Callable[[float], None]) -> None:
        self._stopping = stopping
        self._sleep = sleep
        self.reason = ""
        self.answered_at: float | None = None

    def stop(self, reason: str) -> None:
        """Let every run end, and say why; the first reason stays."""
        self.reason = self.reason or reason

    @property
    def wanted(self) -> bool:
        """Whether to stop."""
        return bool(self.reason) or self._stopping()

    def check(self) -> None:
        """Raise StoppedError if it is time to stop."""
        if self.wanted:
            raise StoppedError(self.reason)

    def sleep(self, seconds: float) -> None:
        """Wait; raises StoppedError as soon as it is time to stop."""
        while seconds > 0:
            self.check()
            self._sleep(min(seconds, _STEP))
            seconds -= _STEP
        self.check()
