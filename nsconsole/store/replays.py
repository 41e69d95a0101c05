"""Statements on dead letters that are on their way out again, and on their pushes."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Row,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    update,
)

from nsconsole.store.tables import IS_WAITING, ns_pending_pushes, ns_push_dlq_log

_D = ns_push_dlq_log.c
_PUSH = ns_pending_pushes.c
# Lest SQLite reads all that waits, rather than what waits of a few records.
_LIKELY_WAITING = func.likely(IS_WAITING)
_AT_ONCE = 10_000  # ids in one statement
_SAME = ("proposal_id", "payload_json", "digest", "record_key", "maybe_done")
_NOW = ("next_attempt_at", "created_at", "updated_at")


def enqueue(
    connection: Connection,
    request_ids: Mapping[int, str],
    *,
    at: datetime,
    priority: int,
    held_by: str | None,
) -> None:
    """Insert new pushes for dead letters, in the order of those.

    `request_ids` gives each letter's new request id; a push that may have been done keeps its own.
    """
    fresh = func.json_each(json.dumps(request_ids)).table_valued("key", "value")
    request_id = case((_PUSH.maybe_done == 1, _PUSH.request_id), else_=fresh.c.value)
    columns: dict[str, Any] = {
        **{name: _PUSH[name] for name in _SAME},
        "request_id": request_id,
        "status": literal("queued"),
        "priority": literal(priority),
        "held_at": literal(at if held_by else None, _PUSH.held_at.type),
        "held_by": literal(held_by, _PUSH.held_by.type),
        **{name: literal(at, _PUSH[name].type) for name in _NOW},
    }
    rows = (
        select(*columns.values())
        .select_from(fresh)
        .join(ns_push_dlq_log, _D.id == cast(fresh.c.key, Integer))
        .join(ns_pending_pushes, _PUSH.id == _D.push_id)
        .order_by(_D.id)
    )
    connection.execute(insert(ns_pending_pushes).from_select(list(columns), rows))


def link(connection: Connection, ids: Sequence[int], *, reason: str) -> dict[int, int]:
    """Note by which pushes, queued just now, dead letters go out again, and how; give those."""
    # An index sees to it that a proposal has no second one.
    queued = select(_PUSH.id).where(_PUSH.proposal_id == _D.proposal_id, _PUSH.status == "queued")
    statement = (
        update(ns_push_dlq_log)
        .where(_D.id.in_(ids))
        .values(replay_push_id=queued.scalar_subquery(), reason=reason)
        .returning(_D.id, _D.replay_push_id)
    )
    return {row[0]: row[1] for row in sorted(connection.execute(statement))}


def status_of(connection: Connection, push_id: int) -> str:
    """Give a push's status."""
    status: str = connection.execute(select(_PUSH.status).where(_PUSH.id == push_id)).scalar_one()
    return status


_AMONG = (
    select(_PUSH.id)
    .join(ns_push_dlq_log, _D.proposal_id == _PUSH.proposal_id)
    .where(
        _PUSH.id.in_(bindparam("pushes", expanding=True)),
        _D.replay_push_id == _PUSH.id,
        _D.reason == bindparam("because"),
    )
)


def among(connection: Connection, push_ids: Sequence[int], *, reason: str) -> list[int]:
    """Tell which pushes are replays that bear a reason."""
    found = connection.execute(_AMONG, {"pushes": push_ids, "because": reason})
    return list(found.scalars())


def let_go(connection: Connection, *, held_by: str, at: datetime) -> None:
    """Let all go that wait held by somebody."""
    connection.execute(
        update(ns_pending_pushes)
        .where(IS_WAITING, _PUSH.held_by == held_by)
        .values(held_at=None, held_by=None, next_attempt_at=at, updated_at=at)
    )


def recall(connection: Connection, *, held_by: str, at: datetime) -> list[int]:
    """Cancel all that wait held by somebody; give them."""
    return _cancelled(connection, _PUSH.held_by == held_by, at=at)


def call_off(connection: Connection, push_ids: Sequence[int], at: datetime) -> list[int]:
    """Cancel pushes that were never sent; give those that were still waiting."""
    return _cancelled(connection, _PUSH.id.in_(push_ids), at=at)


def _cancelled(connection: Connection, which: ColumnElement[bool], *, at: datetime) -> list[int]:
    statement = (
        update(ns_pending_pushes)
        .where(IS_WAITING, _PUSH.status == "queued", _PUSH.attempts == 0, which)
        .values(status="cancelled", held_at=None, held_by=None, updated_at=at)
        .returning(_PUSH.id)
    )
    return list(connection.execute(statement).scalars())


def reopen(connection: Connection, push_ids: Sequence[int]) -> list[int]:
    """Lay the dead letters that went out again by some pushes to rest as they were; give them."""
    found: list[int] = []
    for start in range(0, len(push_ids), _AT_ONCE):
        some = push_ids[start : start + _AT_ONCE]
        proposals = select(_PUSH.proposal_id).where(_PUSH.id.in_(some))
        statement = (
            update(ns_push_dlq_log)
            .where(_D.proposal_id.in_(proposals), _D.replay_push_id.in_(some))
            .values(
                resolution=None,
                resolved_by=None,
                resolved_at=None,
                reason=None,
                replay_push_id=None,
            )
            .returning(_D.id)
        )
        found += connection.execute(statement).scalars()
    return found


_KEYS: BindParameter[str] = bindparam("keys", expanding=True)
_LETTER = (_D.id, _D.proposal_id, _D.record_key, _D.payload_json)
_RESTING = select(*_LETTER).where(_D.resolution.is_(None), _D.record_key.in_(_KEYS))
_WAITING_AGAIN = (
    select(*_LETTER, _D.replay_push_id)
    .join_from(ns_pending_pushes, ns_push_dlq_log, _D.proposal_id == _PUSH.proposal_id)
    .where(_LIKELY_WAITING, _PUSH.record_key.in_(_KEYS), _D.replay_push_id == _PUSH.id)
)


def resting_on(connection: Connection, record_keys: Sequence[str]) -> list[Row[Any]]:
    """Give the open dead letters of some records."""
    return list(connection.execute(_RESTING, {"keys": record_keys}))


def waiting_on(connection: Connection, record_keys: Sequence[str]) -> list[Row[Any]]:
    """Give the dead letters of some records whose replay waits yet, with its `replay_push_id`."""
    return list(connection.execute(_WAITING_AGAIN, {"keys": record_keys}))


def approvals(connection: Connection, proposal_ids: Sequence[int]) -> dict[int, int]:
    """Give the first push of each proposal, replays aside: their order is that of approval."""
    query = (
        select(_PUSH.proposal_id, func.min(_PUSH.id))
        .where(_PUSH.proposal_id.in_(proposal_ids), _PUSH.status != "cancelled")
        .group_by(_PUSH.proposal_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
