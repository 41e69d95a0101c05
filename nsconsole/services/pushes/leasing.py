"""Leases: which pushes a drainer takes, and for how long nobody else may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from nsconsole.services import audit_trail
from nsconsole.services.pushes import breaker
from nsconsole.services.pushes.attempts import LONGEST_WAIT, LOST
from nsconsole.services.workspace import Workspace
from nsconsole.store import pushes as store

_SLACK = timedelta(seconds=60)  # what a lease lasts beyond the longest call
_JUST_TAKEN = timedelta(seconds=1)
_LONGEST_WAIT = LONGEST_WAIT + timedelta(minutes=10)  # an undo window is far shorter


@dataclass(frozen=True, slots=True)
class Lease:
    """Pushes that are ours to send, in their order, with the proposal of each.

    `permission` is the breaker's, to be told how the call went.
    """

    pushes: Sequence[Row[Any]]
    proposals: Mapping[int, Row[Any]]
    permission: breaker.Pass
    began: datetime

    @property
    def fences(self) -> dict[int, int]:
        """The number of each push's lease: a later one's is higher."""
        return {push.id: push.fence for push in self.pushes}


class LapsedError(Exception):
    """The lease may run out before an answer comes: nothing was sent, and others may take it."""


def take(connection: Connection, workspace: Workspace, *, limit: int) -> Lease | None:
    """Take up to `limit` pushes that are due; None if none is, or the breaker lets nothing pass.

    It belongs in a writing transaction. What a dead owner had in flight goes back to the queue
    first.
    """
    longest = _longest_call(workspace) + _SLACK
    # No sooner: what others took while we waited for our turn would end later than it may.
    now = workspace.now()
    _rescue(connection, now, longest)
    permission = breaker.enter(connection, now)
    if permission is None:
        return None
    rows = store.lease(
        connection,
        owner=workspace.owner,
        limit=1 if permission.probe else limit,
        now=now,
        expires=now + longest,
        longest_wait=_LONGEST_WAIT,
    )
    if not rows:
        breaker.given_back(connection, permission)
        return None
    return Lease(rows, store.proposals_of(connection, rows), permission, now)


def check_held(workspace: Workspace, lease: Lease) -> None:
    """Raise LapsedError unless the whole lease is ours until the longest call is over.

    Waiting for a place among the calls to NetSuite may take any time. Where it took next to none,
    nobody can have taken the lease for lapsed.
    """
    now = workspace.now()
    if timedelta() <= now - lease.began < _JUST_TAKEN:
        return
    with workspace.database.reading() as connection:
        held = store.still_held(connection, lease.fences, until=now + _longest_call(workspace))
    if held != set(lease.fences):
        raise LapsedError


def _longest_call(workspace: Workspace) -> timedelta:
    return timedelta(seconds=workspace.settings.total_timeout)


def _rescue(connection: Connection, now: datetime, longest: timedelta) -> None:
    lost = store.rescue(connection, now, longest=longest)
    if not lost:
        return
    store.attempted(connection, [_as_lost(row, now) for row in lost])
    entries = [
        audit_trail.Entry(
            audit_trail.SYSTEM,
            "attempt_lost",
            f"push:{row.id}",
            {"attempt": row.attempts, "request_id": row.request_id, "owner": row.lease},
        )
        for row in lost
    ]
    audit_trail.append(connection, now, entries)


def _as_lost(row: Row[Any], now: datetime) -> dict[str, Any]:
    began = row.leased_at or now
    return {
        "push_id": row.id,
        "number": row.attempts,
        "fence": row.fence,
        "request_id": row.request_id,
        "owner": row.lease or "",
        "began_at": began,
        "milliseconds": max(0, round((now - began).total_seconds() * 1000)),
        "outcome": LOST,
        "http_status": None,
        "code": None,
        "message": "whoever sent it did not come back to tell",
        "body": None,
    }
