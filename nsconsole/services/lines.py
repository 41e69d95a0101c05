"""A proposal as a list shows it, and the first of them, before the database is properly open."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nsconsole.settings import Settings
from nsconsole.store.first_page import first_page

_FILE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Line:
    """A proposal as a list shows it. `push` and `error` are of its newest push.

    `undo_until` is when that will be sent; it is None once the approval cannot be taken back.
    """

    id: int
    digest: str
    status: str
    action_type: str
    target_record: str
    target_id: str | None
    target_name: str | None
    risk_tier: str
    author: str
    summary: str
    search_text: str
    created_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    push: str | None
    error: str | None
    ns_internal_id: str | None
    undo_until: datetime | None = None


def to_line(row: Mapping[str, Any]) -> Line:
    """Read a proposal's row, with the columns of its newest push if it came with them."""
    return Line(
        id=row["id"],
        digest=row["digest"],
        status=row["status"],
        action_type=row["action_type"],
        target_record=row["target_record"],
        target_id=row["target_id"],
        target_name=row["target_name"],
        risk_tier=row["risk_tier"],
        author=row["author"],
        summary=row["summary"],
        search_text=row["search_text"],
        created_at=row["created_at"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        push=row.get("push_status"),
        error=error_of(row.get("error_json")),
        ns_internal_id=row.get("ns_internal_id"),
        undo_until=row["next_attempt_at"] if _never_tried(row) else None,
    )


def _never_tried(row: Mapping[str, Any]) -> bool:
    queued = row["status"] == "approved" and row.get("push_status") == "queued"
    return queued and not row["attempts"] and not row["maybe_done"]


def error_of(error_json: str | None) -> str | None:
    """Give what a push's last attempt met, as one sentence."""
    error = json.loads(error_json) if error_json else None
    return f"{error['code']}: {error['message']}" if error else None


def first_lines(settings: Settings, limit: int) -> tuple[list[Line], int] | None:
    """Give the newest pending proposals and their number, at once; None if that cannot be had.

    What is shown of it is replaced as soon as the workspace is open.
    """
    place = settings.database
    if isinstance(place, str):
        if not place.startswith(_FILE) or "?" in place:
            return None
        place = Path(place.removeprefix(_FILE)).absolute()
    found = first_page(place, limit)
    if found is None:
        return None
    rows, count = found
    return [to_line(row | _moments(row)) for row in rows], count


def _moments(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(row[name])
        for name in ("created_at", "decided_at")
        if row[name] is not None
    }
