"""Asking NetSuite again after a while, where that may help."""

from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception
from tenacity.wait import wait_exponential, wait_random

from nsconsole.netsuite.errors import NetSuiteError, Outcome

_OVERLOADS = 40  # refusals for want of a place in the queue, which are no failures
_LONGEST = 15.0  # seconds between two attempts

_after_failure = wait_exponential(multiplier=0.5, max=_LONGEST) + wait_random(0, 0.5)

_T = TypeVar("_T")


def patiently(call: Callable[[], _T], *, attempts: int, sleep: Callable[[float], None]) -> _T:
    """Make a call that changes nothing, again if it may pass: a failure few times, overload many.

    Between two attempts it sleeps as long as NetSuite asks for, or else ever longer. Raises what
    the last attempt raised.
    """
    failures = 0

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
        sleep=sleep,
        reraise=True,
    )
    return retrying(call)


def _pause(state: RetryCallState) -> float:
    """Seconds to wait: what NetSuite asks for if it does, else ever more."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, NetSuiteError) else None
    return _after_failure(state) if asked is None else asked
