"""The ground that draining is measured on: workspaces with approved pushes, and a sandbox."""

import json
import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from nsconsole.services.approvals import Choice, Verdict, decide
from nsconsole.services.operators import authenticate, first_operator
from nsconsole.services.proposals import proposal_digest
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from nsconsole.store import proposals
from tests.benchmarks.sync_ground import environ

# Records of a new sandbox: each push is about the next one, round and round, so that pushes which
# are under way together are about different ones.
_RECORDS = [
    *(("item", "update_item_cost", "cost", number) for number in range(101, 501)),
    *(("contact", "update_contact", "title", number) for number in range(323, 703)),
    *(("customer", "update_customer_contact", "comments", number) for number in range(73, 313)),
]


@contextmanager
def opened(home: Path, *, given=None, **settings):
    """Open a workspace, whose approvals cannot be called back."""
    found = load_settings(given or {}, home=home)
    chosen = replace(found, undo_low=0, undo_medium=0, undo_high=0, **settings)
    workspace = open_workspace(chosen, environ=given or {})
    try:
        yield workspace
    finally:
        workspace.close()


def make_queue(home: Path, count: int) -> str:
    """Make a workspace with so many pushes queued; give its admin's edit token."""
    with opened(home) as workspace:
        operator, token = first_operator(workspace, "ada", login="ada")
        authority = authenticate(workspace, operator, token)
        rows = [_proposal(number, workspace.now()) for number in range(count)]
        with workspace.database.writing() as connection:
            proposals.stage(connection, rows)
        choices = [Choice(number) for number in range(1, count + 1)]
        decide(workspace, authority, Verdict.APPROVE, choices)
    return token


def _proposal(number, at):
    record, action, field, id_ = _RECORDS[number % len(_RECORDS)]
    value = 1 + number % 997 if field == "cost" else f"change {number}"
    row = {
        "action_type": action,
        "target_record": record,
        "target_id": str(id_),
        "target_name": f"{record} {id_}",
        "risk_tier": "low",
        "risk_rank": 1,
        "author": "bot",
        "summary": f"{record} {id_}: {field} → {value}",
        "search_text": f"{record} {id_}",
        "reason": "",
        "external_id": f"nsconsole-{uuid.uuid4()}",
        "proposed_change_json": json.dumps({field: value}),
        "seen_json": json.dumps({"values": {}, "names": {}}),
        "created_at": at,
    }
    return row | {"digest": proposal_digest(row)}


def operations(count: int) -> list[dict]:
    """What such a queue sends, but for the records' names."""
    about = {"operation": "update", "record_type": "vendor"}
    return [
        {
            **about,
            "request_id": str(uuid.uuid4()),
            "id": str(13 + number % 60),
            "values": {"comments": f"change {number}"},
        }
        for number in range(count)
    ]


def make_history(home: Path, count: int) -> None:
    """Add so many finished pushes to a workspace, older than all others."""
    with closing(sqlite3.connect(home / "nsconsole.db")) as connection, connection:
        connection.execute("UPDATE ns_pending_pushes SET id = id + ?", (count,))
        connection.execute(
            """
            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?)
            INSERT INTO ns_pending_pushes (id, proposal_id, status, request_id, payload_json,
                digest, attempts, next_attempt_at, ns_internal_id, record_key, fence,
                created_at, updated_at, applied_at)
            SELECT n, 1000000000 + n, 'applied', 'request ' || n,
                '{"operation":"update","record_type":"vendor","values":{"cost":12.5}}',
                hex(zeroblob(32)), 1, moment, n % 5000, 'vendor:' || (n % 5000), 1,
                moment, moment, moment
            FROM (SELECT n, '2026-11-22T09:15:00.000000Z' AS moment FROM number)
            """,
            (count,),
        )
        connection.execute(
            "UPDATE sqlite_sequence SET seq = (SELECT max(id) FROM ns_pending_pushes) "
            "WHERE name = 'ns_pending_pushes'"
        )


@contextmanager
def sandbox(*options):
    """A sandbox in a process of its own; gives what it tells of itself, and its `pid`."""
    command = [sys.executable, "-m", "nsconsole", "sandbox", "--json", "--exit-with-stdin"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    process = subprocess.Popen([*command, *map(str, options)], **pipes)
    try:
        yield json.loads(process.stdout.readline()) | {"pid": process.pid}
    finally:
        process.stdin.close()
        process.wait(30)


def counted(home: Path) -> dict[str, int]:
    """How many pushes there are by status."""
    with closing(sqlite3.connect(home / "nsconsole.db")) as connection:
        return dict(
            connection.execute("SELECT status, count(*) FROM ns_pending_pushes GROUP BY status")
        )


__all__ = ["counted", "environ", "make_history", "make_queue", "opened", "operations", "sandbox"]
