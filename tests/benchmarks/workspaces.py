"""Workspaces of any size to measure on; proposals go straight to the store, as many as wanted."""

import json
import uuid
from datetime import timedelta
from pathlib import Path

from nsconsole.services.proposals import proposal_digest
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from nsconsole.store import proposals

_KINDS = ("update_vendor_cost", "update_vendor_terms", "update_vendor_contact")


def make_workspace(home: Path, count: int) -> Path:
    """Make a workspace with `count` pending proposals; the newest is vendor number `count`."""
    workspace = open_workspace(load_settings({}, home=home))
    now = workspace.now()
    for start in range(1, count + 1, 5_000):
        numbers = range(start, min(start + 5_000, count + 1))
        rows = [_row(n, now - timedelta(seconds=count - n)) for n in numbers]
        with workspace.database.writing() as connection:
            proposals.stage(connection, rows)
    workspace.close()
    return home


def _row(number, created_at):
    summary = f"Vendor {number} Acme Industrial Supply: cost 10.00 → 12.50, +25 %"
    author, reason = f"bot-{number % 7}", f"The vendor's price list q{number}z says so."
    tier = ("low", "medium", "high")[number % 3]
    row = {
        "action_type": _KINDS[number % 3],
        "target_record": "vendor",
        "target_id": str(number),
        "target_name": "Acme Industrial Supply",
        "risk_tier": tier,
        "author": author,
        "summary": summary,
        "reason": reason,
        "external_id": f"nsconsole-{uuid.uuid4()}",
        "proposed_change_json": json.dumps({"cost": 12.5}),
        "seen_json": json.dumps({"values": {"cost": 10}, "names": {}}),
    }
    words = f"{summary} {author} {reason} {row['action_type']} {tier}"
    row |= {
        "risk_rank": number % 3 + 1,
        "search_text": words.casefold(),
        "created_at": created_at,
    }
    return row | {"digest": proposal_digest(row)}
