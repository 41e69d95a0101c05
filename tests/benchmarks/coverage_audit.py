"""What an audit costs beside the set difference that is at its heart.

    python -m tests.benchmarks.coverage_audit [--tables 1000] [--columns 30000] [--json]

Goal: with a warm catalog at most 1.5 times the set difference alone in SQL (the catalog without
what the map and the mirror's true schema both have), and less than 100 MB. Each is the quickest of
many, taken in turns. The page that follows an audit is told by itself, and so is what the delta
from the audit before costs in bare SQL: two more set differences, of the gaps then and now.
"""

import argparse
import tempfile
from pathlib import Path

from tests.benchmarks import coverage_ground
from tests.benchmarks.sync_ground import run, show


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", type=int, default=1_000)
    parser.add_argument("--columns", type=int, default=30_000)
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        coverage_ground.make_workspace(home, tables=args.tables, columns=args.columns)
        took = run("coverage_run", home, args.times)
        size = (home / "coverage" / "netsuite-coverage.html").stat().st_size
    difference, delta, again = (min(took[name]) for name in ("difference", "delta", "again"))
    show(
        {
            "set difference: ms": round(difference * 1000, 1),
            "set difference and delta: ms": round(delta * 1000, 1),
            "first audit: ms": round(took["first"] * 1000, 1),
            "audit without news: ms": round(again * 1000, 1),
            "audit to set difference": round(again / difference, 2),
            "audit to set difference and delta": round(again / delta, 2),
            "page: ms": round(min(took["page"]) * 1000, 1),
            "page: MB": round(size / 1e6, 2),
            "memory_mb": took["memory_mb"],
        },
        as_json=args.json,
    )


if __name__ == "__main__":
    main()
