"""Asking NetSuite for rows: patiently, and so that no refused login is ever repeated."""

import threading
import time
from typing import TYPE_CHECKING

from tenacity import RetryCallState, Retrying, retry_if_exception
from tenacity.wait import wait_exponential, wait_random

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.services.sync.halt import Halt, StoppedError

if TYPE_CHECKING:
    from nsconsole.netsuite.client import NetSuite
    from nsconsole.netsuite.keyset import Query
    from nsconsole.netsuite.suiteql import Page

PAGE = 1000
"""Rows of a full page, the most that NetSuite gives."""

_ATTEMPTS = 4  # of a request that fails
_OVERLOADS = 40  # refusals for want of a place in the queue, which are no failures
_LONGEST = 15.0  # seconds between two attempts

_after_failure = wait_exponential(multiplier=0.5, max=_LONGEST) + wait_random(0, 0.5)


class Asker:
    """Asks for one run, in any thread; `requests` counts every attempt that left."""

    def __init__(self, netsuite: "NetSuite", halt: Halt) -> None:
        self._netsuite = netsuite
        self._halt = halt
        self.requests = 0
        self._counting = threading.Lock()
        self._asked_at = 0.0
        self.is_closed = False

    def ask(self, query: "Query", *, limit: int = PAGE, attempts: int = _ATTEMPTS) -> "Page":
        """Give the first page of a query's rows.

        What may pass is asked again after a while: a failure few times, an overload many. Raises
        NetSuiteError with what came last, and StoppedError.
        """
        failures = 0
        self._asked_at = time.monotonic()

        def worth_another(error: BaseException) -> bool:
            nonlocal failures
            if not isinstance(error, NetSuiteError):
                return False
            failures += error.outcome is Outcome.TRANSIENT
            return error.outcome in (Outcome.TRANSIENT, Outcome.OVERLOAD) and failures < attempts

        retrying = Retrying(
            retry=retry_if_exception(worth_another),
            stop=lambda state: state.attempt_number >= _OVERLOADS,
            wait=_pause,
            sleep=self._halt.sleep,
            reraise=True,
        )
        return retrying(self._ask_once, query, limit)

    def close(self) -> None:
        """End with the run: a page that was asked for ahead is not asked for again."""
        self.is_closed = True

    @property
    def alone(self) -> bool:
        """Whether nobody else in the pass got an answer since this last asked for something."""
        return self._halt.answered_at is None or self._halt.answered_at < self._asked_at

    def _ask_once(self, query: "Query", limit: int) -> "Page":
        self._halt.check()
        if self.is_closed:
            raise StoppedError("")
        with self._counting:
            self.requests += 1
        page = self._netsuite.suiteql(query.sql, query.params, limit=limit, urgent=False)
        self._halt.answered_at = time.monotonic()
        return page


def _pause(state: RetryCallState) -> float:
    """Seconds to wait: what NetSuite asks for if it does, else ever more."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, NetSuiteError) else None
    return _after_failure(state) if asked is None else asked
