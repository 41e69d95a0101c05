"""Asking NetSuite for rows: patiently, and so that no refused login is ever repeated."""

import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from nsconsole.services.patience import patiently
from nsconsole.services.sync.halt import Halt, StoppedError

if TYPE_CHECKING:
    from nsconsole.netsuite.client import NetSuite
    from nsconsole.netsuite.keyset import Query
    from nsconsole.netsuite.suiteql import Page

PAGE = 1000
"""Rows of a full page, the most that NetSuite gives."""

_ATTEMPTS = 4  # of a request that fails


class Asker:
    """Asks for one run, in any thread; `requests` counts every attempt that left.

    `asked_at` is when, by the monotonic clock, it was last told to ask for something.
    """

    def __init__(self, netsuite: "NetSuite", halt: Halt) -> None:
        self._netsuite = netsuite
        self._halt = halt
        self.requests = 0
        self._counting = threading.Lock()
        self.asked_at = 0.0
        self.is_closed = False

    def ask(self, query: "Query", *, limit: int = PAGE, attempts: int = _ATTEMPTS) -> "Page":
        """Give the first page of a query's rows.

        What may pass is asked again after a while: a failure few times, an overload many. Raises
        NetSuiteError with what came last, and StoppedError.
        """
        self.asked_at = time.monotonic()
        ask_once = partial(self._ask_once, query, limit)
        return patiently(ask_once, attempts=attempts, sleep=self._halt.sleep)

    def close(self) -> None:
        """End with the run: a page that was asked for ahead is not asked for again."""
        self.is_closed = True

    def _ask_once(self, query: "Query", limit: int) -> "Page":
        self._halt.check()
        if self.is_closed:
            raise StoppedError("")
        with self._counting:
            self.requests += 1
        page = self._netsuite.suiteql(query.sql, query.params, limit=limit, urgent=False)
        self._halt.answered_at = time.monotonic()
        return page
