"""Keep drainers at work that are killed again and again; a program for the random kills to start.

Usage: python -m tests.chaos.drainers HOME CLOCK COUNT SEED [SABOTAGE]

Each drainer dies at a step of its own choice, or is killed at some moment. When stdin ends all are
killed, and a line of JSON says how many deaths there were and with what exit codes others ended.
"""

import contextlib
import json
import os
import random
import select
import signal
import sys
import time
import traceback
from pathlib import Path

from nsconsole.netsuite import auth  # noqa: F401 - so that no drainer spends its life importing
from nsconsole.services import credentials  # noqa: F401
from nsconsole.services.errors import NetSuiteUnavailableError
from nsconsole.services.pushes.draining import drain
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from nsconsole.store.engine import DatabaseError

from .clock import SharedClock
from .dying import SABOTAGE, after, die, on_each_step

MOST_STEPS = 400
LONGEST_LIFE = 10.0  # seconds
LOOK = 0.02
IDLE = 0.3
MOST_FAILURES = 100  # then something is broken


def drain_until_killed(home, clock, steps, sabotage):
    """Never returns."""
    workspace = open_workspace(load_settings(home=home), now=clock)
    if sabotage:
        SABOTAGE[sabotage](workspace)
    on_each_step(workspace, after(steps, die))
    while True:
        with contextlib.suppress(NetSuiteUnavailableError, DatabaseError):
            drain(workspace, attended=False)
        time.sleep(IDLE)


class Drainers:
    """The living, with the moment of death of each; and how the dead ended."""

    def __init__(self, start, dice):
        self._start = start
        self._dice = dice
        self._living = {}
        self.deaths = 0
        self.failures = []

    def keep(self, count):
        """Start as many as are missing."""
        while len(self._living) < count:
            by_step = self._dice.random() < 0.5
            steps = self._dice.randint(1, MOST_STEPS) if by_step else sys.maxsize
            life = self._dice.uniform(0.1, LONGEST_LIFE) * (10 if by_step else 1)
            child = os.fork()
            if child == 0:
                try:
                    self._start(steps)
                except BaseException:  # noqa: BLE001 - whatever ends it is to be seen
                    traceback.print_exc()
                finally:
                    os._exit(1)  # nothing of the parent is to run in a child
            self._living[child] = time.monotonic() + life

    def bury(self, *, until=None):
        """Kill those whose time has come, or will have come by `until`."""
        now = until or time.monotonic()
        for child, end in list(self._living.items()):
            if end <= now:
                os.kill(child, signal.SIGKILL)  # it is ours and not yet waited for
            died, status = os.waitpid(child, 0 if end <= now else os.WNOHANG)
            if died:
                del self._living[child]
                self._note(os.waitstatus_to_exitcode(status))

    def _note(self, code):
        if code == -signal.SIGKILL:
            self.deaths += 1
        else:
            self.failures.append(code)


def main():
    home, clock_path, count, seed, *sabotage = sys.argv[1:]
    clock = SharedClock(Path(clock_path))
    broken = sabotage[0] if sabotage else None
    drainers = Drainers(
        lambda steps: drain_until_killed(Path(home), clock, steps, broken), random.Random(seed)
    )
    while (
        len(drainers.failures) < MOST_FAILURES and not select.select([sys.stdin], [], [], LOOK)[0]
    ):
        drainers.bury()
        drainers.keep(int(count))
    drainers.bury(until=float("inf"))
    print(json.dumps({"deaths": drainers.deaths, "failures": drainers.failures}))


if __name__ == "__main__":
    main()
