"""Replay the same dead letters in many real processes at once; a program for `test_replay.py`.

Usage: replay_at_once.py HOME NOW PROCESSES
"""

import json
import multiprocessing
import os
import sys
from datetime import datetime
from pathlib import Path

from nsconsole.services.dead_letters.letters import Filter
from nsconsole.services.dead_letters.replay import replay
from nsconsole.services.operators import authenticate, find_operator
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings

home, now, processes = sys.argv[1:]
fork = multiprocessing.get_context("fork")  # one import for all of them
start = fork.Barrier(int(processes), timeout=60)


def replay_all(_number):
    """Replay all there is; give the ids of what this process replayed."""
    settings = load_settings(home=Path(home))
    workspace = open_workspace(settings, now=lambda: datetime.fromisoformat(now))
    try:
        operator = find_operator(workspace, name="ada", login="")
        authority = authenticate(workspace, operator, os.environ["NSCONSOLE_EDIT_TOKEN"])
        start.wait()
        return [one.id for one in replay(workspace, authority, Filter())]
    finally:
        workspace.close()


with fork.Pool(int(processes)) as pool:
    print(json.dumps(pool.map(replay_all, range(int(processes)), chunksize=1)))
