"""Do one thing in processes that die on the way; a program for `test_every_step.py` to start.

Usage: python -m tests.chaos.die_at_step HOME CLOCK

Each line of stdin is `drain STEP` or `replay STEP`: a fork drains, or first sends all dead letters
again, and is killed at that step, counting from 1. The answer is a line: `died`, or `done` if it
came to its end before. `NSCONSOLE_EDIT_TOKEN` is ada's, who may replay.
"""

import contextlib
import os
import signal
import sys
import traceback
from pathlib import Path

from nsconsole.netsuite import auth  # noqa: F401 - imported once for all of them
from nsconsole.services import credentials  # noqa: F401
from nsconsole.services.dead_letters.letters import Filter
from nsconsole.services.dead_letters.replay import replay
from nsconsole.services.operators import authenticate, find_operator
from nsconsole.services.pushes.draining import drain
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings

from .clock import SharedClock
from .dying import after, die, on_each_step


def begin(settings, clock, admin, task, steps):
    """Never returns."""
    workspace = open_workspace(settings, now=clock)
    on_each_step(workspace, after(steps, die))
    if task == "replay":
        replay(workspace, admin, Filter())
    drain(workspace)
    os._exit(0)


def main():
    settings, clock = load_settings(home=Path(sys.argv[1])), SharedClock(Path(sys.argv[2]))
    with contextlib.closing(open_workspace(settings, now=clock)) as workspace:
        ada = find_operator(workspace, name="ada", login="")
        admin = authenticate(workspace, ada, os.environ["NSCONSOLE_EDIT_TOKEN"])
    for line in sys.stdin:
        task, steps = line.split()
        child = os.fork()
        if child == 0:
            try:
                begin(settings, clock, admin, task, int(steps))
            except BaseException:  # noqa: BLE001 - whatever ends it is to be seen
                traceback.print_exc()
            finally:
                os._exit(1)  # nothing of the parent is to run in a child
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print({0: "done", -signal.SIGKILL: "died"}.get(code, f"failed with {code}"), flush=True)


if __name__ == "__main__":
    main()
