"""The queue at a person's hand: hold, release, put first, cancel, and undo an approval.

A change and its audit entries are one transaction, guarded by the push's status: against a drainer
whoever writes first wins, and the other is told.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from nsconsole.services.audit_trail import Entry, append
from nsconsole.services.dead_letters.letters import after_settled
from nsconsole.services.errors import BadInputError, TamperedError
from nsconsole.services.operators import Authority, Role, require
from nsconsole.services.workspace import Workspace
from nsconsole.store import queue as store
from nsconsole.text import has_control_characters

_FIRST, _NORMAL = 0, 1  # priorities
_AT_ONCE = 5_000  # ids in one statement
_LONGEST_REASON = 2_000
_TOO_LATE = {
    "in_flight": "too late: it is on its way to NetSuite",
    "applied": "too late: NetSuite has done it",
    "dead": "too late: it rests among the dead letters",
    "cancelled": "it was cancelled already",
}


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of a change to a push; `why` says why it was not `done`."""

    id: int
    done: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of undoing an approval; `why` says why it was not `done`."""

    proposal_id: int
    push_id: int | None
    done: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Order:
    """A change: its statement, which gives the ids that it reached, and its name in the trail.

    `refusal` says why a push that is queued was not reached.
    """

    event: str
    statement: Callable[[Connection, Sequence[int]], list[int]]
    refusal: Callable[[Row[Any]], str]
    detail: Mapping[str, object] = field(default_factory=dict)


def hold(workspace: Workspace, authority: Authority, push_ids: Sequence[int]) -> list[Changed]:
    """Keep pushes from being sent until they are released (reviewer, admin).

    Like every change here, gives what came of each, in the order given, and raises RefusedError if
    the authority does not reach.
    """
    name, at = authority.operator.name, workspace.now()
    order = _Order(
        "push_held",
        lambda connection, ids: store.hold(connection, ids, by=name, at=at),
        lambda row: f"it is held already, by {row.held_by}",
    )
    return _change(workspace, authority, push_ids, order)


def release(workspace: Workspace, authority: Authority, push_ids: Sequence[int]) -> list[Changed]:
    """Let held pushes go, whoever or whatever holds them (reviewer, admin)."""
    at = workspace.now()
    order = _Order(
        "push_released",
        lambda connection, ids: store.let_go(connection, ids, at),
        lambda row: "nobody holds it",
    )
    return _change(workspace, authority, push_ids, order)


def first(
    workspace: Workspace, authority: Authority, push_ids: Sequence[int], *, normal: bool = False
) -> list[Changed]:
    """Let pushes go before all others, or in their turn again if `normal` (reviewer, admin).

    One stays behind the earlier ones of its record all the same.
    """
    at, priority = workspace.now(), _NORMAL if normal else _FIRST
    order = _Order(
        "push_put_back" if normal else "push_put_first",
        lambda connection, ids: store.rank(connection, ids, priority, at),
        lambda row: "it goes in its turn already" if normal else "it goes first already",
    )
    return _change(workspace, authority, push_ids, order)


def cancel(
    workspace: Workspace, authority: Authority, push_ids: Sequence[int], *, reason: str
) -> list[Changed]:
    """Never send pushes, and withdraw their proposals (reviewer, admin).

    What NetSuite may have done already is not cancelled, since nobody could say that it was not
    done. Raises BadInputError without a reason.
    """
    _check(reason)
    name, at = authority.operator.name, workspace.now()
    order = _Order(
        "push_cancelled",
        lambda connection, ids: _withdraw(connection, name, ids, reason, at),
        lambda row: "NetSuite may have done it: its answer was lost, and is asked for again",
        {"reason": reason},
    )
    return _change(workspace, authority, push_ids, order)


def _check(reason: str) -> None:
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        raise BadInputError(f"say why: a reason of at most {_LONGEST_REASON:,} characters")
    if has_control_characters(reason, allow_newlines=True):
        raise BadInputError("the reason holds control characters")


def _withdraw(
    connection: Connection, name: str, push_ids: Sequence[int], reason: str, at: datetime
) -> list[int]:
    rows = store.cancel(connection, push_ids, at)
    taken, claim = [row.proposal_id for row in rows], f"{name}:{uuid.uuid4()}"
    done = store.withdraw(connection, taken, claim=claim, by=name, reason=reason, at=at)
    _check_all_were_approved(taken, done)
    entries = [
        Entry(name, "withdrawn", f"proposal:{row.proposal_id}", {"push": row.id, "reason": reason})
        for row in rows
    ]
    append(connection, at, entries)
    after_settled(connection, [], [row.id for row in rows], at)
    return [row.id for row in rows]


def _check_all_were_approved(taken: Sequence[int], done: Sequence[int]) -> None:
    odd = set(taken) - set(done)
    if odd:
        raise TamperedError(
            f"proposal {min(odd)} has a push on the queue and is not approved; nothing was "
            "changed. Find out who changed the database, and restore it from a backup"
        )


def _change(
    workspace: Workspace, authority: Authority, push_ids: Sequence[int], order: _Order
) -> list[Changed]:
    wanted, name = list(dict.fromkeys(push_ids)), authority.operator.name
    done: set[int] = set()
    with workspace.database.writing() as connection:
        require(connection, authority, Role.REVIEWER, Role.ADMIN)
        for some in _in_batches(wanted):
            done.update(order.statement(connection, some))
        entries = [Entry(name, order.event, f"push:{id_}", order.detail) for id_ in sorted(done)]
        append(connection, workspace.now(), entries)
        missed = [id_ for id_ in wanted if id_ not in done]
        rows = {
            row.id: row for some in _in_batches(missed) for row in store.pushes(connection, some)
        }
    refused = {id_: _why_not(rows.get(id_), order) for id_ in missed}
    return [Changed(id_, id_ in done, refused.get(id_, "")) for id_ in wanted]


def _in_batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))


def _why_not(row: Row[Any] | None, order: _Order) -> str:
    if row is None:
        return "there is no such push"
    return order.refusal(row) if row.status == "queued" else _TOO_LATE[row.status]


def undo(workspace: Workspace, authority: Authority, proposal_ids: Sequence[int]) -> list[Undone]:
    """Take approvals back whose pushes were not tried yet; the proposals are pending again.

    A reviewer takes back their own, an admin any. Gives what came of each, in the order given.
    """
    wanted, name = list(dict.fromkeys(proposal_ids)), authority.operator.name
    done: dict[int, int] = {}
    with workspace.database.writing() as connection:
        require(connection, authority, Role.REVIEWER, Role.ADMIN)
        for some in _in_batches(wanted):
            done |= _call_back(connection, authority, some, workspace.now())
        entries = [
            Entry(name, "undone", f"proposal:{id_}", {"push": push_id})
            for id_, push_id in done.items()
        ]
        append(connection, workspace.now(), entries)
        missed = [id_ for id_ in wanted if id_ not in done]
        rows = {
            row.id: row for some in _in_batches(missed) for row in store.proposals(connection, some)
        }
    refused = {id_: _why_not_undone(rows.get(id_), name) for id_ in missed}
    return [Undone(id_, done.get(id_), id_ in done, refused.get(id_, "")) for id_ in wanted]


def _call_back(
    connection: Connection, authority: Authority, proposal_ids: Sequence[int], at: datetime
) -> dict[int, int]:
    operator = authority.operator
    approver = None if operator.role is Role.ADMIN else operator.name
    rows = store.call_back(connection, proposal_ids, approved_by=approver, at=at)
    taken = [row.proposal_id for row in rows]
    _check_all_were_approved(taken, store.reopen(connection, taken))
    after_settled(connection, [], [row.id for row in rows], at)
    return {row.proposal_id: row.id for row in rows}


def _why_not_undone(row: Row[Any] | None, name: str) -> str:
    """Say why; `row` is a proposal with `push_status`, `attempts` and `maybe_done` of its push."""
    if row is None:
        return "there is no such proposal"
    if row.status != "approved":
        return f"it is {row.status}, so there is no approval to take back"
    if row.push_status is None:
        return "it is of a phase, which an admin takes back: `nsconsole phase undo`"
    if row.push_status != "queued":
        return _TOO_LATE[row.push_status]
    if row.attempts or row.maybe_done:
        return "too late: it was tried already, and will be again"
    return f"{row.decided_by} approved it; only they and an admin take it back"
