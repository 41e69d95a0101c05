"""Settling: what became of the pushes of a call, written in one transaction with all that it means.

Only what is still ours is written. A late answer changes nothing of a newer attempt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from nsconsole.netsuite.errors import Outcome
from nsconsole.services import audit_trail
from nsconsole.services.actions.canonical import canonical_json
from nsconsole.services.audit_trail import APPLIED, SYSTEM, Entry
from nsconsole.services.dead_letters.letters import after_settled, retire_superseded
from nsconsole.services.pushes.attempts import Cause, Settlement, pause
from nsconsole.services.workspace import Workspace
from nsconsole.store import dead_letters
from nsconsole.store import pushes as store


@dataclass(frozen=True, slots=True)
class Settled:
    """A push with what became of it."""

    push: Row[Any]
    settlement: Settlement


def settle(
    connection: Connection, workspace: Workspace, settled: Sequence[Settled], *, began: datetime
) -> list[Settled]:
    """Write what became of pushes whose leases are still held; give those that were."""
    at = workspace.now()
    done = [_as_applied(one) for one in settled if _is_applied(one)]
    others = [_as_released(workspace, one, at) for one in settled if not _is_applied(one)]
    held = {*store.applied(connection, done, at), *store.released(connection, others, at)}
    ours = [one for one in settled if one.push.id in held]
    applied = [one for one in ours if _is_applied(one)]
    dead = [one for one in ours if one.settlement.cause]
    tried = [one for one in ours if _was_sent(one.settlement)]
    store.attempted(connection, [_as_attempt(workspace, o, began, at) for o in tried])
    for one in dead:
        dead_letters.bury(connection, _as_dead(connection, one, at))
    audit_trail.append(connection, at, [entry for one in ours for entry in _entries(one)])
    if store.concern_letters(connection, [one.push for one in (*applied, *dead)]):
        retire_superseded(connection, [one.push for one in applied], at)
        after_settled(connection, [o.push.id for o in applied], [o.push.id for o in dead], at)
    return ours


def _is_applied(one: Settled) -> bool:
    return one.settlement.status == "applied"


def _was_sent(settlement: Settlement) -> bool:
    return settlement.counted and settlement.cause is not Cause.TAMPERED


def _as_applied(one: Settled) -> dict[str, Any]:
    return _held(one) | {"internal_id": one.settlement.ns_internal_id}


def _held(one: Settled) -> dict[str, Any]:
    return {"push_id": one.push.id, "held_fence": one.push.fence}


def _as_released(workspace: Workspace, one: Settled, at: datetime) -> dict[str, Any]:
    settlement, push = one.settlement, one.push
    waits = settlement.counted and settlement.status == "queued"
    base = timedelta(seconds=workspace.settings.retry_after)
    return _held(one) | {
        "new_status": settlement.status,
        "error": canonical_json(settlement.error) if settlement.error else push.error_json,
        "next_at": at + pause(push.attempts, base, workspace.chance) if waits else at,
        "tries": push.attempts if settlement.counted else push.attempts - 1,
        "unsure": int(settlement.maybe_done),
    }


def _as_attempt(
    workspace: Workspace, one: Settled, began: datetime, at: datetime
) -> dict[str, Any]:
    push, settlement = one.push, one.settlement
    error = settlement.error or {}
    return {
        "push_id": push.id,
        "number": push.attempts,
        "fence": push.fence,
        "request_id": push.request_id,
        "owner": workspace.owner,
        "began_at": began,
        "milliseconds": max(0, round((at - began).total_seconds() * 1000)),
        "outcome": error.get("outcome", Outcome.DONE.value),
        "http_status": settlement.http_status,
        "code": error.get("code"),
        "message": error.get("message"),
        "body": settlement.body,
    }


def _as_dead(connection: Connection, one: Settled, at: datetime) -> dict[str, Any]:
    push, settlement = one.push, one.settlement
    error = settlement.error or {}
    tries = [_as_told(tried) for tried in dead_letters.attempts_of(connection, push.id)]
    return {
        "push_id": push.id,
        "proposal_id": push.proposal_id,
        "record_key": push.record_key,
        "cause": settlement.cause,
        "code": error.get("code", ""),
        "payload_json": push.payload_json,
        "error_json": canonical_json({**error, "cause": str(settlement.cause), "attempts": tries}),
        "attempts": push.attempts,
        "last_at": at,
    }


def _as_told(tried: Row[Any]) -> dict[str, Any]:
    return {
        "number": tried.number,
        "at": tried.began_at.isoformat(),
        "milliseconds": tried.milliseconds,
        "request_id": tried.request_id,
        "outcome": tried.outcome,
        "http_status": tried.http_status,
        "code": tried.code,
        "message": tried.message,
    }


def _entries(one: Settled) -> list[Entry]:
    push, settlement = one.push, one.settlement
    subject, entries = f"push:{push.id}", []
    if _was_sent(settlement):
        error = settlement.error or {}
        told = {
            "attempt": push.attempts,
            "request_id": push.request_id,
            "outcome": error.get("outcome", Outcome.DONE.value),
            "code": error.get("code"),
        }
        entries.append(Entry(SYSTEM, "attempted", subject, told))
    if settlement.status == "applied":
        told = {"proposal": push.proposal_id, "ns_internal_id": settlement.ns_internal_id}
        entries.append(Entry(SYSTEM, APPLIED, subject, told))
    if settlement.cause:
        told = {"proposal": push.proposal_id, "cause": settlement.cause.value}
        entries.append(Entry(SYSTEM, "dead", subject, told))
    return entries
