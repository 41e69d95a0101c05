"""How quickly the inbox answers a key while the console pulls a large table, against idle.

    python -m tests.benchmarks.sync_keys [--rows 300000] [--keys 60] [--json]

Goal: at most 1.5 times as long as when nothing is pulled.
"""

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from nsconsole.mapping import TIERS
from nsconsole.services.sync.tiers import pause_tier, resume_tier
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from tests.benchmarks import sync_ground as ground
from tests.benchmarks.terminal import Terminal
from tests.benchmarks.workspaces import make_workspace

TABLE = "ground"
_PROPOSALS = 200
_PATIENCE = 30


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--keys", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        ground.sandbox(Path(folder), {TABLE: args.rows}) as (told, _),
    ):
        found = measure(told, Path(folder) / "home", args.keys)
    ground.show(found, as_json=args.json)


def measure(told, home, keys):
    """Press keys before the pull and while it goes on; milliseconds."""
    make_workspace(home, _PROPOSALS)
    ground.make_workspace(told, home, [ground.mapped(TABLE)])
    _tiers(home, pause_tier)
    terminal = Terminal([sys.executable, "-m", "nsconsole"], environ=ground.environ(told, home))
    try:
        terminal.until(f"Vendor {_PROPOSALS} Acme")
        terminal.quiet(2.0)
        idle = [terminal.press("jk"[turn % 2]) * 1000 for turn in range(keys)]
        _tiers(home, resume_tier)
        begun = _await_rows(home)
        pulling = [terminal.press("jk"[turn % 2]) * 1000 for turn in range(keys)]
        ended = _pulled(home)
    finally:
        terminal.close()
    assert ended[1] == "running", "the pull ended before the keys did"
    return {
        "idle_ms": round(statistics.median(idle), 1),
        "pulling_ms": round(statistics.median(pulling), 1),
        "ratio": round(statistics.median(pulling) / statistics.median(idle), 2),
        "idle_p95_ms": round(_p95(idle), 1),
        "pulling_p95_ms": round(_p95(pulling), 1),
        "rows a second meanwhile": round((ended[0] - begun[0]) / (ended[2] - begun[2])),
    }


def _tiers(home, change):
    workspace = open_workspace(load_settings({}, home=home))
    for minutes in TIERS:
        change(workspace, minutes, by="benchmark")
    workspace.close()


def _await_rows(home):
    """Wait until the pull has written something; give how far it is."""
    end = time.perf_counter() + _PATIENCE
    while time.perf_counter() < end:
        found = _pulled(home)
        if found[0]:
            return found
        time.sleep(0.1)
    raise TimeoutError("the pull never began")


def _pulled(home):
    """The rows that the run has read so far, how it stands, and the moment."""
    query = "SELECT coalesce(sum(rows_read), 0), max(status) FROM sync_runs"
    with closing(sqlite3.connect(home / "nsconsole.db")) as connection:
        return (*connection.execute(query).fetchone(), time.perf_counter())


def _p95(values):
    return statistics.quantiles(values, n=20)[-1]


if __name__ == "__main__":
    main()
