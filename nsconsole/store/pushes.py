"""Statements on `ns_pending_pushes`, on the attempts, and on the mirror of what was applied."""

from collections.abc import Iterable, Mapping, Sequence
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

from nsconsole.store.prepared import Prepared, among, each_of
from nsconsole.store.tables import (
    IS_IN_FLIGHT,
    IS_WAITING,
    WAITING,
    ns_pending_pushes,
    ns_push_attempts,
    ns_push_dlq_log,
    proposed_actions,
    proposed_actions_applied_mirror,
)

_PUSH = ns_pending_pushes.c
_P = proposed_actions.c
_D = ns_push_dlq_log.c


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
_LAPSED = Prepared(
    select(ns_pending_pushes).where(
        IS_IN_FLIGHT, or_(_PUSH.lease_expires_at < _NOW, _PUSH.lease_expires_at > _FAR_AHEAD)
    )
)


def rescue(connection: Connection, now: datetime, *, longest: timedelta) -> list[Row[Any]]:
    """Put back what somebody had in flight whose lease ran out; give the rows as they were.

    Nobody heard what became of it, so it may be done. No lease lasts longer than `longest`: one
    that ends later was given by a clock that was ahead.
    """
    rows = _LAPSED.rows(connection, moment=now, far_ahead=now + longest)
    if rows:
        connection.execute(
            update(ns_pending_pushes)
            .where(IS_IN_FLIGHT, _PUSH.id.in_([row.id for row in rows]))
            .values(status="queued", next_attempt_at=now, updated_at=now, maybe_done=1, **_FREE)
        )
    return rows


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
    .limit(bindparam("most"))
    .cte("due")
)
_FIRST = select(_DUE).limit(1).subquery()
_BATCH = select(_DUE.c.id).where(
    or_(
        _DUE.c.id == select(_FIRST.c.id).scalar_subquery(),
        and_(select(_FIRST.c.attempts).scalar_subquery() == 0, _DUE.c.attempts == 0),
    )
)
_LEASED = (  # what a drain wants to know of a push
    "id",
    "proposal_id",
    "request_id",
    "payload_json",
    "digest",
    "attempts",
    "error_json",
    "priority",
    "record_key",
    "fence",
    "maybe_done",
)
_LEASE = Prepared(
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
    .returning(*(_PUSH[name] for name in _LEASED))
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
    taken = _LEASE.rows(
        connection,
        owner=owner,
        most=limit,
        moment=now,
        expires=expires,
        far_ahead=now + longest_wait,
    )
    return sorted(taken, key=lambda row: (row.priority, row.id))


_THEIRS = each_of("ids")
_PROPOSALS = Prepared(
    select(proposed_actions).join_from(_THEIRS, proposed_actions, _P.id == _THEIRS.c.value)
)


def proposals_of(connection: Connection, pushes: Iterable[Row[Any]]) -> dict[int, Row[Any]]:
    """Give the proposals of pushes, by id."""
    found = _PROPOSALS.rows(connection, ids=[push.proposal_id for push in pushes])
    return {row.id: row for row in found}


def held_back_until(connection: Connection) -> datetime | None:
    """Tell when the first of those that were never tried is due."""
    never_tried = (IS_WAITING, _PUSH.status == "queued", _PUSH.attempts == 0)
    query = select(func.min(_PUSH.next_attempt_at)).where(*never_tried, _PUSH.held_at.is_(None))
    due: datetime | None = connection.execute(query).scalar_one()
    return due


_UNTIL = bindparam("until", type_=_PUSH.leased_at.type)
_FENCES = Prepared(
    select(_PUSH.id, _PUSH.fence).where(
        among(_PUSH.id, "ids"),
        text("+ns_pending_pushes.status = 'in_flight'"),  # each is sought by its id
        _PUSH.lease_expires_at >= _UNTIL,
    )
)


def still_held(connection: Connection, fences: Mapping[int, int], *, until: datetime) -> set[int]:
    """Tell which pushes are in flight under the leases that these numbers name, until then."""
    found = _FENCES.rows(connection, ids=list(fences), until=until)
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
_MIRROR = Prepared(
    insert(proposed_actions_applied_mirror).from_select(
        list(_COLUMNS),
        select(*_COLUMNS.values())
        .join_from(ns_pending_pushes, proposed_actions, _PUSH.proposal_id == _P.id)
        .where(_PUSH.id == bindparam("push_id")),
    )
)
_APPLIED = Prepared(
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


_RELEASED = Prepared(
    update(ns_pending_pushes)
    .where(_ROW)
    .values(
        status=bindparam("new_status"),
        error_json=bindparam("error"),
        next_attempt_at=bindparam("next_at"),
        attempts=bindparam("tries"),
        maybe_done=bindparam("unsure"),
        updated_at=_NOW,
        **_FREE,
    )
)


def applied(connection: Connection, rows: Sequence[Mapping[str, Any]], at: datetime) -> list[int]:
    """Settle pushes as applied, and write the audit row of each; give the ids of those.

    A row names `push_id`, `held_fence` and `internal_id`; whose lease is another's by now stays.
    """
    done = _held(rows, _APPLIED.counts(connection, rows, moment=at))
    if done:
        _MIRROR.run(connection, [{"push_id": id_} for id_ in sorted(done)])
    return done


def released(connection: Connection, rows: Sequence[Mapping[str, Any]], at: datetime) -> list[int]:
    """Give pushes back, as `queued` or `dead`; give the ids of those.

    A row names `push_id`, `held_fence`, `new_status`, `error`, `next_at`, `tries` and `unsure`;
    whose lease is another's by now stays.
    """
    return _held(rows, _RELEASED.counts(connection, rows, moment=at))


def _held(rows: Sequence[Mapping[str, Any]], counts: Sequence[int]) -> list[int]:
    return [row["push_id"] for row, count in zip(rows, counts, strict=True) if count]


_ATTEMPT = Prepared(
    insert(ns_push_attempts).values(
        {c.name: bindparam(c.name) for c in ns_push_attempts.c if not c.primary_key}
    )
)


def attempted(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Record what became of calls for pushes."""
    if rows:
        _ATTEMPT.run(connection, rows)


_LATER = ns_pending_pushes.alias("later")
_SETTLED = each_of("ids")
_CONCERNED = Prepared(
    select(
        select(1)
        .join_from(_SETTLED, ns_pending_pushes, _PUSH.id == _SETTLED.c.value)
        .where(
            or_(
                exists().where(_D.resolution.is_(None), _D.record_key == _PUSH.record_key),
                exists().where(_D.proposal_id == _PUSH.proposal_id, _D.replay_push_id == _PUSH.id),
                exists().where(
                    text(f"later.{WAITING}"),
                    _LATER.c.record_key == _PUSH.record_key,
                    _D.proposal_id == _LATER.c.proposal_id,
                    _D.replay_push_id == _LATER.c.id,
                ),
            ),
        )
        .exists()
        .label("any")
    )
)


def concern_letters(connection: Connection, pushes: Iterable[Row[Any]]) -> bool:
    """Tell whether pushes are replays, or about the record of a dead letter or of a replay."""
    (found,) = _CONCERNED.rows(connection, ids=[push.id for push in pushes])
    return bool(found.any)


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
