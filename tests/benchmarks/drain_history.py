"""Whether what is finished slows down the taking of what waits.

    python -m tests.benchmarks.drain_history [--finished 1000000] [--waiting 3000] [--json]

Goal: with a million finished pushes a claim takes at most 1.2 times as long as with none.

Two workspaces with the same queue, one of them with a history, are worked off by turns in leases of
50, without a call. The median of all leases counts.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from nsconsole.services.pushes.attempts import Settlement
from nsconsole.services.pushes.settling import Settled, settle
from tests.benchmarks import drain_ground as ground
from tests.benchmarks.sync_ground import show
from tests.leases import take

_DONE = Settlement("applied", ns_internal_id="42", http_status=200)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--finished", type=int, default=1_000_000)
    parser.add_argument("--waiting", type=int, default=3_000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        show(measure(Path(folder), args.finished, args.waiting), as_json=args.json)


def measure(folder, finished, waiting):
    """Take and settle leases of both workspaces by turns."""
    homes = {"none": folder / "none", "many": folder / "many"}
    for home in homes.values():
        ground.make_queue(home, waiting)
    ground.make_history(homes["many"], finished)
    claims = {name: [] for name in homes}
    ends = {name: [] for name in homes}
    with ground.opened(homes["none"]) as none, ground.opened(homes["many"]) as many:
        workspaces = {"none": none, "many": many}
        for _ in range(waiting // 50):
            for name, workspace in workspaces.items():
                begun = time.perf_counter()
                lease = take(workspace, limit=50)
                taken = time.perf_counter()
                _settle(workspace, lease)
                claims[name].append(taken - begun)
                ends[name].append(time.perf_counter() - taken)
    assert ground.counted(homes["many"])["applied"] == finished + waiting
    return {"finished": finished} | _compared("claim", claims) | _compared("end", ends)


def _settle(workspace, lease):
    with workspace.database.writing() as connection:
        settled = [Settled(push, _DONE) for push in lease.pushes]
        settle(connection, workspace, settled, began=lease.began)


def _compared(name, seconds):
    none, many = (statistics.median(taken) * 1e3 for taken in seconds.values())
    return {
        f"{name} of 50 without a history, ms": round(none, 2),
        f"{name} of 50 with it, ms": round(many, 2),
        f"{name}: times as long": round(many / none, 2),
    }


if __name__ == "__main__":
    main()
