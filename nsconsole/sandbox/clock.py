"""The sandbox's own time, which can be wrong and can jump."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from nsconsole.sandbox.behaviour import Switches


FARTHEST = timedelta(days=36_600)
"""How far advances may take the clock away from the true time: calendars end in the year 9999."""


class TooFarError(ValueError):
    """An advance beyond what the clock may be ahead or behind."""


class Clock:
    """Calling it gives the sandbox's time as an aware UTC datetime.

    It is the time of `now`, off by the switch `clock_offset_seconds`, and ahead by every advance.
    """

    def __init__(self, now: Callable[[], datetime], switches: Switches) -> None:
        self._now = now
        self._switches = switches
        self._lock = threading.Lock()
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        """The time at this moment."""
        offset = timedelta(seconds=self._switches.current.clock_offset_seconds)
        return self._now() + offset + self._ahead

    def advance(self, by: timedelta) -> datetime:
        """Let `by` pass at once; return the time after it.

        Raises:
            TooFarError: the clock would be more than a hundred years off.
        """
        with self._lock:
            ahead = self._ahead + by
            if abs(ahead) > FARTHEST:
                raise TooFarError
            self._ahead = ahead
        return self()
