"""What the sandbox counts and tells: requests, how many at once, and the logins that it refused."""

from __future__ import annotations

import threading
from collections import Counter, deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

_REMEMBERED = 1000
DROPPED = "dropped"
"""In the place of a status: the connection was cut, or the request never answered."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A request that is over. `at` is the sandbox's time; `note` is a refused login or a fault."""

    at: datetime
    method: str
    path: str
    outcome: str
    seconds: float
    note: str


class Traffic:
    """The counts since the sandbox was started; safe to use from any thread.

    `tell` is called with each request that is over, if given.
    """

    def __init__(self, tell: Callable[[Passed], None] | None = None) -> None:
        self.tell = tell
        self._lock = threading.Lock()
        self._requests: dict[str, Counter[str]] = {}
        self._now = 0
        self._peak = 0
        self._refused: deque[dict[str, object]] = deque(maxlen=_REMEMBERED)
        self._bugs: deque[dict[str, object]] = deque(maxlen=_REMEMBERED)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """A request to NetSuite is under way for as long as the block lasts."""
        with self._lock:
            self._now += 1
            self._peak = max(self._peak, self._now)
        try:
            yield
        finally:
            with self._lock:
                self._now -= 1

    def answered(self, endpoint: str, outcome: str) -> None:
        """Count an answer by its status, or a request that gets none as `DROPPED`."""
        with self._lock:
            self._requests.setdefault(endpoint, Counter())[outcome] += 1

    def login_refused(self, at: datetime, endpoint: str, reason: str) -> None:
        """Remember the true reason of a refused login; the answer to the client never has it."""
        with self._lock:
            self._refused.append({"at": at.isoformat(), "endpoint": endpoint, "reason": reason})

    def bug(self, at: datetime, endpoint: str, error: BaseException) -> None:
        """Remember an error that the sandbox itself is to blame for."""
        with self._lock:
            self._bugs.append({"at": at.isoformat(), "endpoint": endpoint, "error": repr(error)})

    def stats(self) -> dict[str, object]:
        """Everything counted, as JSON; of refused logins and bugs the last thousand."""
        with self._lock:
            return {
                "requests": {name: dict(counts) for name, counts in self._requests.items()},
                "peak_concurrent": self._peak,
                "refused_logins": list(self._refused),
                "unexpected_errors": list(self._bugs),
            }
