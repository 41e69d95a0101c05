"""Sync in many real processes at once; a program for `test_passes.py` to start.

Usage: syncing.py HOME NOW {sync|tier} PROCESSES. The answer is JSON: of each process the status of
each table, or null if it was not its turn.
"""

import json
import multiprocessing
import sys
from datetime import datetime
from pathlib import Path

from nsconsole.services.sync.passes import sync
from nsconsole.services.sync.tiers import run_due_tier
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings

home, now, action, processes = sys.argv[1:]
fork = multiprocessing.get_context("fork")  # one import for all of them
start = fork.Barrier(int(processes), timeout=60)


def work(_):
    settings = load_settings(home=Path(home))
    workspace = open_workspace(settings, now=lambda: datetime.fromisoformat(now))
    try:
        start.wait()
        reports = sync(workspace) if action == "sync" else run_due_tier(workspace, 5)
    finally:
        workspace.close()
    return reports and {report.table: report.status.value for report in reports}


with fork.Pool(int(processes)) as pool:
    print(json.dumps(pool.map(work, range(int(processes)), chunksize=1)))
