"""How long the sandbox takes to make its account, how large that is, and how much memory it needs.

    python -m tests.benchmarks.sandbox_rows [--rows 1000000] [--json]

Goals: the default account in 0.35 s; a million transactions in a minute and 300 MB.
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

from nsconsole.sandbox.database import Database


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=None)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder) / "state.db", args.rows)
    print(
        json.dumps(found) if args.json else "\n".join(f"{k:<12}{v:>10}" for k, v in found.items())
    )


def measure(path, rows):
    begun = time.perf_counter()
    database = Database(path, seed=1, rows=rows, prepare_reader=lambda _: None)
    seconds = round(time.perf_counter() - begun, 2)
    with database.write() as connection:
        lines = connection.execute("SELECT count(*) FROM transactionline").fetchone()[0]
    database.close()
    return {
        "seconds": seconds,
        "lines": lines,
        "disk_mb": path.stat().st_size >> 20,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }


if __name__ == "__main__":
    main()
