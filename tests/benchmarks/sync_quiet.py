"""What a pass costs when nothing has changed: 200 mapped tables, each asked once.

python -m tests.benchmarks.sync_quiet [--tables 200] [--json]

Goal: one request for each table.
"""

import argparse
import tempfile
from pathlib import Path

from tests.benchmarks import sync_ground as ground

_ROWS = 100


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), args.tables)
    ground.show(found, as_json=args.json)


def measure(folder, count):
    """Pull so many tables, and sync them once more."""
    sizes = {f"ground{ground.letters(number)}": _ROWS for number in range(count)}
    with ground.sandbox(folder, sizes) as (told, _):
        home = ground.make_workspace(told, folder / "home", [ground.mapped(name) for name in sizes])
        first = ground.run("sync_run", environ=ground.environ(told, home))
        quiet = ground.run("sync_run", environ=ground.environ(told, home))
        refused = ground.door(told, "stats")["concurrency"]["refused"]
    for took, written in ((first, count * _ROWS), (quiet, 0)):
        assert all(report["status"] == "done" for report in took["reports"])
        assert sum(report["rows_written"] for report in took["reports"]) == written
    return {
        "tables": count,
        "requests": sum(report["requests"] for report in quiet["reports"]),
        "most requests of a table": max(report["requests"] for report in quiet["reports"]),
        "refused": refused,
        "seconds": round(quiet["seconds"], 2),
        "ms of a core for a table": round(quiet["busy"] / count * 1000, 1),
        "first pass: seconds": round(first["seconds"], 2),
        "memory_mb": quiet["memory_mb"],
    }


if __name__ == "__main__":
    main()
