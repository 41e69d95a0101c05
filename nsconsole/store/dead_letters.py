"""Statements on `ns_push_attempts` and `ns_push_dlq_log`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from nsconsole.store.tables import ns_push_attempts, ns_push_dlq_log, proposed_actions

_A = ns_push_attempts.c
_D = ns_push_dlq_log.c
_P = proposed_actions.c


def add_attempt(connection: Connection, row: Mapping[str, Any]) -> None:
    """Record what became of a call for a push."""
    connection.execute(insert(ns_push_attempts).values(row))


def attempts_of(connection: Connection, push_id: int) -> list[Row[Any]]:
    """Give a push's attempts, the oldest first."""
    query = select(ns_push_attempts).where(_A.push_id == push_id).order_by(_A.id)
    return list(connection.execute(query))


def bury(connection: Connection, row: Mapping[str, Any]) -> int:
    """Lay a push among the dead letters; give the id."""
    statement = insert(ns_push_dlq_log).values(row).returning(_D.id)
    return int(connection.execute(statement).scalar_one())


def listed(connection: Connection, *, resolved: bool, limit: int) -> list[Row[Any]]:
    """Give dead letters with what they are about, the newest first: the open ones, or all."""
    query = (
        select(ns_push_dlq_log, _P.action_type, _P.target_record, _P.target_id, _P.target_name)
        .join_from(ns_push_dlq_log, proposed_actions, _D.proposal_id == _P.id)
        .order_by(_D.id.desc())
        .limit(limit)
    )
    return list(connection.execute(query if resolved else query.where(_D.resolution.is_(None))))


def get(connection: Connection, id_: int) -> Row[Any] | None:
    """Give a dead letter with what it is about."""
    query = select(
        ns_push_dlq_log, _P.action_type, _P.target_record, _P.target_id, _P.target_name
    ).join_from(ns_push_dlq_log, proposed_actions, _D.proposal_id == _P.id)
    return connection.execute(query.where(_D.id == id_)).one_or_none()


def open_ids(connection: Connection) -> list[int]:
    """Give the ids of all dead letters that nobody has seen to, the oldest first."""
    query = select(_D.id).where(_D.resolution.is_(None)).order_by(_D.id)
    return list(connection.execute(query).scalars())


def resolve(
    connection: Connection,
    ids: Sequence[int],
    *,
    resolution: str,
    by: str,
    reason: str,
    at: datetime,
) -> list[Row[Any]]:
    """See to dead letters in one statement; give those that nobody had seen to before."""
    statement = (
        update(ns_push_dlq_log)
        .where(_D.id.in_(ids), _D.resolution.is_(None))
        .values(resolution=resolution, resolved_by=by, resolved_at=at, reason=reason)
        .returning(ns_push_dlq_log)
    )
    return sorted(connection.execute(statement), key=lambda row: row.id)


def link_replay(connection: Connection, id_: int, push_id: int) -> None:
    """Note the push by which a dead letter goes out again."""
    connection.execute(update(ns_push_dlq_log).where(_D.id == id_).values(replay_push_id=push_id))


def count_open(connection: Connection) -> dict[str, int]:
    """Count the dead letters that nobody has seen to, by cause."""
    query = select(_D.cause, func.count()).where(_D.resolution.is_(None)).group_by(_D.cause)
    return {row[0]: row[1] for row in connection.execute(query)}
