"""Statements on `proposed_actions`: staging, the atomic claim, and the pages of a screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    UnaryExpression,
    and_,
    bindparam,
    column,
    func,
    insert,
    or_,
    select,
    union_all,
    update,
)

from nsconsole.store.tables import ns_pending_pushes, proposed_actions

_P = proposed_actions.c
_PUSH = ns_pending_pushes.c
_MOST_IDS = 10_000  # parameters that one statement takes
_LONGEST_ID = 18  # digits that fit the column


def stage(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert proposals as pending; give their ids in the order given."""
    statement = insert(proposed_actions).returning(_P.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, [{"status": "pending", **r} for r in rows]).scalars())


def claim(
    connection: Connection,
    ids: Sequence[int],
    *,
    status: str,
    claim: str,
    operator: str,
    at: datetime,
    reason: str,
) -> list[Row[Any]]:
    """Decide what of `ids` is still pending, in one statement; give the rows that were won."""
    statement = (
        update(proposed_actions)
        .where(_P.id.in_(ids), _P.status == "pending")
        .values(
            status=status, claim=claim, decided_by=operator, decided_at=at, decision_reason=reason
        )
        .returning(proposed_actions)
    )
    return list(connection.execute(statement))


def authors(connection: Connection, ids: Sequence[int]) -> list[Row[tuple[int, str, str]]]:
    """Give id, author and risk tier of proposals."""
    query = select(_P.id, _P.author, _P.risk_tier).where(_P.id.in_(ids))
    return list(connection.execute(query))


_GET_MANY = select(proposed_actions).where(_P.id.in_(bindparam("ids", expanding=True)))


def get_many(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    """Give the proposals of `ids` that exist."""
    found: list[Row[Any]] = []
    for start in range(0, len(ids), _MOST_IDS):
        some = ids[start : start + _MOST_IDS]
        found += connection.execute(_GET_MANY, {"ids": some})
    return found


def count_by_status(connection: Connection, *statuses: str) -> dict[str, int]:
    """Count proposals by status; only some statuses, if any are named."""
    query = select(_P.status, func.count()).group_by(_P.status)
    query = query.where(_P.status.in_(statuses)) if statuses else query
    return {row[0]: row[1] for row in connection.execute(query)}


def listed(connection: Connection, *, status: str | None, limit: int) -> list[Row[Any]]:
    """List proposals, the newest first, each with its newest push's state."""
    query = select(_P.id).order_by(_P.id.desc()).limit(limit)
    query = query.where(_P.status == status) if status else query
    return _with_push(connection, list(connection.execute(query).scalars()))


def _with_push(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    found: dict[int, Row[Any]] = {}
    for start in range(0, len(ids), _MOST_IDS):
        query = _and_push(ids[start : start + _MOST_IDS])
        found |= {row.id: row for row in connection.execute(query)}
    return [found[id_] for id_ in ids]


def _and_push(ids: Sequence[int]) -> Select[Any]:
    newest = (
        select(func.max(_PUSH.id).label("id"), _PUSH.proposal_id)
        .where(_PUSH.proposal_id.in_(ids))
        .group_by(_PUSH.proposal_id)
        .subquery()
    )
    return (
        select(
            proposed_actions,
            _PUSH.id.label("push_id"),
            _PUSH.status.label("push_status"),
            _PUSH.error_json,
            _PUSH.ns_internal_id,
            _PUSH.attempts,
            _PUSH.maybe_done,
            _PUSH.next_attempt_at,
        )
        .join_from(proposed_actions, newest, newest.c.proposal_id == _P.id, isouter=True)
        .join(ns_pending_pushes, _PUSH.id == newest.c.id, isouter=True)
        .where(_P.id.in_(ids))
    )


class Sort(StrEnum):
    """The orders in which the inbox can stand; ties go by id."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RISK = "risk"
    AUTHOR = "author"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class View:
    """What a screen lists: the pending ones and those decided since a moment; or all."""

    sort: Sort = Sort.NEWEST
    words: tuple[str, ...] = ()
    decided_since: datetime | None = None
    everything: bool = False


_KEYS: dict[Sort, tuple[tuple[ColumnElement[Any], bool], ...]] = {  # column, descending
    Sort.NEWEST: ((_P.id, True),),
    Sort.OLDEST: ((_P.id, False),),
    Sort.RISK: ((_P.risk_rank, True), (_P.id, True)),
    Sort.AUTHOR: ((_P.author, False), (_P.id, False)),
    Sort.KIND: ((_P.action_type, False), (_P.id, False)),
}


def _parts(view: View) -> list[ColumnElement[bool]]:
    # Each part walks one index in the order asked for, and SQLite merges the two as it goes: the
    # first page of a million rows costs no more than the first page of ten.
    matching = and_(True, *(_matches(word) for word in view.words))
    if view.everything:
        return [matching]
    parts = [and_(_P.status == "pending", matching)]
    if view.decided_since is not None:
        decided = and_(_P.decided_at >= view.decided_since, _P.status != "pending", matching)
        parts.append(decided)
    return parts


def _matches(word: str) -> ColumnElement[bool]:
    found = _P.search_text.contains(word.casefold(), autoescape=True)
    is_id = word.isascii() and word.isdigit() and len(word) <= _LONGEST_ID
    return or_(found, _P.id == int(word)) if is_id else found


def page(connection: Connection, view: View, *, offset: int, limit: int) -> list[Row[Any]]:
    """Give rows `offset` to `offset + limit` of a view, each with its newest push's state."""
    ordered = _ordered(view).limit(limit).offset(offset)
    return _with_push(connection, [row[-1] for row in connection.execute(ordered)])


def _ordered(view: View) -> CompoundSelect[Any]:
    keys = _KEYS[view.sort]
    directions: list[UnaryExpression[Any]] = [
        column(f"k{i}").desc() if down else column(f"k{i}").asc()
        for i, (_, down) in enumerate(keys)
    ]
    pending, *decided = _parts(view)
    parts = [select(*(key.label(f"k{i}") for i, (key, _) in enumerate(keys))).where(pending)]
    # `+ 0` keeps the few decided ones from being sought by walking the whole table in id order.
    unindexed = [key + 0 if key is _P.id else key for key, _ in keys]
    named = [key.label(f"k{i}") for i, key in enumerate(unindexed)]
    parts += [select(*named).where(part) for part in decided]
    return union_all(*parts).order_by(*directions)


def count(connection: Connection, view: View) -> int:
    """Count the rows of a view."""
    return sum(
        connection.execute(select(func.count(_P.id)).where(part)).scalar_one()
        for part in _parts(view)
    )


def ids(connection: Connection, view: View) -> list[int]:
    """Give the ids of a view's pending rows."""
    pending = select(_P.id).where(_parts(view)[0], _P.status == "pending")
    return list(connection.execute(pending).scalars())


def position(connection: Connection, view: View, id_: int) -> int | None:
    """Tell how many rows of a view stand before a proposal; None if it is not among them."""
    keys = _KEYS[view.sort]
    parts = _parts(view)
    its = select(*(key for key, _ in keys)).where(_P.id == id_, or_(*parts))
    values = connection.execute(its).one_or_none()
    if values is None:
        return None
    before = _before([(key, down, value) for (key, down), value in zip(keys, values, strict=True)])
    return sum(
        connection.execute(select(func.count(_P.id)).where(part, before)).scalar_one()
        for part in parts
    )


def _before(keys: Sequence[tuple[ColumnElement[Any], bool, Any]]) -> ColumnElement[bool]:
    (key, down, value), *rest = keys
    earlier = key > value if down else key < value
    return or_(earlier, and_(key == value, _before(rest))) if rest else earlier
