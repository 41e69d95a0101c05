"""What waits on `ns_pending_pushes`, as a person looks at it, and what they change of it.

Each change is one statement guarded by the status: against a drainer, whoever writes first wins.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    TextClause,
    func,
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
_M = proposed_actions_applied_mirror.c
_AT_ONCE = 5_000  # ids in one statement
_LONGEST_ID = 18  # digits that fit the column
# Not `likely`, SQLite would look the status up in another index, and sort all that waits.
_WAITING, _IN_FLIGHT = func.likely(IS_WAITING), func.likely(IS_IN_FLIGHT)
_SHOWN = (
    _PUSH.id,
    _PUSH.proposal_id,
    _PUSH.status,
    _PUSH.attempts,
    _PUSH.next_attempt_at,
    _PUSH.leased_at,
    _PUSH.lease_expires_at,
    _PUSH.error_json,
    _PUSH.created_at,
    _PUSH.priority,
    _PUSH.fence,
    _PUSH.maybe_done,
    _PUSH.held_by,
    _P.summary,
)


def waiting(connection: Connection, words: Sequence[str], limit: int | None) -> list[Row[Any]]:
    """Give what waits and matches all of `words`: what is in flight, then the rest as it will go.

    With each push come its proposal's `summary` and, as `behind`, the first of the pushes of the
    same record that go before it.
    """
    in_flight = _ids(connection, words, limit, _IN_FLIGHT)
    left = None if limit is None else limit - len(in_flight)
    queued = _ids(connection, words, left, _WAITING, _PUSH.status != "in_flight")
    return of_ids(connection, [*in_flight, *queued])


def _ids(
    connection: Connection,
    words: Sequence[str],
    limit: int | None,
    *conditions: ColumnElement[bool] | TextClause,
) -> list[int]:
    query = _matching(words, _PUSH.id).where(*conditions).order_by(_PUSH.priority, _PUSH.id)
    return list(connection.execute(query.limit(limit)).scalars())


def of_ids(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    """Give what still waits of some pushes, as `waiting` does and in the order of the ids."""
    earlier = ns_pending_pushes.alias("earlier")
    behind = select(func.min(earlier.c.id)).where(
        text(f"earlier.{WAITING}"),
        earlier.c.record_key == _PUSH.record_key,
        earlier.c.id < _PUSH.id,
    )
    query = select(*_SHOWN, behind.scalar_subquery().label("behind")).join_from(
        ns_pending_pushes, proposed_actions, _PUSH.proposal_id == _P.id
    )
    found: dict[int, Row[Any]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = _PUSH.id.in_(ids[start : start + _AT_ONCE])
        found |= {row.id: row for row in connection.execute(query.where(some, _WAITING))}
    return [found[id_] for id_ in ids if id_ in found]


def count(connection: Connection, words: Sequence[str] = ()) -> tuple[int, int]:
    """Count what waits and matches: all of it, and what of it is in flight."""
    every, in_flight = (
        connection.execute(_matching(words, func.count()).where(condition)).scalar_one()
        for condition in (_WAITING, _IN_FLIGHT)
    )
    return every, in_flight


def _matching(words: Sequence[str], *columns: ColumnElement[Any]) -> Select[Any]:
    query = select(*columns).select_from(ns_pending_pushes)
    if words:
        query = query.join(proposed_actions, _PUSH.proposal_id == _P.id)
    return query.where(*map(_matches, words))


def _matches(word: str) -> ColumnElement[bool]:
    found = _P.search_text.contains(word.casefold(), autoescape=True)
    id_ = word.removeprefix("#")
    is_id = id_.isascii() and id_.isdigit() and len(id_) <= _LONGEST_ID
    return or_(found, _PUSH.id == int(id_), _P.id == int(id_)) if is_id else found


def last_applied(connection: Connection, limit: int) -> list[Row[Any]]:
    """Give what reached NetSuite last, the newest first."""
    query = (
        select(_M.push_id, _M.proposal_id, _M.ns_internal_id, _M.applied_at, _P.summary)
        .join_from(proposed_actions_applied_mirror, proposed_actions, _M.proposal_id == _P.id)
        .order_by(_M.id.desc())
        .limit(limit)
    )
    return list(connection.execute(query))


def pushes(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    """Give pushes by id, whatever their status."""
    query = select(_PUSH.id, _PUSH.status, _PUSH.held_by).where(_PUSH.id.in_(ids))
    return list(connection.execute(query))


def proposals(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    """Give proposals by id, each with how its newest push stands: `push_status` and its tries."""
    newest = (
        select(func.max(_PUSH.id)).where(_PUSH.proposal_id == _P.id).correlate(proposed_actions)
    )
    query = (
        select(
            _P.id,
            _P.status,
            _P.decided_by,
            _PUSH.status.label("push_status"),
            _PUSH.attempts,
            _PUSH.maybe_done,
        )
        .outerjoin_from(proposed_actions, ns_pending_pushes, _PUSH.id == newest.scalar_subquery())
        .where(_P.id.in_(ids))
    )
    return list(connection.execute(query))


def hold(connection: Connection, ids: Sequence[int], *, by: str, at: datetime) -> list[int]:
    """Hold what is queued and free; give the ids of what was held by this."""
    return _change(connection, ids, _PUSH.held_at.is_(None), held_at=at, held_by=by, updated_at=at)


def let_go(connection: Connection, ids: Sequence[int], at: datetime) -> list[int]:
    """Let go what is held; give the ids of what was let go by this."""
    was_held = _PUSH.held_at.is_not(None)
    return _change(connection, ids, was_held, held_at=None, held_by=None, updated_at=at)


def rank(connection: Connection, ids: Sequence[int], priority: int, at: datetime) -> list[int]:
    """Give what is queued another priority; give the ids of what had a different one."""
    differs = _PUSH.priority != priority
    return _change(connection, ids, differs, priority=priority, updated_at=at)


def _change(
    connection: Connection, ids: Sequence[int], condition: ColumnElement[bool], **values: object
) -> list[int]:
    statement = update(ns_pending_pushes).where(
        _PUSH.id.in_(ids), _PUSH.status == "queued", condition
    )
    return sorted(connection.execute(statement.values(values).returning(_PUSH.id)).scalars())


def cancel(connection: Connection, ids: Sequence[int], at: datetime) -> list[Row[Any]]:
    """Cancel what is queued and surely not done; give `id` and `proposal_id` of each."""
    return _cancel(connection, at, _PUSH.id.in_(ids), _PUSH.maybe_done == 0)


def call_back(
    connection: Connection, proposal_ids: Sequence[int], *, approved_by: str | None, at: datetime
) -> list[Row[Any]]:
    """Cancel the pushes of proposals that were never tried; give `id` and `proposal_id` of each.

    With `approved_by`, only of what that person approved.
    """
    approved = select(_P.id).where(_P.id.in_(proposal_ids), _P.status == "approved")
    if approved_by is not None:
        approved = approved.where(_P.decided_by == approved_by)
    never_tried = (_PUSH.attempts == 0, _PUSH.maybe_done == 0)
    return _cancel(connection, at, _PUSH.proposal_id.in_(approved), *never_tried)


def _cancel(
    connection: Connection, at: datetime, *conditions: ColumnElement[bool]
) -> list[Row[Any]]:
    statement = (
        update(ns_pending_pushes)
        .where(_PUSH.status == "queued", *conditions)
        .values(status="cancelled", updated_at=at, held_at=None, held_by=None)
        .returning(_PUSH.id, _PUSH.proposal_id)
    )
    return sorted(connection.execute(statement), key=lambda row: int(row.id))


def withdraw(
    connection: Connection,
    proposal_ids: Sequence[int],
    *,
    claim: str,
    by: str,
    reason: str,
    at: datetime,
) -> list[int]:
    """Take approvals back for good; the proposals bear who did it, when and why."""
    return _decide_anew(
        connection,
        proposal_ids,
        status="withdrawn",
        claim=claim,
        decided_by=by,
        decided_at=at,
        decision_reason=reason,
    )


def reopen(connection: Connection, proposal_ids: Sequence[int]) -> list[int]:
    """Make approved proposals pending again, as if nobody had decided."""
    return _decide_anew(
        connection,
        proposal_ids,
        status="pending",
        claim=None,
        decided_by=None,
        decided_at=None,
        decision_reason=None,
    )


def _decide_anew(
    connection: Connection, proposal_ids: Sequence[int], **decision: object
) -> list[int]:
    statement = (
        update(proposed_actions)
        .where(_P.id.in_(proposal_ids), _P.status == "approved")
        .values(decision)
        .returning(_P.id)
    )
    return sorted(connection.execute(statement).scalars())
