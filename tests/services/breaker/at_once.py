"""Use the breaker from many real processes at once; a program for `test_at_once.py` to start.

Usage: at_once.py HOME NOW {enter|fail} PROCESSES TIMES. Each process asks leave so many
times; with `fail` all have it before the first tells that its calls failed.
"""

import json
import multiprocessing
import sys
from datetime import datetime
from pathlib import Path

from nsconsole.services.pushes.breaker import enter, failed
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings

home, now, action, processes, times = sys.argv[1:]
moment = datetime.fromisoformat(now)
fork = multiprocessing.get_context("fork")  # one import for all of them
together = fork.Barrier(int(processes), timeout=60)


def use(_number):
    """Give how many passes this process was given."""
    workspace = open_workspace(load_settings({}, home=Path(home)), environ={})
    together.wait()
    passes = []
    for _ in range(int(times)):
        with workspace.database.writing() as connection:
            passes.append(enter(connection, moment))
    given = [one for one in passes if one]
    together.wait()
    for one in given if action == "fail" else ():
        with workspace.database.writing() as connection:
            failed(connection, one, moment, "HTTP 503")
    workspace.close()
    return len(given)


with fork.Pool(int(processes)) as pool:
    print(json.dumps(sum(pool.map(use, range(int(processes)), chunksize=1))))
