"""The push queue: what was approved goes to NetSuite, each change under its own request id."""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row

from nsconsole.netsuite.errors import NetSuiteError, Outcome
from nsconsole.services.actions.canonical import canonical_json
from nsconsole.services.attempts import (
    Cause,
    Settlement,
    after_error,
    after_result,
    failure,
    pause,
)
from nsconsole.services.errors import NetSuiteUnavailableError
from nsconsole.services.link import check_login, note
from nsconsole.services.payloads import push_digest, to_operation
from nsconsole.services.proposals import proposal_digest
from nsconsole.services.workspace import Workspace
from nsconsole.store import dead_letters, proposals
from nsconsole.store import pushes as store

if TYPE_CHECKING:
    from nsconsole.netsuite.client import NetSuite

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
    settled: list[Settlement] = []
    while not stopping() and (limit is None or len(settled) < limit):
        settlement = _next(workspace, netsuite, due=started)
        if settlement is None:
            break
        settled.append(settlement)
        if settlement.stop:
            break
    return _report(workspace, settled)


def _report(workspace: Workspace, settled: Sequence[Settlement]) -> DrainReport:
    counts = Counter(settlement.status for settlement in settled)
    stop = settled[-1].stop if settled else None
    if stop and len(settled) == 1 and not settled[0].counted:
        raise NetSuiteUnavailableError(str(stop)) from stop
    with workspace.database.reading() as connection:
        waiting = sum(store.count_by_status(connection, "queued", "in_flight").values())
    return DrainReport(
        counts["applied"], counts["queued"], counts["dead"], waiting, str(stop or "")
    )


def _next(workspace: Workspace, netsuite: "NetSuite", *, due: datetime) -> Settlement | None:
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
    _settle(workspace, row, lease, now, settlement)
    return settlement


def _as_approved(row: Row[Any], proposal: Row[Any]) -> bool:
    staged = proposal_digest(proposal._asdict())
    pushed = push_digest(row.payload_json, staged)
    untouched = (proposal.digest, row.digest) == (staged, pushed)
    return untouched and proposal.status == "approved"


def _not_as_approved() -> Settlement:
    message = "the push is not what was approved: its digest does not match. It was not sent"
    error = failure(Outcome.PERMANENT, "DIGEST_MISMATCH", message)
    return Settlement("dead", error, cause=Cause.TAMPERED)


def _attempt(workspace: Workspace, netsuite: "NetSuite", row: Row[Any]) -> Settlement:
    try:
        (result,) = netsuite.write([to_operation(row.payload_json, row.request_id)])
    except NetSuiteError as error:
        note(workspace, error)
        return _learned(netsuite, row, after_error(error, row.attempts))
    note(workspace, None)
    return after_result(result, _record_of(row), row.attempts)


def _record_of(row: Row[Any]) -> str | None:
    asked_id: str | None = json.loads(row.payload_json)["id"]
    return asked_id


def _learned(netsuite: "NetSuite", row: Row[Any], settlement: Settlement) -> Settlement:
    """Before an unknown outcome is laid to rest, ask the RESTlet whether it was done after all."""
    if settlement.cause is not Cause.UNKNOWN_OUTCOME:
        return settlement
    try:
        known = netsuite.lookup([row.request_id])[row.request_id]
    except NetSuiteError:
        return settlement
    if known is None or known.error is not None:
        return settlement  # the call may be at work still
    return after_result(known, _record_of(row), row.attempts)


def _settle(
    workspace: Workspace, row: Row[Any], lease: str, began: datetime, settlement: Settlement
) -> None:
    """Write what became of an attempt, all of it in one transaction."""
    at = workspace.now()
    with workspace.database.writing() as connection:
        if settlement.ns_internal_id:
            held = store.applied(
                connection, row.id, lease=lease, ns_internal_id=settlement.ns_internal_id, at=at
            )
        else:
            held = store.release(
                connection,
                row.id,
                lease=lease,
                status=settlement.status,
                error_json=canonical_json(settlement.error) if settlement.error else None,
                next_attempt_at=_next_attempt(workspace, row, at, settlement),
                at=at,
                counted=settlement.counted,
            )
        if held and settlement.counted and settlement.cause is not Cause.TAMPERED:
            dead_letters.add_attempt(connection, _as_attempt(row, began, at, settlement))
        if held and settlement.cause:
            dead_letters.bury(connection, _as_dead(connection, row, at, settlement))


def _next_attempt(
    workspace: Workspace, row: Row[Any], at: datetime, settlement: Settlement
) -> datetime:
    if not settlement.counted:
        return at
    base = timedelta(seconds=workspace.settings.retry_after)
    return at + pause(row.attempts, base, workspace.chance)


def _as_attempt(
    row: Row[Any], began: datetime, at: datetime, settlement: Settlement
) -> dict[str, Any]:
    error = settlement.error or {}
    return {
        "push_id": row.id,
        "number": row.attempts,
        "request_id": row.request_id,
        "began_at": began,
        "milliseconds": round((at - began).total_seconds() * 1000),
        "outcome": error.get("outcome", Outcome.DONE.value),
        "http_status": settlement.http_status,
        "code": error.get("code"),
        "message": error.get("message"),
    }


def _as_dead(
    connection: Connection, row: Row[Any], at: datetime, settlement: Settlement
) -> dict[str, Any]:
    error = settlement.error or {}
    tries = [_as_told(tried) for tried in dead_letters.attempts_of(connection, row.id)]
    return {
        "push_id": row.id,
        "proposal_id": row.proposal_id,
        "cause": settlement.cause,
        "code": error.get("code", ""),
        "payload_json": row.payload_json,
        "error_json": canonical_json({**error, "cause": str(settlement.cause), "attempts": tries}),
        "attempts": row.attempts,
        "last_at": at,
    }


def _as_told(tried: Row[Any]) -> dict[str, Any]:
    return {
        "number": tried.number,
        "at": tried.began_at.isoformat(),
        "milliseconds": tried.milliseconds,
        "outcome": tried.outcome,
        "http_status": tried.http_status,
        "code": tried.code,
        "message": tried.message,
    }


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
