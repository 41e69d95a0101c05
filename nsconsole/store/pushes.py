"""Statements on `ns_pending_pushes` and on the mirror of what was applied."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Insert, Row, func, insert, literal, select, update

from nsconsole.store.tables import (
    ns_pending_pushes,
    proposed_actions,
    proposed_actions_applied_mirror,
)

_PUSH = ns_pending_pushes.c
_P = proposed_actions.c


def enqueue(connection: Connection, rows: Sequence[Mapping[str, Any]], at: datetime) -> list[int]:
    """Insert pushes as queued and due; give their ids in the order given."""
    statement = insert(ns_pending_pushes).returning(_PUSH.id, sort_by_parameter_order=True)
    common = {"status": "queued", "next_attempt_at": at, "created_at": at, "updated_at": at}
    return list(connection.execute(statement, [common | dict(row) for row in rows]).scalars())


def hurry(connection: Connection, at: datetime) -> None:
    """Make every queued push due at once."""
    connection.execute(
        update(ns_pending_pushes)
        .where(_PUSH.status == "queued", _PUSH.next_attempt_at > at)
        .values(next_attempt_at=at)
    )


def lease(
    connection: Connection, *, lease: str, due: datetime, now: datetime, expires: datetime
) -> Row[Any] | None:
    """Take the oldest push that is due, in one statement, under the name `lease`.

    Those that never failed go first: one that always fails must not hold up the others.
    A row whose holder let its lease run out counts as due: its request id makes asking again safe.
    """
    lapsed = (
        select(_PUSH.id)
        .where(_PUSH.status == "in_flight", _PUSH.lease_expires_at < now)
        .order_by(_PUSH.id)
        .limit(1)
    )
    waiting = (
        select(_PUSH.id)
        .where(_PUSH.status == "queued", _PUSH.next_attempt_at <= due)
        .order_by(_PUSH.attempts, _PUSH.id)
        .limit(1)
    )
    oldest = func.coalesce(lapsed.scalar_subquery(), waiting.scalar_subquery())
    taken = (
        update(ns_pending_pushes)
        .where(_PUSH.id == oldest)
        .values(
            status="in_flight",
            lease=lease,
            lease_expires_at=expires,
            attempts=_PUSH.attempts + 1,
            updated_at=now,
        )
        .returning(ns_pending_pushes)
    )
    return connection.execute(taken).one_or_none()


def applied(
    connection: Connection, push_id: int, *, lease: str, ns_internal_id: str, at: datetime
) -> bool:
    """Settle a push as applied and write its audit row; False if the lease is another's by now."""
    settled = connection.execute(
        update(ns_pending_pushes)
        .where(_PUSH.id == push_id, _PUSH.status == "in_flight", _PUSH.lease == lease)
        .values(
            status="applied",
            ns_internal_id=ns_internal_id,
            applied_at=at,
            updated_at=at,
            lease=None,
            lease_expires_at=None,
            error_json=None,
        )
    )
    if settled.rowcount == 1:
        connection.execute(_mirror(push_id))
    return settled.rowcount == 1


_COPIED = (
    "action_type",
    "target_record",
    "target_id",
    "proposed_change_json",
    "seen_json",
    "digest",
    "author",
    "decided_by",
    "decided_at",
)


def _mirror(push_id: int) -> Insert:
    columns = {
        "proposal_id": _P.id,
        "push_id": _PUSH.id,
        **{name: _P[name] for name in _COPIED},
        "request_id": _PUSH.request_id,
        "ns_internal_id": _PUSH.ns_internal_id,
        "applied_at": _PUSH.applied_at,
    }
    row = select(*columns.values()).join_from(
        ns_pending_pushes, proposed_actions, _PUSH.proposal_id == _P.id
    )
    return insert(proposed_actions_applied_mirror).from_select(
        list(columns), row.where(_PUSH.id == literal(push_id))
    )


def release(
    connection: Connection,
    push_id: int,
    *,
    lease: str,
    status: str,
    error_json: str | None,
    next_attempt_at: datetime,
    at: datetime,
    counted: bool,
) -> bool:
    """Give a push back, as `queued` or `dead`; False if the lease is another's by now.

    An attempt that is not `counted` is taken back, and leaves the error of the one before.
    """
    values: dict[str, Any] = {
        "status": status,
        "next_attempt_at": next_attempt_at,
        "updated_at": at,
        "lease": None,
        "lease_expires_at": None,
    }
    values |= {"error_json": error_json} if counted else {"attempts": _PUSH.attempts - 1}
    released = connection.execute(
        update(ns_pending_pushes)
        .where(_PUSH.id == push_id, _PUSH.status == "in_flight", _PUSH.lease == lease)
        .values(values)
    )
    return released.rowcount == 1


def get_many(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    """Give pushes by id."""
    return list(connection.execute(select(ns_pending_pushes).where(_PUSH.id.in_(ids))))


def for_proposals(connection: Connection, proposal_ids: Sequence[int]) -> dict[int, int]:
    """Give the newest push of each proposal that has one."""
    query = (
        select(_PUSH.proposal_id, func.max(_PUSH.id))
        .where(_PUSH.proposal_id.in_(proposal_ids))
        .group_by(_PUSH.proposal_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def of_proposal(connection: Connection, proposal_id: int) -> list[Row[Any]]:
    """Give a proposal's pushes, the oldest first."""
    query = select(ns_pending_pushes).where(_PUSH.proposal_id == proposal_id).order_by(_PUSH.id)
    return list(connection.execute(query))


def listed(connection: Connection, *, status: str | None, limit: int) -> list[Row[Any]]:
    """List pushes, the newest first."""
    query = select(ns_pending_pushes).order_by(_PUSH.id.desc()).limit(limit)
    return list(connection.execute(query.where(_PUSH.status == status) if status else query))


def count_by_status(connection: Connection, *statuses: str) -> dict[str, int]:
    """Count pushes by status; only some statuses, if any are named."""
    query = select(_PUSH.status, func.count()).group_by(_PUSH.status)
    query = query.where(_PUSH.status.in_(statuses)) if statuses else query
    return {row[0]: row[1] for row in connection.execute(query)}
