"""What waits on the queue, why, and until when; and what went through last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from nsconsole.services.dead_letters.letters import CANARY
from nsconsole.services.lines import error_of
from nsconsole.services.link import LinkState, link_state
from nsconsole.services.pushes import breaker
from nsconsole.services.pushes.attempts import LONGEST_WAIT
from nsconsole.services.workspace import Workspace
from nsconsole.store import queue as store


class Reason(StrEnum):
    """Why a push waits; DUE is for nothing but its turn."""

    IN_FLIGHT = "in_flight"
    HELD = "held"
    CANARY = "canary"
    BEHIND = "behind"
    UNDO_WINDOW = "undo_window"
    BACKOFF = "backoff"
    LOGIN_REFUSED = "login_refused"
    BREAKER = "breaker"
    NETSUITE_AWAY = "netsuite_away"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A push that is not settled, what it changes, and why it waits.

    `since` is when it came, or was sent if it is in flight; `until` is when the reason ends by
    itself, if that is known. `behind` is the push that goes before it: one of the same record, or
    the canary. `priority` 0 goes before 1. `maybe_done` says that NetSuite may have done it, and
    nobody heard so. Times are UTC.
    """

    id: int
    proposal_id: int
    summary: str
    status: str
    reason: Reason
    since: datetime
    until: datetime | None
    attempts: int
    priority: int
    held_by: str | None
    behind: int | None
    maybe_done: bool
    error: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many pushes wait, and how many of them are in flight."""

    waiting: int
    in_flight: int


@dataclass(frozen=True, slots=True)
class Applied:
    """A push that reached NetSuite, and when (UTC)."""

    push_id: int
    proposal_id: int
    summary: str
    ns_internal_id: str
    applied_at: datetime


def waiting(workspace: Workspace, *, matching: str = "", limit: int | None = None) -> list[Waiting]:
    """Give what waits: what is in flight, then the rest in the order in which it will go.

    With `matching`, only what has all of its words in its proposal, or one as an id.
    """
    with workspace.database.reading() as connection:
        rows = store.waiting(connection, _words(matching), limit)
    return _explained(workspace, rows)


def waiting_of(workspace: Workspace, push_ids: Sequence[int]) -> dict[int, Waiting]:
    """Give what still waits of some pushes, by id."""
    with workspace.database.reading() as connection:
        rows = store.of_ids(connection, push_ids)
    return {push.id: push for push in _explained(workspace, rows)}


def count(workspace: Workspace, *, matching: str = "") -> Counts:
    """Count what waits, or what of it matches."""
    with workspace.database.reading() as connection:
        return Counts(*store.count(connection, _words(matching)))


def last_applied(workspace: Workspace, limit: int) -> list[Applied]:
    """Give what reached NetSuite last, the newest first."""
    with workspace.database.reading() as connection:
        return [Applied(**row._mapping) for row in store.last_applied(connection, limit)]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.casefold().split())


def _explained(workspace: Workspace, rows: Iterable[Row[Any]]) -> list[Waiting]:
    now, common = workspace.now(), _what_holds_all(workspace)
    return [_waiting(row, *(_of_its_own(row, now) or common)) for row in rows]


def _what_holds_all(workspace: Workspace) -> tuple[Reason, datetime | None]:
    link, known = link_state(workspace), breaker.look(workspace)
    if link.state is LinkState.REFUSED:
        return Reason.LOGIN_REFUSED, None
    if known.held_by or known.state is not breaker.State.CLOSED:
        return Reason.BREAKER, known.open_until
    away = link.state is LinkState.UNREACHABLE
    return Reason.NETSUITE_AWAY if away else Reason.DUE, None


def _of_its_own(row: Row[Any], now: datetime) -> tuple[Reason, datetime | None] | None:
    if row.status == "in_flight":
        return Reason.IN_FLIGHT, row.lease_expires_at
    if row.held_by is not None:
        return Reason.CANARY if _canary(row) else Reason.HELD, None
    if row.behind is not None:
        return Reason.BEHIND, None
    if row.next_attempt_at <= now or row.next_attempt_at > now + LONGEST_WAIT:
        return None
    tried = row.fence > 0  # counts waits too, which are no attempts
    return Reason.BACKOFF if tried else Reason.UNDO_WINDOW, row.next_attempt_at


def _canary(row: Row[Any]) -> int | None:
    holder, _, push = (row.held_by or "").partition(":")
    return int(push) if holder == CANARY and push.isdecimal() else None


def _waiting(row: Row[Any], reason: Reason, until: datetime | None) -> Waiting:
    return Waiting(
        id=row.id,
        proposal_id=row.proposal_id,
        summary=row.summary,
        status=row.status,
        reason=reason,
        since=row.leased_at or row.created_at,
        until=until,
        attempts=row.attempts,
        priority=row.priority,
        held_by=row.held_by,
        behind=_canary(row) or row.behind,
        maybe_done=bool(row.maybe_done),
        error=error_of(row.error_json),
    )
