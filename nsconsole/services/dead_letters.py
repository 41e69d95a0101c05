"""Dead letters: approved changes that did not reach NetSuite, with all that is known of why.

A person replays one, which makes a new push of the same approval, or dismisses it with a reason.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from nsconsole.services.attempts import Cause
from nsconsole.services.errors import BadInputError
from nsconsole.services.operators import Authority, Role, require
from nsconsole.services.workspace import Workspace
from nsconsole.store import dead_letters as store
from nsconsole.store import pushes

_LONGEST_REASON = 2_000
_AT_ONCE = 5_000  # dead letters that one transaction sees to


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A push that rests; `resolution` is `replayed` or `dismissed` once somebody saw to it."""

    id: int
    push_id: int
    proposal_id: int
    cause: Cause
    action_type: str
    target_record: str
    target_id: str | None
    target_name: str | None
    attempts: int
    last_at: datetime
    error: str
    resolution: str | None
    resolved_by: str | None
    resolved_at: datetime | None
    reason: str | None
    replay_push_id: int | None


@dataclass(frozen=True, slots=True)
class DeadLetterInFull:
    """A dead letter with what was to be sent, and what each attempt met."""

    letter: DeadLetter
    payload: Mapping[str, Any]
    error: Mapping[str, Any]
    attempts: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A dead letter that goes out again, by a new push."""

    id: int
    push_id: int


def list_dead_letters(
    workspace: Workspace, *, resolved: bool = False, limit: int = 10_000
) -> list[DeadLetter]:
    """List those that nobody has seen to, the newest first; or all of them."""
    with workspace.database.reading() as connection:
        return [_letter(row) for row in store.listed(connection, resolved=resolved, limit=limit)]


def open_by_cause(workspace: Workspace) -> dict[str, int]:
    """Count those that nobody has seen to, by cause; no cause that has none."""
    with workspace.database.reading() as connection:
        return store.count_open(connection)


def show_dead_letter(workspace: Workspace, id_: int) -> DeadLetterInFull:
    """Give a dead letter in full. Raises BadInputError if there is none of that id."""
    with workspace.database.reading() as connection:
        row = store.get(connection, id_)
    if row is None:
        raise BadInputError(f"there is no dead letter {id_}; `nsconsole dlq` lists them")
    error = json.loads(row.error_json)
    attempts = error.pop("attempts", [])
    return DeadLetterInFull(_letter(row), json.loads(row.payload_json), error, attempts)


def replay(workspace: Workspace, authority: Authority, ids: Sequence[int] | None) -> list[Replayed]:
    """Send dead letters again (admin): those of `ids`, or all that nobody has seen to.

    What may have been done goes under the same request id, so that NetSuite does it once at most;
    what NetSuite refused goes under a new one. Whoever comes second replays nothing. Raises
    BadInputError for an id that is not there, or is one of a push that was never approved so.
    """
    wanted = _wanted(workspace, ids)
    replayed: list[Replayed] = []
    for start in range(0, len(wanted), _AT_ONCE):
        with workspace.database.writing() as connection:
            require(connection, authority, Role.ADMIN)
            replayed += _replay(workspace, connection, authority, wanted[start : start + _AT_ONCE])
    return replayed


def _wanted(workspace: Workspace, ids: Sequence[int] | None) -> list[int]:
    with workspace.database.reading() as connection:
        if ids is None:
            return store.open_ids(connection)
        for id_ in ids:
            if store.get(connection, id_) is None:
                raise BadInputError(f"there is no dead letter {id_}; `nsconsole dlq` lists them")
    return list(dict.fromkeys(ids))


def _replay(
    workspace: Workspace, connection: Connection, authority: Authority, ids: Sequence[int]
) -> list[Replayed]:
    at = workspace.now()
    won = store.resolve(
        connection, ids, resolution="replayed", by=authority.operator.name, reason="", at=at
    )
    tampered = [row.id for row in won if row.cause == Cause.TAMPERED]
    if tampered:
        raise BadInputError(
            f"dead letter {tampered[0]} is not what was approved, and is never sent; dismiss it"
        )
    dead = {row.id: row for row in pushes.get_many(connection, [row.push_id for row in won])}
    new = [_again(row, dead[row.push_id]) for row in won]
    made = pushes.enqueue(connection, new, at) if new else []
    for row, push_id in zip(won, made, strict=True):
        store.link_replay(connection, row.id, push_id)
    return [Replayed(row.id, push_id) for row, push_id in zip(won, made, strict=True)]


def _again(letter: Row[Any], push: Row[Any]) -> dict[str, Any]:
    surely_refused = letter.cause in (Cause.REFUSED, Cause.CONFLICT)
    return {
        "proposal_id": push.proposal_id,
        "request_id": str(uuid.uuid4()) if surely_refused else push.request_id,
        "payload_json": push.payload_json,
        "digest": push.digest,
    }


def dismiss(
    workspace: Workspace, authority: Authority, ids: Sequence[int], *, reason: str
) -> list[int]:
    """Let dead letters rest for good (admin), for a reason; give those that were still open."""
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        raise BadInputError("say why: a reason of at most 2,000 characters")
    wanted = _wanted(workspace, ids)
    with workspace.database.writing() as connection:
        require(connection, authority, Role.ADMIN)
        resolved = store.resolve(
            connection,
            wanted,
            resolution="dismissed",
            by=authority.operator.name,
            reason=reason,
            at=workspace.now(),
        )
    return [row.id for row in resolved]


def _letter(row: Row[Any]) -> DeadLetter:
    error = json.loads(row.error_json)
    return DeadLetter(
        id=row.id,
        push_id=row.push_id,
        proposal_id=row.proposal_id,
        cause=Cause(row.cause),
        action_type=row.action_type,
        target_record=row.target_record,
        target_id=row.target_id,
        target_name=row.target_name,
        attempts=row.attempts,
        last_at=row.last_at,
        error=f"{error.get('code', '')}: {error.get('message', '')}",
        resolution=row.resolution,
        resolved_by=row.resolved_by,
        resolved_at=row.resolved_at,
        reason=row.reason,
        replay_push_id=row.replay_push_id,
    )
