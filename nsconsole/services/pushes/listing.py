"""Pushes: what was approved and is on its way to NetSuite, or arrived."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from nsconsole.services.workspace import Workspace
from nsconsole.store import pushes as store


@dataclass(frozen=True, slots=True)
class Push:
    """A queued write, as a list shows it; `error` is what the last attempt met."""

    id: int
    proposal_id: int
    status: str
    attempts: int
    next_attempt_at: datetime
    ns_internal_id: str | None
    error: str | None
    applied_at: datetime | None


def list_pushes(
    workspace: Workspace, *, status: str | None = None, limit: int = 1000
) -> list[Push]:
    """List pushes, the newest first; only those of a status if one is given."""
    with workspace.database.reading() as connection:
        rows = store.listed(connection, status=status, limit=limit)
    return [to_push(row) for row in rows]


def to_push(row: Row[Any]) -> Push:
    """Read a push's row."""
    error = json.loads(row.error_json) if row.error_json else None
    return Push(
        id=row.id,
        proposal_id=row.proposal_id,
        status=row.status,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        ns_internal_id=row.ns_internal_id,
        error=f"{error['code']}: {error['message']}" if error else None,
        applied_at=row.applied_at,
    )
