"""Statements on `ns_push_attempts` and `ns_push_dlq_log`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    func,
    insert,
    or_,
    select,
    update,
)

from nsconsole.store.tables import (
    ns_pending_pushes,
    ns_push_attempts,
    ns_push_dlq_log,
    proposed_actions,
)

_A = ns_push_attempts.c
_D = ns_push_dlq_log.c
_P = proposed_actions.c
_PUSH = ns_pending_pushes.c
_OPEN = _D.resolution.is_(None)
# `+ 0` keeps the few open ones from being sought by walking all that ever were, in id order.
_OPEN_ID = _D.id + 0
_LONGEST_ID = 18  # digits that fit the column
_ABOUT = (_P.action_type, _P.target_record, _P.target_id, _P.target_name, _P.summary)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which dead letters are meant: those that fit all that is given.

    `record` is a type of record as a proposal names it, or one record, as in `vendor:42`. `text`
    are words in any order, each in the proposal's sentence, author, reason, kind or risk or in what
    NetSuite said, or the id. `since` and `until` bound the last attempt; they are aware.
    """

    cause: str | None = None
    code: str | None = None
    action_type: str | None = None
    record: str | None = None
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


def _conditions(matching: Filter) -> list[ColumnElement[bool]]:
    conditions = list(map(_says, matching.text.split()))
    if matching.cause is not None:
        conditions.append(_D.cause == matching.cause)
    if matching.code is not None:
        conditions.append(_D.code == matching.code)
    if matching.action_type is not None:
        conditions.append(_proposal(_P.action_type == matching.action_type))
    if matching.record is not None:
        conditions.append(_of_record(matching.record))
    if matching.since is not None:
        conditions.append(_D.last_at >= matching.since)
    if matching.until is not None:
        conditions.append(_D.last_at < matching.until)
    return conditions


def _proposal(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(_P.id).where(_P.id == _D.proposal_id, *conditions).exists()


def _of_record(record: str) -> ColumnElement[bool]:
    kind, _, id_ = record.partition(":")
    return _proposal(_P.target_record == kind, *([_P.target_id == id_] if id_ else []))


def _says(word: str) -> ColumnElement[bool]:
    found = or_(
        _proposal(_P.search_text.contains(word.casefold(), autoescape=True)),
        _D.code.icontains(word, autoescape=True),
        func.json_extract(_D.error_json, "$.message").icontains(word, autoescape=True),
    )
    is_id = word.isascii() and word.isdigit() and len(word) <= _LONGEST_ID
    return or_(found, _D.id == int(word)) if is_id else found


def attempts_of(connection: Connection, push_id: int) -> list[Row[Any]]:
    """Give a push's attempts, the oldest first."""
    query = select(ns_push_attempts).where(_A.push_id == push_id).order_by(_A.id)
    return list(connection.execute(query))


def bury(connection: Connection, row: Mapping[str, Any]) -> int:
    """Lay a push among the dead letters; give the id."""
    statement = insert(ns_push_dlq_log).values(row).returning(_D.id)
    return int(connection.execute(statement).scalar_one())


def listed(
    connection: Connection,
    matching: Filter,
    *,
    resolved: bool,
    grouped: bool,
    offset: int,
    limit: int,
) -> list[Row[Any]]:
    """Give dead letters with what they are about, the newest first: the open ones, or all.

    `grouped` puts those of one cause and code together.
    """
    page = select(_D.id).where(*_conditions(matching))
    page = page if resolved else page.where(_OPEN)
    newest = (_D.id if resolved else _OPEN_ID).desc()
    page = page.order_by(*([_D.cause, _D.code, newest] if grouped else [newest]))
    ids = list(connection.execute(page.limit(limit).offset(offset)).scalars())
    return _described(connection, ids)


_AT_ONCE = 10_000  # ids in one statement


def _described(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    found: dict[int, Row[Any]] = {}
    query = select(ns_push_dlq_log, *_ABOUT).join_from(
        ns_push_dlq_log, proposed_actions, _D.proposal_id == _P.id
    )
    for start in range(0, len(ids), _AT_ONCE):
        some = query.where(_D.id.in_(ids[start : start + _AT_ONCE]))
        found |= {row.id: row for row in connection.execute(some)}
    return [found[id_] for id_ in ids]


def groups(connection: Connection, matching: Filter) -> list[Row[Any]]:
    """Count the open ones by `cause` and `code`, with the `oldest` and `newest` last attempt."""
    query = (
        select(
            _D.cause,
            _D.code,
            func.count().label("number"),
            func.min(_D.last_at).label("oldest"),
            func.max(_D.last_at).label("newest"),
        )
        .where(_OPEN, *_conditions(matching))
        .group_by(_D.cause, _D.code)
        .order_by(_D.cause, _D.code)
    )
    return list(connection.execute(query))


def get(connection: Connection, id_: int) -> Row[Any] | None:
    """Give a dead letter with its whole proposal, and the push's `request_id` and `maybe_done`."""
    found = whole(connection, [id_])
    return found[0] if found else None


def whole(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    """Give dead letters with their proposals and pushes, the oldest first."""
    query = (
        select(
            ns_push_dlq_log,
            *_ABOUT,
            _P.proposed_change_json,
            _P.seen_json,
            _P.risk_tier,
            _P.reason.label("proposal_reason"),
            _P.external_id,
            _PUSH.request_id,
            _PUSH.maybe_done,
        )
        .join_from(ns_push_dlq_log, proposed_actions, _D.proposal_id == _P.id)
        .join(ns_pending_pushes, _PUSH.id == _D.push_id)
        .where(_D.id.in_(ids))
        .order_by(_D.id)
    )
    return list(connection.execute(query))


def causes(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Give the causes of the dead letters of `ids` that there are."""
    found: dict[int, str] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        rows = connection.execute(select(_D.id, _D.cause).where(_D.id.in_(some)))
        found |= {row.id: row.cause for row in rows}
    return found


def open_ids(connection: Connection, matching: Filter) -> list[int]:
    """Give the ids of those that nobody has seen to and that match, the oldest first."""
    query = select(_D.id).where(_OPEN, *_conditions(matching)).order_by(_OPEN_ID)
    return list(connection.execute(query).scalars())


def resolve(
    connection: Connection,
    ids: Sequence[int],
    *,
    resolution: str,
    by: str,
    reason: str,
    at: datetime,
) -> list[int]:
    """See to dead letters in one statement; give those that nobody had seen to before."""
    statement = (
        update(ns_push_dlq_log)
        .where(_D.id.in_(ids), _OPEN)
        .values(resolution=resolution, resolved_by=by, resolved_at=at, reason=reason)
        .returning(_D.id)
    )
    return sorted(connection.execute(statement).scalars())


def link_edit(connection: Connection, id_: int, proposal_id: int) -> None:
    """Note the proposal that was made of a dead letter."""
    connection.execute(
        update(ns_push_dlq_log).where(_D.id == id_).values(edited_proposal_id=proposal_id)
    )


def count_open(connection: Connection) -> dict[str, int]:
    """Count the dead letters that nobody has seen to, by cause."""
    query = select(_D.cause, func.count()).where(_OPEN).group_by(_D.cause)
    return {row[0]: row[1] for row in connection.execute(query)}
