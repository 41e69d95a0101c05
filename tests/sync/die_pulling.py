"""Sync in processes that die on the way; a program for `test_kill.py` to start.

Usage: die_pulling.py HOME RANGES. Each line of stdin is `NOW FULL COUNT POINT`: a fork syncs the
map at that time, as a full pull if FULL is 1, and kills itself when it comes to that POINT for the
COUNTth time; `anywhere` counts them all. The answer is a line: the point where it died, or `done`.
"""

import os
import signal
import sys
import threading
from collections import Counter
from datetime import datetime
from pathlib import Path

from sqlalchemy import event

from nsconsole.netsuite.client import NetSuite
from nsconsole.services.sync import fetching, whole
from nsconsole.services.sync.passes import sync
from nsconsole.services.sync.run import TableRun
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings

settings = load_settings(home=Path(sys.argv[1]))
if sys.argv[2] != "1":  # enough rows for so many
    whole._RANGE = 12_000 // int(sys.argv[2])
    fetching._WAITS = 0
answers, deaths = os.pipe()


def in_steps(function, before, after, step):
    def wrapped(*arguments, **named):
        step(before)
        result = function(*arguments, **named)
        step(after)
        return result

    return wrapped


def sync_and_die(now, full, last, place):
    """Never returns: the process is killed at its point, or ends well."""
    passed, lock = Counter(), threading.Lock()

    def step(point):
        with lock:
            passed.update([point, "anywhere"])
            if passed[place] == last:
                os.write(deaths, point.encode())
                os.kill(os.getpid(), signal.SIGKILL)

    workspace = open_workspace(settings, now=lambda: now)
    NetSuite.suiteql = in_steps(NetSuite.suiteql, "before a fetch", "after a fetch", step)
    TableRun.write = in_steps(TableRun.write, "before a transaction", "after a commit", step)
    engine = workspace.database.engine
    event.listen(engine, "before_cursor_execute", lambda *_: step("before a statement"))
    event.listen(engine, "after_cursor_execute", lambda *_: step("after a statement"))
    event.listen(engine, "commit", lambda *_: step("before a commit"))
    sync(workspace, full=full)
    os._exit(0)


for line in sys.stdin:
    now, full, count, point = line.rstrip("\n").split(" ", 3)
    child = os.fork()
    if child == 0:
        sync_and_die(datetime.fromisoformat(now), full == "1", int(count), point)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    died = code == -signal.SIGKILL
    answer = os.read(answers, 100).decode() if died else "done" if code == 0 else f"failed {code}"
    print(answer, flush=True)
