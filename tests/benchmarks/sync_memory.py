"""How much memory a pull takes, however large the table is.

    python -m tests.benchmarks.sync_memory [--rows 100000,1000000] [--json]

Goal: less than 150 MB, and no more for five million rows than for a hundred thousand.
"""

import argparse
import tempfile
from pathlib import Path

from tests.benchmarks import sync_ground as ground

TABLE = "ground"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default="100000,1000000")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found = {}
    for rows in map(int, args.rows.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            took = measure(Path(folder), rows)
        found[f"{rows:,} rows: memory_mb"] = took["memory_mb"]
        found[f"{rows:,} rows: seconds"] = round(took["seconds"], 1)
        found[f"{rows:,} rows: rows a second"] = round(rows / took["seconds"])
    ground.show(found, as_json=args.json)


def measure(folder, rows):
    """Pull a table of so many rows in a process of its own."""
    with ground.sandbox(folder, {TABLE: rows}) as (told, _):
        home = ground.make_workspace(told, folder / "home", [ground.mapped(TABLE)])
        took = ground.run("sync_run", environ=ground.environ(told, home))
    (report,) = took["reports"]
    assert (report["status"], report["rows_written"]) == ("done", rows), report["error"]
    return took


if __name__ == "__main__":
    main()
