"""What the queue itself costs: pushes claimed and settled, against a loop written by hand.

    python -m tests.benchmarks.drain_claims [--pushes 600] [--turns 3] [--batch 1] [--json]

Goal: 0.7 of the pushes a second that the loop settles.

Nothing is sent. All work on databases of the same schema and content, equally durable: the claim
is on the disk (synchronous=FULL) before a call would be made, and what came of it afterwards. The
loop writes the claim, the end and the row of the audit mirror, and nothing else: no breaker, no
attempt, no audit trail, no look at whose lease it is. A second loop also writes the attempt and the
two sealed entries of the audit trail, so that it leaves the rows that nsconsole leaves. They take
turns; the best of each counts.
"""

import argparse
import hashlib
import json
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from nsconsole.services.interpreter import make_room
from nsconsole.services.pushes import breaker
from nsconsole.services.pushes.attempts import Settlement
from nsconsole.services.pushes.leasing import check_held, take
from nsconsole.services.pushes.settling import Settled, settle
from tests.benchmarks import drain_ground as ground
from tests.benchmarks.sync_ground import show

_NOW = "2026-11-22T09:15:00.000000Z"
_CLAIM = """
UPDATE ns_pending_pushes SET status = 'in_flight', lease = 'me', lease_expires_at = :now,
    attempts = attempts + 1, fence = fence + 1, updated_at = :now
WHERE id IN (SELECT id FROM ns_pending_pushes
             WHERE likely(status IN ('queued', 'in_flight')) AND +status = 'queued'
             ORDER BY priority, id LIMIT :most)
RETURNING id, payload_json, request_id
"""
_END = """
UPDATE ns_pending_pushes SET status = 'applied', ns_internal_id = '42', applied_at = :now,
    lease = NULL, lease_expires_at = NULL, updated_at = :now
WHERE id = :id AND status = 'in_flight'
"""
_COPIED = (
    "action_type, target_record, target_id, proposed_change_json, seen_json, {0}digest, author, "
    "decided_by, decided_at"
)
_MIRROR = f"""
INSERT INTO proposed_actions_applied_mirror (proposal_id, push_id, {_COPIED.format("")},
    request_id, ns_internal_id, applied_at)
SELECT p.id, q.id, {_COPIED.format("p.")}, q.request_id, q.ns_internal_id, q.applied_at
FROM ns_pending_pushes q JOIN proposed_actions p ON p.id = q.proposal_id WHERE q.id = :id
"""

_ATTEMPT = """
INSERT INTO ns_push_attempts (push_id, number, fence, request_id, owner, began_at, milliseconds,
    outcome, http_status)
SELECT id, attempts, fence, request_id, 'me', :now, 0, 'done', 200
FROM ns_pending_pushes WHERE id = :id
"""
_SEALED = """
INSERT INTO audit_trail (previous_hash, at, actor, event, subject, detail_json, hash)
VALUES (?, ?, 'nsconsole', ?, ?, ?, ?)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pushes", type=int, default=600)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--batch", type=int, default=1, help="pushes that are claimed together")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        show(measure(Path(folder), args.pushes, args.turns, args.batch), as_json=args.json)


def measure(folder, count, turns, batch):
    """Work off queues of so many pushes in turns."""
    took = {"by hand": [], "all by hand": [], "nsconsole": []}
    for turn in range(turns):
        for name, opened, work in (
            ("by hand", by_hand_opened, by_hand),
            ("all by hand", by_hand_opened, all_by_hand),
            ("nsconsole", ground.opened, by_nsconsole),
        ):
            home = folder / f"{name}-{turn}"
            ground.make_queue(home, count)
            with opened(home) as queue:
                took[name].append(timed(work, queue, batch))
            assert ground.counted(home) == {"applied": count}
    seconds = {name: min(turn[0] for turn in turns) for name, turns in took.items()}
    busy = {name: min(turn[1] for turn in turns) for name, turns in took.items()}
    return {
        "pushes": count,
        "claimed together": batch,
        **{f"{name}: pushes a second": round(count / seconds[name]) for name in took},
        **{f"{name}: processor ms a push": round(busy[name] * 1e3 / count, 2) for name in took},
        "ratio by the clock": round(seconds["by hand"] / seconds["nsconsole"], 2),
        "ratio to all by hand": round(seconds["all by hand"] / seconds["nsconsole"], 2),
    }


def timed(work, *arguments):
    """Give the seconds by the clock and of the processor that some work took."""
    begun = time.perf_counter(), time.process_time()
    work(*arguments)
    return time.perf_counter() - begun[0], time.process_time() - begun[1]


def by_hand_opened(home):
    """Open a queue as durably as nsconsole does."""
    database = sqlite3.connect(home / "nsconsole.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        database.execute(f"PRAGMA {pragma}")
    return closing(database)


def all_by_hand(database, batch):
    """Work off a queue with nothing but sqlite3, and leave the same rows as nsconsole."""
    (seal,) = database.execute("SELECT hash FROM audit_trail ORDER BY id DESC LIMIT 1").fetchone()

    def also(id_, request_id):
        nonlocal seal
        database.execute(_ATTEMPT, {"now": _NOW, "id": id_})
        for event, told in (
            (
                "attempted",
                {"attempt": 1, "code": None, "outcome": "done", "request_id": request_id},
            ),
            ("applied", {"ns_internal_id": "42", "proposal": id_}),
        ):
            detail, last = json.dumps(told), seal
            sealed = json.dumps([last, _NOW, "nsconsole", event, f"push:{id_}", detail])
            seal = hashlib.sha256(sealed.encode()).hexdigest()
            database.execute(_SEALED, (last, _NOW, event, f"push:{id_}", detail, seal))

    by_hand(database, batch, also)


def by_hand(database, batch, also=lambda id_, request_id: None):
    """Work off a queue with nothing but sqlite3."""
    while True:
        database.execute("BEGIN IMMEDIATE")
        claimed = database.execute(_CLAIM, {"now": _NOW, "most": batch}).fetchall()
        database.execute("COMMIT")
        if not claimed:
            return
        database.execute("BEGIN IMMEDIATE")
        for id_, _, request_id in claimed:
            database.execute(_END, {"now": _NOW, "id": id_})
            database.execute(_MIRROR, {"id": id_})
            also(id_, request_id)
        database.execute("COMMIT")


def by_nsconsole(workspace, batch):
    """Work off a queue as a drain does, but for the calls."""
    make_room()
    done = Settlement("applied", ns_internal_id="42", http_status=200)
    with workspace.database.writing() as connection:
        lease = take(connection, workspace, limit=batch)
    while lease:
        check_held(workspace, lease)
        settled = [Settled(push, done) for push in lease.pushes]
        with workspace.database.writing() as connection:
            breaker.succeeded(connection, lease.permission, workspace.now())
            settle(connection, workspace, settled, began=lease.began)
            lease = take(connection, workspace, limit=batch)


if __name__ == "__main__":
    main()
