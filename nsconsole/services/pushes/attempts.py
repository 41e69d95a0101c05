"""What becomes of a push after an attempt. Decided here, from what came back; written elsewhere."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from nsconsole.netsuite.errors import NetSuiteError, Outcome

if TYPE_CHECKING:
    from nsconsole.netsuite.restlet import OperationResult

MOST_ATTEMPTS = 3
LONGEST_WAIT = timedelta(hours=1)
_LONGEST_MESSAGE = 2_000  # characters kept of what NetSuite said
LOST = "lost"
"""The outcome of an attempt whose process died, or never came back, before its answer."""

_CHANGED_SINCE = "RCRD_HAS_BEEN_CHANGED"
# The RESTlet is not there, or not for us: that says nothing of the change, nor of any other.
_NOT_THERE = {401, 403, 404, 405, 415}
_NOT_DEPLOYED = {
    "INSUFFICIENT_PERMISSION",
    "SSS_INVALID_SCRIPTLET_ID",
    "SSS_INVALID_SCRIPT_ID",
    "SSS_MISSING_REQD_ARGUMENT",
    "UNABLE_TO_FIND_SCRIPT",
}


class Cause(StrEnum):
    """Why a push rests among the dead letters."""

    REFUSED = "refused"  # NetSuite will not do it
    CONFLICT = "conflict"  # the record is no longer what the approver saw
    EXHAUSTED = "exhausted"  # it failed too often, and surely was not done
    UNKNOWN_OUTCOME = "unknown_outcome"  # it may have been done
    TAMPERED = "tampered"  # it is not what was approved, and was never sent


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt: its number, the record it is about, and whether an earlier one may have done it.

    `values` are those that it is to give the record.
    """

    number: int
    record_id: str | None
    values: Mapping[str, object]
    maybe_done: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a push; `counted` tells an attempt from a mere wait.

    `stop` is why the drain ends with this push: the next one would fare no better.
    """

    status: str
    error: dict[str, Any] | None = None
    ns_internal_id: str | None = None
    counted: bool = True
    cause: Cause | None = None
    http_status: int | None = None
    body: str | None = None
    maybe_done: bool = False
    stop: NetSuiteError | None = None


def after_error(error: NetSuiteError, tried: Tried, *, alone: bool) -> Settlement:
    """Settle a push whose call failed as a whole; `alone` if it carried no other."""
    if says_nothing(error):
        return Settlement(
            "queued",
            counted=False,
            http_status=error.status,
            maybe_done=tried.maybe_done,
            stop=error,
        )
    # A script that is stopped has saved some of what it was given, and tells of none.
    partly = error.outcome is Outcome.PERMANENT and not alone
    outcome = Outcome.AMBIGUOUS if partly else error.outcome
    known = failure(outcome, error.code, error.message)
    # Without any answer the next push would only wait as long for none.
    stop = error if error.status is None else None
    body = "\n".join(error.details)[:_LONGEST_MESSAGE] or None
    return _failed(outcome, known, tried, http_status=error.status, body=body, stop=stop)


def says_nothing(error: NetSuiteError) -> bool:
    """Tell whether NetSuite did not take the call, so that nothing is known of the change."""
    if error.outcome in (Outcome.UNAUTHORIZED, Outcome.OVERLOAD):
        return True
    if error.outcome is Outcome.TRANSIENT:
        return error.status is None
    return error.outcome is Outcome.PERMANENT and (
        error.code in _NOT_DEPLOYED or (not error.code and error.status in _NOT_THERE)
    )


def after_result(result: "OperationResult", tried: Tried) -> Settlement:
    """Settle a push that the RESTlet answered."""
    if result.error is not None:
        outcome, code, message = result.error.outcome, result.error.code, result.error.message
        if outcome is Outcome.OVERLOAD:
            stop = NetSuiteError(outcome, message, status=200, code=code)
            return Settlement("queued", counted=False, maybe_done=tried.maybe_done, stop=stop)
        current = result.error.current
        if code == _CHANGED_SINCE and tried.maybe_done and _is_done(current, tried.values):
            return Settlement("applied", ns_internal_id=tried.record_id, http_status=200)
        known = failure(outcome, code, message, current)
        return _failed(outcome, known, tried, http_status=200)
    if not result.ns_internal_id or tried.record_id not in (None, result.ns_internal_id):
        message = f"NetSuite said that it was done, to record {result.ns_internal_id or 'unknown'}"
        known = failure(Outcome.AMBIGUOUS, "WRONG_RECORD", message)
        return _failed(Outcome.AMBIGUOUS, known, tried, http_status=200)
    return Settlement("applied", ns_internal_id=result.ns_internal_id, http_status=200)


def _is_done(current: Mapping[str, object] | None, values: Mapping[str, object]) -> bool:
    """Whether it was our own write, whose answer was lost, that changed the record."""
    return (
        bool(current)
        and current is not None
        and all(
            name in current and str(current[name]) == str(value) for name, value in values.items()
        )
    )


def _failed(
    outcome: Outcome,
    error: dict[str, Any],
    tried: Tried,
    *,
    http_status: int | None,
    body: str | None = None,
    stop: NetSuiteError | None = None,
) -> Settlement:
    maybe_done = outcome is Outcome.AMBIGUOUS or (
        tried.maybe_done and outcome is not Outcome.PERMANENT
    )
    cause = _cause(outcome, error["code"], tried.number, maybe_done=maybe_done)
    return Settlement(
        "dead" if cause else "queued",
        error,
        cause=cause,
        http_status=http_status,
        body=body,
        maybe_done=maybe_done,
        stop=stop,
    )


def _cause(outcome: Outcome, code: str, attempts: int, *, maybe_done: bool) -> Cause | None:
    if outcome is Outcome.PERMANENT:
        return Cause.CONFLICT if code == _CHANGED_SINCE else Cause.REFUSED
    if attempts < MOST_ATTEMPTS:
        return None
    return Cause.UNKNOWN_OUTCOME if maybe_done else Cause.EXHAUSTED


def failure(
    outcome: Outcome, code: str, message: str, current: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """Give an error in the form in which it is kept."""
    kept = {"outcome": outcome.value, "code": code, "message": message[:_LONGEST_MESSAGE]}
    return kept | ({"current": dict(current)} if current else {})


def pause(attempts: int, base: timedelta, chance: random.Random) -> timedelta:
    """Give the time until the next attempt: exponential backoff with full jitter."""
    longest: timedelta = min(base * 2 ** (attempts - 1), LONGEST_WAIT)
    return longest * chance.random()
