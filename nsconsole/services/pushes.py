"""The push queue: what was approved goes to NetSuite, each change under its own request id."""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.services.actions.canonical import canonical_json
from nsconsole.services.errors import NetSuiteUnavailableError
from nsconsole.services.link import check_login, note
from nsconsole.services.payloads import push_digest, to_operation
from nsconsole.services.proposals import proposal_digest
from nsconsole.services.workspace import Workspace
from nsconsole.store import proposals
from nsconsole.store import pushes as store

if TYPE_CHECKING:
    from nsconsole.netsuite.client import NetSuite
    from nsconsole.netsuite.restlet import OperationResult

_SLACK = timedelta(seconds=60)  # what a lease lasts beyond the longest call


@dataclass(frozen=True, slots=True)
class Push:
    """A queued write, as a list shows it; `error` is what the last attempt met."""

    id: int
    proposal_id: int
    status: str
    attempts: int
    next_attempt_at: datetime
    ns_internal_id: str | None
    error: str | None
    applied_at: datetime | None


@dataclass(frozen=True, slots=True)
class DrainReport:
    """What a drain did: pushes applied, put back, and refused for good; and what still waits.

    `stopped` says why it ended early, if it did.
    """

    applied: int = 0
    retried: int = 0
    dead: int = 0
    waiting: int = 0
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class _Settlement:
    """What becomes of a push after an attempt; the decision, apart from its writing."""

    status: str
    error: dict[str, Any] | None = None
    ns_internal_id: str | None = None
    counted: bool = True
    stop: NetSuiteError | None = None


def drain(
    workspace: Workspace,
    *,
    limit: int | None = None,
    attended: bool = True,
    stopping: Callable[[], bool] = lambda: False,
) -> DrainReport:
    """Send what is queued, the oldest first, until nothing is due or `limit` pushes were tried.

    A person's drain (`attended`) takes what failed before at once; the scheduler's waits until it
    is due. Raises NetSuiteUnavailableError if NetSuite could not be reached or refused before
    anything was sent.
    """
    check_login(workspace)
    netsuite = workspace.netsuite()
    started = workspace.now()
    if attended:
        with workspace.database.writing() as connection:
            store.hurry(connection, started)
    settled: list[_Settlement] = []
    while not stopping() and (limit is None or len(settled) < limit):
        settlement = _next(workspace, netsuite, due=started)
        if settlement is None:
            break
        settled.append(settlement)
        if settlement.stop:
            break
    return _report(workspace, settled)


def _report(workspace: Workspace, settled: Sequence[_Settlement]) -> DrainReport:
    counts = Counter(settlement.status for settlement in settled)
    stop = settled[-1].stop if settled else None
    if stop and len(settled) == 1 and not settled[0].counted:
        raise NetSuiteUnavailableError(str(stop)) from stop
    with workspace.database.reading() as connection:
        waiting = sum(store.count_by_status(connection, "queued", "in_flight").values())
    return DrainReport(
        counts["applied"], counts["queued"], counts["dead"], waiting, str(stop or "")
    )


def _next(workspace: Workspace, netsuite: "NetSuite", *, due: datetime) -> _Settlement | None:
    lease, now = str(uuid.uuid4()), workspace.now()
    expires = now + timedelta(seconds=workspace.settings.total_timeout) + _SLACK
    with workspace.database.writing() as connection:
        row = store.lease(connection, lease=lease, due=due, now=now, expires=expires)
        if row is None:
            return None
        (proposal,) = proposals.get_many(connection, [row.proposal_id])
    settlement = (
        _attempt(workspace, netsuite, row) if _as_approved(row, proposal) else _not_as_approved()
    )
    _settle(workspace, row.id, lease, settlement)
    return settlement


def _as_approved(row: Row[Any], proposal: Row[Any]) -> bool:
    staged = proposal_digest(proposal._asdict())
    pushed = push_digest(row.payload_json, staged)
    untouched = (proposal.digest, row.digest) == (staged, pushed)
    return untouched and proposal.status == "approved"


def _not_as_approved() -> _Settlement:
    message = "the push is not what was approved: its digest does not match. It was not sent"
    return _Settlement("dead", error={"code": "DIGEST_MISMATCH", "message": message})


def _attempt(workspace: Workspace, netsuite: "NetSuite", row: Row[Any]) -> _Settlement:
    try:
        (result,) = netsuite.write([to_operation(row.payload_json, row.request_id)])
    except NetSuiteError as error:
        note(workspace, error)
        return _after_error(error)
    note(workspace, None)
    return _after_result(result, json.loads(row.payload_json)["id"])


# A call that NetSuite did not take says nothing of the change, and the next would fare no better.
_NOT_TAKEN = (Outcome.UNAUTHORIZED, Outcome.OVERLOAD)


def _after_error(error: NetSuiteError) -> _Settlement:
    unreached = error.status is None and error.outcome is Outcome.TRANSIENT
    if unreached or error.outcome in _NOT_TAKEN:
        return _Settlement("queued", counted=False, stop=error)
    known = _error(error.outcome, error.code, error.message)
    # No answer at all: the next push would only wait as long for none.
    return _Settlement("queued", error=known, stop=error if error.status is None else None)


def _after_result(result: "OperationResult", asked_id: str | None) -> _Settlement:
    if result.error is not None:
        outcome, code, message = result.error.outcome, result.error.code, result.error.message
        current = result.error.current
        return _Settlement("queued", error=_error(outcome, code, message, current))
    if not result.ns_internal_id or asked_id not in (None, result.ns_internal_id):
        message = f"NetSuite said that it was done, to record {result.ns_internal_id or 'unknown'}"
        return _Settlement("queued", error=_error(Outcome.AMBIGUOUS, "WRONG_RECORD", message))
    return _Settlement("applied", ns_internal_id=result.ns_internal_id)


def _error(
    outcome: Outcome, code: str, message: str, current: Mapping[str, object] | None = None
) -> dict[str, Any]:
    found = {"outcome": outcome.value, "code": code, "message": message}
    return found | ({"current": dict(current)} if current else {})


def _settle(workspace: Workspace, push_id: int, lease: str, settlement: _Settlement) -> None:
    at = workspace.now()
    with workspace.database.writing() as connection:
        if settlement.ns_internal_id:
            store.applied(
                connection, push_id, lease=lease, ns_internal_id=settlement.ns_internal_id, at=at
            )
            return
        store.release(
            connection,
            push_id,
            lease=lease,
            status=settlement.status,
            error_json=canonical_json(settlement.error) if settlement.error else None,
            next_attempt_at=_next_attempt(workspace, at, counted=settlement.counted),
            at=at,
            counted=settlement.counted,
        )


def _next_attempt(workspace: Workspace, at: datetime, *, counted: bool) -> datetime:
    return at + timedelta(seconds=workspace.settings.retry_after) if counted else at


def list_pushes(
    workspace: Workspace, *, status: str | None = None, limit: int = 1000
) -> list[Push]:
    """List pushes, the newest first; only those of a status if one is given."""
    with workspace.database.reading() as connection:
        rows = store.listed(connection, status=status, limit=limit)
    return [to_push(row) for row in rows]


def to_push(row: Row[Any]) -> Push:
    """Read a push's row."""
    error = json.loads(row.error_json) if row.error_json else None
    return Push(
        id=row.id,
        proposal_id=row.proposal_id,
        status=row.status,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        ns_internal_id=row.ns_internal_id,
        error=f"{error['code']}: {error['message']}" if error else None,
        applied_at=row.applied_at,
    )
