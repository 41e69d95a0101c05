"""Apply a phase in processes that die on the way; a program for `test_phase_kills.py` to start.

Usage: python -m tests.chaos.die_applying CLOCK

Each line of stdin is `STEP HOME`: a fork applies the phase that waits in the workspace HOME, and is
killed at that step, counting from 1. The answer is a line: `died`; or, if it came to its end first,
the steps after which it was about to note that a part of the work is done, and the last of all.
"""

import os
import signal
import sys
import traceback
from pathlib import Path

from alembic.operations import Operations  # noqa: F401 - imported once for all of them
from alembic.script.base import Script  # noqa: F401

from nsconsole.netsuite import auth  # noqa: F401
from nsconsole.services.coverage import audit  # noqa: F401
from nsconsole.services.phases.due import apply_due
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from nsconsole.store import phases as store

from .clock import SharedClock
from .dying import after, die, on_each_step


def begin(home, clock, steps, answers):
    """Never returns."""
    workspace = open_workspace(load_settings(home=home), now=clock)
    made, notes = 0, []
    fatal, end_step = after(steps, die), store.end_step

    def step():
        nonlocal made
        made += 1
        fatal()

    def end_step_noted(*arguments, **named):
        notes.append(made)
        end_step(*arguments, **named)

    on_each_step(workspace, step)
    store.end_step = end_step_noted
    replace = Path.replace

    def replace_in_steps(path, target):  # as a backup and a page are put into their places
        step()
        replace(path, target)
        step()

    Path.replace = replace_in_steps
    apply_due(workspace)
    os.write(answers, " ".join(map(str, [*notes, made])).encode())
    os._exit(0)


def main():
    clock = SharedClock(Path(sys.argv[1]))
    counts, answers = os.pipe()
    for line in sys.stdin:
        steps, home = line.rstrip("\n").split(" ", 1)
        child = os.fork()
        if child == 0:
            try:
                begin(Path(home), clock, int(steps), answers)
            except BaseException:  # noqa: BLE001 - whatever ends it is to be seen
                traceback.print_exc()
            finally:
                os._exit(1)  # nothing of the parent is to run in a child
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        done = os.read(counts, 100).decode() if code == 0 else ""
        print({0: done, -signal.SIGKILL: "died"}.get(code, f"failed with {code}"), flush=True)


if __name__ == "__main__":
    main()
