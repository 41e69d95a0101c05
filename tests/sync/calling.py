"""Take permits in many processes and threads; a program for `test_governor.py` to start.

Usage: calling.py HOME SIZE {urgent|patient} PROCESSES THREADS CALLS HELD

Each call holds a permit for HELD seconds, of which it writes `+` at the beginning and `-` at the
end, all into one stdout: what stands there is the order in which it happened.
"""

import multiprocessing
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings

home, size, urgency = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
processes, threads, calls = map(int, sys.argv[4:7])
held = float(sys.argv[7])


def call_often(workspace):
    for _ in range(calls):
        with workspace.governor.permit(urgent=urgency == "urgent"):
            os.write(sys.stdout.fileno(), b"+")
            time.sleep(held)
            os.write(sys.stdout.fileno(), b"-")


def run():
    workspace = open_workspace(replace(load_settings({}, home=home), concurrency=size))
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(call_often, workspace) for _ in range(threads)]:
            done.result()
    workspace.close()


fork = multiprocessing.get_context("fork")  # one import for all of them
others = [fork.Process(target=run) for _ in range(processes - 1)]
for other in others:
    other.start()
run()
for other in others:
    other.join()
sys.exit(any(other.exitcode for other in others))
