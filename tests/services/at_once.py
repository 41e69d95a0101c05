"""Run a service in many real processes at once; a program for `test_at_once.py` to start.

Usage: at_once.py HOME NOW {decide|decide-carelessly|drain} PROCESSES COUNT
"""

import json
import multiprocessing
import os
import random
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from nsconsole.services.approvals import Choice, Verdict, decide
from nsconsole.services.operators import authenticate, find_operator
from nsconsole.services.pushes.draining import drain
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings

home, now, action, processes, count = sys.argv[1:]
fork = multiprocessing.get_context("fork")  # one import for all of them
start = fork.Barrier(int(processes), timeout=60)


@contextmanager
def opened():
    at_once = {"undo_low": 0.0, "undo_medium": 0.0, "undo_high": 0.0}
    settings = replace(load_settings(home=Path(home)), **at_once)
    workspace = open_workspace(settings, now=lambda: datetime.fromisoformat(now))
    try:
        yield workspace
    finally:
        workspace.close()


def decide_all(seed):
    """Decide every proposal, one by one or by tens; give how many were won, and calls broke."""
    ids = list(range(1, int(count) + 1))
    random.Random(seed).shuffle(ids)
    handful = (1, 10)[seed % 2]
    won = broken = 0
    with opened() as workspace:
        operator = find_operator(workspace, name="rita", login="")
        authority = authenticate(workspace, operator, os.environ["NSCONSOLE_EDIT_TOKEN"])
        if action == "decide-carelessly":
            event.listen(workspace.database.engine, "before_cursor_execute", forget, retval=True)
        start.wait()
        for at in range(0, len(ids), handful):
            choices = [Choice(id_) for id_ in ids[at : at + handful]]
            try:
                decisions = decide(workspace, authority, Verdict.APPROVE, choices)
                won += sum(decision.won for decision in decisions)
            except IntegrityError:
                broken += 1
    return won, broken


def forget(_connection, _cursor, statement, parameters, _context, _many):
    """Take the claim's condition out of its statement, and leave the parameter."""
    if statement.startswith("UPDATE proposed_actions"):
        condition = "proposed_actions.status = ?"
        assert condition in statement
        statement = statement.replace(condition, "? IS NOT NULL")
    return statement, parameters


def drain_all(_seed):
    """Drain until nothing is left; give how many pushes were applied, and how many were not."""
    with opened() as workspace:
        start.wait()
        report = drain(workspace)
    return report.applied, report.retried + report.dead


work = drain_all if action == "drain" else decide_all
with fork.Pool(int(processes)) as pool:
    results = pool.map(work, range(int(processes)), chunksize=1)
print(json.dumps({"done": sum(r[0] for r in results), "broken": sum(r[1] for r in results)}))
