"""Asking NetSuite what it has: patiently, and so that no refused login is ever repeated."""

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception
from tenacity.wait import wait_exponential, wait_random

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.services import link
from nsconsole.services.sync.halt import Halt
from nsconsole.services.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from nsconsole.netsuite.client import NetSuite

_T = TypeVar("_T")

_ATTEMPTS = 3  # of a request that fails; some descriptions NetSuite can never give
_OVERLOADS = 40  # refusals for want of a place in the queue, which are no failures
_LONGEST = 15.0  # seconds between two attempts
_OUTAGE = (None, 502, 503, 504)  # HTTP statuses, or none at all

_after_failure = wait_exponential(multiplier=0.5, max=_LONGEST) + wait_random(0, 0.5)


class Asker:
    """Asks for one fetch, in any thread; `requests` counts every attempt that left."""

    def __init__(self, workspace: Workspace, halt: Halt) -> None:
        self._workspace = workspace
        self._halt = halt
        self._counting = threading.Lock()
        self.requests = 0

    def ask(self, call: "Callable[[NetSuite], _T]") -> _T:
        """Make a call, again after a while if that may help, and give its answer.

        Raises NetSuiteError with what came last, and StoppedError. Where another request would
        fare no better, or lock the account, all of the fetch is stopped.
        """
        failures = 0
        asked_at = time.monotonic()

        def worth_another(error: BaseException) -> bool:
            nonlocal failures
            if not isinstance(error, NetSuiteError):
                return False
            failures += error.outcome is Outcome.TRANSIENT
            return error.outcome in (Outcome.TRANSIENT, Outcome.OVERLOAD) and failures < _ATTEMPTS

        retrying = Retrying(
            retry=retry_if_exception(worth_another),
            stop=lambda state: state.attempt_number >= _OVERLOADS,
            wait=_pause,
            sleep=self._halt.sleep,
            reraise=True,
        )
        try:
            answer: _T = retrying(self._ask_once, call)
        except NetSuiteError as error:
            self._learn(error, asked_at)
            raise
        return answer

    def learn_limit(self) -> None:
        """Find out how many calls NetSuite takes at once, if it tells."""
        with suppress(NetSuiteError):
            self._workspace.governor.learn(self._workspace.netsuite())

    def _ask_once(self, call: "Callable[[NetSuite], _T]") -> _T:
        self._halt.check()
        with self._counting:
            self.requests += 1
        answer = call(self._workspace.netsuite())
        self._halt.answered_at = time.monotonic()
        return answer

    def _learn(self, error: NetSuiteError, asked_at: float) -> None:
        answered_at = self._halt.answered_at
        is_alone = answered_at is None or answered_at < asked_at
        is_outage = error.status in _OUTAGE and error.outcome is Outcome.TRANSIENT and is_alone
        if error.outcome is Outcome.UNAUTHORIZED or is_outage:
            link.note(self._workspace, error)
            self._halt.stop(str(error))


def _pause(state: RetryCallState) -> float:
    """Seconds to wait: what NetSuite asks for if it does, else ever more."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, NetSuiteError) else None
    return _after_failure(state) if asked is None else asked
