"""Decisions: one winner a proposal, and the push in the same transaction as the approval."""

import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row

from nsconsole.services.audit_trail import Entry, append
from nsconsole.services.errors import BadInputError, TamperedError
from nsconsole.services.operators import Authority, Operator, Role, require
from nsconsole.services.phases.deciding import follow, stale
from nsconsole.services.proposals import proposal_digest
from nsconsole.services.pushes.payloads import build_payload, push_digest, record_key
from nsconsole.services.workspace import Workspace
from nsconsole.store import proposals, pushes
from nsconsole.text import has_control_characters

_AT_ONCE = 5_000  # ids in one statement
_LARGEST_ID = 2**63 - 1  # a typed number may be more than the column holds
_LONGEST_REASON = 2_000


class Verdict(StrEnum):
    """What an operator says of a proposal; the value is the status that it gives."""

    APPROVE = "approved"
    REJECT = "rejected"


@dataclass(frozen=True, slots=True)
class Choice:
    """A proposal as it stood before the person: the id and, from a screen, the digest shown."""

    proposal_id: int
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a decision.

    `won` tells whether it was this one that decided; if not, `status` is how the proposal stands
    and `why` says who was first, or why it may not be decided. An approval has a `push_id`, or the
    `phase_id` of what waits to be applied.
    """

    proposal_id: int
    status: str
    won: bool
    push_id: int | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    why: str = ""
    phase_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Claim:
    """One call's decision; `name` is kept with each proposal that it wins."""

    verdict: Verdict
    authority: Authority
    name: str
    reason: str


def decide(
    workspace: Workspace,
    authority: Authority,
    verdict: Verdict,
    choices: Sequence[Choice],
    *,
    reason: str = "",
) -> list[Decision]:
    """Decide proposals, each at most once whoever else is deciding; give them in the order given.

    What was won and the pushes of what was approved are written in one transaction. An id given
    twice is decided once, and comes once. Raises RefusedError if the authority does not reach,
    TamperedError if a proposal is not what was staged or shown; then nothing was decided.
    """
    _check_reason(reason)
    unique = {choice.proposal_id: choice for choice in choices}
    claim = _Claim(verdict, authority, f"{authority.operator.name}:{uuid.uuid4()}", reason)
    decided: dict[int, Decision] = {}
    with workspace.database.writing() as connection:
        require(connection, authority, Role.REVIEWER, Role.ADMIN)
        for some in _in_batches([c for id_, c in unique.items() if 0 < id_ <= _LARGEST_ID]):
            decided |= _win(workspace, connection, claim, some)
    decided |= _lost(workspace, claim, unique.keys() - decided.keys())
    return [decided[id_] for id_ in unique]


def _in_batches(choices: Sequence[Choice]) -> Iterable[Sequence[Choice]]:
    return (choices[start : start + _AT_ONCE] for start in range(0, len(choices), _AT_ONCE))


def _check_reason(reason: str) -> None:
    if len(reason) > _LONGEST_REASON:
        raise BadInputError(
            f"the reason is {len(reason):,} characters; at most {_LONGEST_REASON:,}"
        )
    if has_control_characters(reason, allow_newlines=True):
        raise BadInputError("the reason holds control characters")


def _win(
    workspace: Workspace, connection: Connection, claim: _Claim, choices: Sequence[Choice]
) -> dict[int, Decision]:
    operator, at = claim.authority.operator, workspace.now()
    approves = claim.verdict is Verdict.APPROVE
    ids = [choice.proposal_id for choice in choices]
    won = proposals.claim(
        connection,
        _approvable(workspace, connection, claim.authority, ids) if approves else ids,
        status=claim.verdict.value,
        claim=claim.name,
        operator=operator.name,
        at=at,
        reason=claim.reason,
    )
    _check_untouched(won, choices)
    phases = follow(connection, won)
    changes = [row for row in won if row.id not in phases]
    pushed = _enqueue(workspace, connection, changes, at) if approves else {}
    append(connection, at, [_entry(row, pushed.get(row.id)) for row in won])
    return {
        row.id: Decision(
            row.id,
            row.status,
            True,
            pushed.get(row.id),
            operator.name,
            at,
            phase_id=phases.get(row.id),
        )
        for row in won
    }


def _entry(row: Row[Any], push_id: int | None) -> Entry:
    detail = {"digest": row.digest, "reason": row.decision_reason}
    told = detail if push_id is None else {**detail, "push": push_id}
    return Entry(row.decided_by, row.status, f"proposal:{row.id}", told)


def _approvable(
    workspace: Workspace, connection: Connection, authority: Authority, ids: Sequence[int]
) -> list[int]:
    others = _not_ones_own(workspace, connection, authority, ids)
    moved = stale(connection, others)
    return [id_ for id_ in others if id_ not in moved]


def _not_ones_own(
    workspace: Workspace, connection: Connection, authority: Authority, ids: Sequence[int]
) -> list[int]:
    """Leave out what the operator staged: they may take it back, but not wave it through.

    Who staged a proposal never changes, so this stays true until the claim.
    """
    allowed = workspace.settings.self_approval
    staged = proposals.authors(connection, ids)
    return [
        row.id
        for row in staged
        if row.risk_tier in allowed or not _staged_by(row.author, authority.operator)
    ]


def _staged_by(author: str, operator: Operator) -> bool:
    return _folded(author) in {_folded(name) for name in (operator.name, operator.login) if name}


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


def _check_untouched(rows: Iterable[Row[Any]], choices: Iterable[Choice]) -> None:
    shown = {choice.proposal_id: choice.digest for choice in choices}
    for row in rows:
        if proposal_digest(row._asdict()) != row.digest or shown[row.id] not in (None, row.digest):
            raise TamperedError(
                f"proposal {row.id} is not what was staged: its digest does not match. Nothing was "
                "decided; find out who changed the database, and restore it from a backup"
            )


def _enqueue(
    workspace: Workspace, connection: Connection, rows: Sequence[Row[Any]], at: datetime
) -> dict[int, int]:
    undo = workspace.settings.undo_seconds
    new = [_push(row._asdict(), at + timedelta(seconds=undo[row.risk_tier])) for row in rows]
    ids = pushes.enqueue(connection, new, at) if new else []
    return {row.id: id_ for row, id_ in zip(rows, ids, strict=True)}


def _push(proposal: Mapping[str, Any], due: datetime) -> dict[str, Any]:
    payload = build_payload(proposal)
    return {
        "next_attempt_at": due,
        "record_key": record_key(payload),
        "proposal_id": proposal["id"],
        "request_id": str(uuid.uuid4()),
        "payload_json": payload,
        "digest": push_digest(payload, proposal["digest"]),
    }


def _lost(workspace: Workspace, claim: _Claim, ids: Set[int]) -> dict[int, Decision]:
    # Nobody waits for this: what was not won is decided for good, or one's own.
    operator, real = claim.authority.operator, sorted(id_ for id_ in ids if 0 < id_ <= _LARGEST_ID)
    with workspace.database.reading() as connection:
        rows = {row.id: row for row in proposals.get_many(connection, real)}
        pushed = pushes.for_proposals(connection, sorted(rows))
        moved = stale(connection, rows) if claim.verdict is Verdict.APPROVE else {}
    return {
        id_: Decision(id_, "pending", won=False, why=moved[id_])
        if id_ in moved
        else _why_lost(id_, rows.get(id_), pushed.get(id_), operator)
        for id_ in ids
    }


def _why_lost(id_: int, row: Row[Any] | None, push_id: int | None, operator: Operator) -> Decision:
    if row is None:
        return Decision(id_, "unknown", won=False, why=f"there is no proposal {id_}")
    if row.status == "pending" and _staged_by(row.author, operator):
        why = (
            f"you staged it yourself, and {row.risk_tier} risk takes a second person; "
            "`self_approval` in config.toml can allow it"
        )
        return Decision(id_, row.status, won=False, why=why)
    when = f"{row.decided_at:%Y-%m-%d %H:%M:%S} UTC" if row.decided_at else "before"
    why = f"{row.decided_by or 'somebody'} {row.status} it first, at {when}"
    return Decision(id_, row.status, False, push_id, row.decided_by, row.decided_at, why)
