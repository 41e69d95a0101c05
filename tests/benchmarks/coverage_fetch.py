"""How well a first fetch of the catalog keeps busy as many calls as a slow NetSuite takes.

    python -m tests.benchmarks.coverage_fetch [--latency-ms 200] [--calls 5] [--json]

Goal: at most 1.15 times as long as that many requests need if none of the places is ever idle, and
no request refused. The second fetch tells how much of it a night without news costs.
"""

import argparse
import tempfile
import time
from pathlib import Path

from nsconsole.services.coverage.catalog.fetching import fetch_catalog
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from tests.benchmarks import sync_ground as ground


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--latency-ms", type=int, default=200)
    parser.add_argument("--calls", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        how = {"latency_ms": args.latency_ms, "concurrency": args.calls}
        with ground.sandbox(Path(folder), {}, **how) as (told, _):
            found = measure(told, Path(folder) / "home", args.latency_ms / 1000 / args.calls)
    ground.show(found, as_json=args.json)


def measure(told, home, each):
    """Fetch twice; `each` is what a request costs, in seconds, if no place is ever idle."""
    given = ground.environ(told, home)
    workspace = open_workspace(load_settings(given, home=home), environ=given)
    found = {}
    for which in ("first", "second"):
        begun = time.perf_counter(), time.process_time()
        report = fetch_catalog(workspace)
        seconds, busy = time.perf_counter() - begun[0], time.process_time() - begun[1]
        found |= {
            f"{which}: status": str(report.status),
            f"{which}: requests": report.requests,
            f"{which}: seconds": round(seconds, 2),
            f"{which}: seconds of a processor": round(busy, 2),
            f"{which}: ratio to no idle place": round(seconds / (report.requests * each), 2),
        }
    workspace.close()
    places = ground.door(told, "stats")["concurrency"]
    return found | {"peak": places["peak"], "refused": places["refused"]}


if __name__ == "__main__":
    main()
