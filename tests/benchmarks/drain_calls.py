"""How quickly one worker writes to NetSuite, against other queues in SQLite.

    python -m tests.benchmarks.drain_calls --rivals PYTHON [--pushes 500] [--turns 2] [--json]

Goal: ahead of huey's SqliteHuey and of persist-queue.

All make the same signed calls to one sandbox without latency, over one connection, one call at a
time, as durably; nsconsole as it comes, with up to 50 operations in a call, and with one. They take
turns; the best of each counts. `--rivals` names an interpreter with huey, persist-queue and httpx.
"""

import argparse
import tempfile
import time
from pathlib import Path

from nsconsole.services.pushes.draining import drain
from tests.benchmarks import drain_ground as ground
from tests.benchmarks.sync_ground import run, show

_RIVALS = ("huey", "persist-queue")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rivals", metavar="PYTHON", required=True)
    parser.add_argument("--pushes", type=int, default=500)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        show(measure(Path(folder), args.rivals, args.pushes, args.turns), as_json=args.json)


def measure(folder, python, count, turns):
    """Write so many changes by each, in turns."""
    took = {}
    with ground.sandbox() as told:
        for turn in range(turns):
            for name in _RIVALS:
                home = folder / f"{name}-{turn}"
                home.mkdir()
                given = {"told": told, "operations": ground.operations(count)}
                found = run("drain_rivals", name, home, given=given, python=python)
                assert found["done"] == count
                took.setdefault(name, []).append((found["seconds"], found["busy"]))
            for name, batch in (("nsconsole", 50), ("nsconsole, one a call", 1)):
                taken = _by_nsconsole(folder / f"{name}-{turn}", told, count, batch)
                took.setdefault(name, []).append(taken)
    found = {"writes": count}
    for name, turns_ in took.items():
        found[f"{name}: a second"] = round(count / min(seconds for seconds, _ in turns_), 1)
        busy = min(busy for _, busy in turns_)
        found[f"{name}: processor ms each"] = round(busy * 1e3 / count, 2)
    return found


def _by_nsconsole(home, told, count, batch):
    ground.make_queue(home, count)
    given = ground.environ(told, home)
    with ground.opened(home, given=given, drain_batch=batch, concurrency=1) as workspace:
        workspace.netsuite().ping()  # what that imports is no part of a drain
        begun = time.perf_counter(), time.process_time()
        report = drain(workspace)
        took = time.perf_counter() - begun[0], time.process_time() - begun[1]
    assert report.applied == count, report
    return took


if __name__ == "__main__":
    main()
