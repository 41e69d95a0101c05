"""Statements on `ns_pending_pushes` and on the mirror of what was applied."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from nsconsole.store.tables import (
    IS_IN_FLIGHT,
    IS_WAITING,
    WAITING,
    ns_pending_pushes,
    proposed_actions,
    proposed_actions_applied_mirror,
)

_PUSH = ns_pending_pushes.c
_P = proposed_actions.c


def enqueue(connection: Connection, rows: Sequence[Mapping[str, Any]], at: datetime) -> list[int]:
    """Insert pushes as queued, due at once unless a row says when; give their ids in that order."""
    statement = insert(ns_pending_pushes).returning(_PUSH.id, sort_by_parameter_order=True)
    common = {"status": "queued", "next_attempt_at": at, "created_at": at, "updated_at": at}
    return list(connection.execute(statement, [common | dict(row) for row in rows]).scalars())


def hurry(connection: Connection, at: datetime) -> None:
    """Make every push that failed before due at once."""
    connection.execute(
        update(ns_pending_pushes)
        .where(IS_WAITING, _PUSH.status == "queued", _PUSH.attempts > 0, _PUSH.next_attempt_at > at)
        .values(next_attempt_at=at)
    )


_NOW = bindparam("moment", type_=_PUSH.leased_at.type)
_FAR_AHEAD = bindparam("far_ahead", type_=_PUSH.leased_at.type)
_LAPSED = select(ns_pending_pushes).where(
    IS_IN_FLIGHT, or_(_PUSH.lease_expires_at < _NOW, _PUSH.lease_expires_at > _FAR_AHEAD)
)


def rescue(connection: Connection, now: datetime, *, longest: timedelta) -> list[Row[Any]]:
    """Put back what somebody had in flight whose lease ran out; give the rows as they were.

    Nobody heard what became of it, so it may be done. No lease lasts longer than `longest`: one
    that ends later was given by a clock that was ahead.
    """
    rows = connection.execute(_LAPSED, {"moment": now, "far_ahead": now + longest}).all()
    if rows:
        connection.execute(
            update(ns_pending_pushes)
            .where(IS_IN_FLIGHT, _PUSH.id.in_([row.id for row in rows]))
            .values(status="queued", next_attempt_at=now, updated_at=now, maybe_done=1, **_FREE)
        )
    return list(rows)


_EARLIER = ns_pending_pushes.alias("earlier")
_DUE = (
    select(_PUSH.id, _PUSH.attempts)
    .where(
        # `likely` and the plus keep SQLite from the index on the status, by which it would read
        # all that waits, and sort it, to give the first few.
        func.likely(IS_WAITING),
        text("+ns_pending_pushes.status = 'queued'"),
        _PUSH.held_at.is_(None),
        or_(_PUSH.next_attempt_at <= _NOW, _PUSH.next_attempt_at > _FAR_AHEAD),
        ~exists().where(
            text(f"earlier.{WAITING}"),
            _EARLIER.c.record_key == _PUSH.record_key,
            _EARLIER.c.id < _PUSH.id,
        ),
    )
    .order_by(_PUSH.priority, _PUSH.id)
)
_FIRST = _DUE.limit(1).subquery()
_CANDIDATES = _DUE.limit(bindparam("most")).subquery()
_BATCH = select(_CANDIDATES.c.id).where(
    or_(
        _CANDIDATES.c.id == select(_FIRST.c.id).scalar_subquery(),
        and_(select(_FIRST.c.attempts).scalar_subquery() == 0, _CANDIDATES.c.attempts == 0),
    )
)
# Made once: to make it takes longer than to execute it.
_LEASE = (
    update(ns_pending_pushes)
    .where(_PUSH.id.in_(_BATCH))
    .values(
        status="in_flight",
        lease=bindparam("owner"),
        leased_at=_NOW,
        lease_expires_at=bindparam("expires"),
        fence=_PUSH.fence + 1,
        attempts=_PUSH.attempts + 1,
        updated_at=_NOW,
    )
    .returning(ns_pending_pushes)
)


def lease(
    connection: Connection,
    *,
    owner: str,
    limit: int,
    now: datetime,
    expires: datetime,
    longest_wait: timedelta,
) -> list[Row[Any]]:
    """Take up to `limit` pushes that are due, in one statement; give them in their order.

    Of one record only the earliest that waits is taken. What was tried before is taken alone, lest
    it drag others along. A wait that ends later than `longest_wait` was set by a clock ahead.
    """
    given = {"owner": owner, "most": limit, "moment": now, "expires": expires}
    taken = connection.execute(_LEASE, {**given, "far_ahead": now + longest_wait})
    return sorted(taken, key=lambda row: (row.priority, row.id))


def held_back_until(connection: Connection) -> datetime | None:
    """Tell when the first of those that were never tried is due."""
    never_tried = (IS_WAITING, _PUSH.status == "queued", _PUSH.attempts == 0)
    query = select(func.min(_PUSH.next_attempt_at)).where(*never_tried, _PUSH.held_at.is_(None))
    due: datetime | None = connection.execute(query).scalar_one()
    return due


_UNTIL = bindparam("until", type_=_PUSH.leased_at.type)
_FENCES = select(_PUSH.id, _PUSH.fence).where(
    _PUSH.id.in_(bindparam("ids", expanding=True)),
    _PUSH.status == "in_flight",
    or_(_UNTIL.is_(None), _PUSH.lease_expires_at >= _UNTIL),
)


def still_held(
    connection: Connection, fences: Mapping[int, int], *, until: datetime | None = None
) -> set[int]:
    """Tell which pushes are still in flight under the leases that these numbers name.

    With `until`, only those whose lease lasts so long.
    """
    found = connection.execute(_FENCES, {"ids": list(fences), "until": until})
    return {row.id for row in found if row.fence == fences[row.id]}


_ROW = and_(
    _PUSH.id == bindparam("push_id"),
    _PUSH.fence == bindparam("held_fence"),
    _PUSH.status == "in_flight",
)
_FREE = {"lease": None, "leased_at": None, "lease_expires_at": None}


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
_COLUMNS = {
    "proposal_id": _P.id,
    "push_id": _PUSH.id,
    **{name: _P[name] for name in _COPIED},
    "request_id": _PUSH.request_id,
    "ns_internal_id": _PUSH.ns_internal_id,
    "applied_at": _PUSH.applied_at,
}
_MIRROR = insert(proposed_actions_applied_mirror).from_select(
    list(_COLUMNS),
    select(*_COLUMNS.values())
    .join_from(ns_pending_pushes, proposed_actions, _PUSH.proposal_id == _P.id)
    .where(_PUSH.id.in_(bindparam("ids", expanding=True)))
    .order_by(_PUSH.id),
)


_APPLIED = (
    update(ns_pending_pushes)
    .where(_ROW)
    .values(
        status="applied",
        ns_internal_id=bindparam("internal_id"),
        applied_at=_NOW,
        updated_at=_NOW,
        error_json=None,
        maybe_done=0,
        **_FREE,
    )
)


def applied(connection: Connection, rows: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Settle pushes as applied, and write the audit row of each.

    A row names `push_id`, `held_fence` and `internal_id`; whose lease is another's by now stays.
    """
    if not rows:
        return
    connection.execute(_APPLIED, [{**row, "moment": at} for row in rows])
    connection.execute(_MIRROR, {"ids": [row["push_id"] for row in rows]})


def released(connection: Connection, rows: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Give pushes back, as `queued` or `dead`.

    A row names `push_id`, `held_fence`, `new_status`, `error`, `next_at`, `tries` and `unsure`;
    whose lease is another's by now stays.
    """
    if not rows:
        return
    statement = update(ns_pending_pushes).where(_ROW)
    statement = statement.values(
        status=bindparam("new_status"),
        error_json=bindparam("error"),
        next_attempt_at=bindparam("next_at"),
        attempts=bindparam("tries"),
        maybe_done=bindparam("unsure"),
        updated_at=at,
        **_FREE,
    )
    connection.execute(statement, list(rows))


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
