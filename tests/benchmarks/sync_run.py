"""Sync a workspace once, as `nsconsole sync` does; a program for benchmarks to start.

The environment names the workspace and the account. It prints, as JSON, what the sync took of this
process alone: seconds by the clock, of a processor, megabytes; and the tables' reports.
"""

import json
import resource
import sys
import time
from dataclasses import asdict

from nsconsole.services.sync.passes import sync
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings


def main():
    workspace = open_workspace(load_settings())
    workspace.netsuite()  # what that imports is no part of a pass
    begun = time.perf_counter(), time.process_time()
    reports = sync(workspace, sys.argv[1:] or None)
    took = time.perf_counter() - begun[0], time.process_time() - begun[1]
    workspace.close()
    print(json.dumps({
        "seconds": took[0],
        "busy": took[1],
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        "reports": [asdict(report) for report in reports],
    }))  # fmt: skip


if __name__ == "__main__":
    main()
