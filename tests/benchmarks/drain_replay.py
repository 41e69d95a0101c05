"""How long it takes to put dead letters back on the queue.

    python -m tests.benchmarks.drain_replay [--letters 10000] [--json]

Goal: 10,000 are staged in less than 2 seconds.

The longest transaction is told too: for so long nobody else writes, and a screen that writes waits.
"""

import argparse
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import event

from nsconsole.services.dead_letters.replay import Filter, replay
from nsconsole.services.operators import authenticate, find_operator
from tests.benchmarks import drain_ground as ground
from tests.benchmarks.sync_ground import show

_BURY = """
INSERT INTO ns_push_dlq_log (push_id, proposal_id, record_key, cause, code, payload_json,
                             error_json, attempts, last_at)
SELECT id, proposal_id, record_key, 'exhausted', 'UNEXPECTED_ERROR', payload_json,
       '{"code": "UNEXPECTED_ERROR", "message": "An error occurred", "attempts": []}', 3, updated_at
FROM ns_pending_pushes WHERE status = 'dead'
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        show(measure(Path(folder), args.letters), as_json=args.json)


def measure(home, letters):
    """Replay all dead letters of a workspace."""
    token = ground.make_queue(home, letters)
    with closing(sqlite3.connect(home / "nsconsole.db")) as connection, connection:
        connection.execute("UPDATE ns_pending_pushes SET status = 'dead', attempts = 3")
        connection.execute(_BURY)
    with ground.opened(home) as workspace:
        ada = find_operator(workspace, name="ada", login="")
        authority = authenticate(workspace, ada, token)
        writing = _watched(workspace.database.engine)
        begun = time.perf_counter(), time.process_time()
        replayed = replay(workspace, authority, Filter())
        took = time.perf_counter() - begun[0], time.process_time() - begun[1]
    assert len(replayed) == letters
    return {
        "letters": letters,
        "seconds": round(took[0], 2),
        "processor seconds": round(took[1], 2),
        "transactions": len(writing),
        "the longest, ms": round(max(writing) * 1e3),
    }


def _watched(engine):
    """Note how long each transaction takes, from its beginning to its commit."""
    took, begun = [], {}

    def begin(connection):
        begun[connection.connection.driver_connection] = time.perf_counter()

    def commit(connection):
        took.append(time.perf_counter() - begun[connection.connection.driver_connection])

    event.listen(engine, "begin", begin)
    event.listen(engine, "commit", commit)
    return took


if __name__ == "__main__":
    main()
