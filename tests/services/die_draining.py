"""Drain in processes that die on the way; a program for `test_crash.py` to start.

Usage: die_draining.py HOME. Each line of stdin is `STEP NOW`: a fork drains one push at that time
and kills itself at that step, counting from 1 every statement, commit and call, before and after.
The answer is a line: `died`, or `done` if it came to its end before that step.
"""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import event

from nsconsole.netsuite.client import NetSuite
from nsconsole.services.pushes import drain
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings

settings = load_settings(home=Path(sys.argv[1]))
write = NetSuite.write


def drain_and_die(last_step, now):
    """Never returns: the process is killed at `last_step`, or ends well."""
    steps = iter(range(1, last_step))

    def step(*_):
        if next(steps, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    def write_in_steps(*arguments):
        step()
        results = write(*arguments)
        step()
        return results

    workspace = open_workspace(settings, now=lambda: now)
    for moment in ("begin", "before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(workspace.database.engine, moment, step)
    NetSuite.write = write_in_steps
    drain(workspace, limit=1)
    os._exit(0)


for line in sys.stdin:
    number, now = line.split()
    child = os.fork()
    if child == 0:
        drain_and_die(int(number), datetime.fromisoformat(now))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print({0: "done", -signal.SIGKILL: "died"}.get(code, f"failed with {code}"), flush=True)
