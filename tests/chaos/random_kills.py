"""Random kills: drainers at work on many pushes, at a NetSuite that fails."""

import contextlib
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from nsconsole.services.dead_letters.letters import Filter
from nsconsole.services.dead_letters.replay import replay
from nsconsole.services.errors import NetSuiteUnavailableError
from nsconsole.services.pushes.draining import drain

from .truth import faults_at_the_end, faults_now
from .world import LEASE, change, world

ROOT = Path(__file__).parents[2]
_OF_CALLS = ("drop_before", "drop_after", "error_after", "timeout", "concurrency", "error_503")
_OF_OPERATIONS = (("record_changed", {}), ("business_error", {"code": "USER_ERROR"}))
FAULTS = len(_OF_CALLS) + len(_OF_OPERATIONS)
LEAPS = (2, 10, LEASE)  # seconds that go by at once, on our clock
LOOKING = 0.2  # the part of the time that goes to looking for faults
SWEEPS_TO_SETTLE = 40


@dataclass
class Figures:
    """What came of a run; `faults` are sentences, and none is success."""

    pushes: int = 0
    applied: int = 0
    dead: dict = field(default_factory=dict)
    deaths: int = 0
    lost_attempts: int = 0
    struck: dict = field(default_factory=dict)
    replayed: int = 0
    in_ledger: int = 0
    seconds: float = 0.0
    faults: list = field(default_factory=list)


def run(
    folder, *, pushes, seed, drainers=4, batch=5, rate=0.2, speed=40, sabotage=None, patience=300
):
    """Let drainers work on approved changes while they are killed, then without; give the figures.

    A call carries `batch` changes. In a second `speed` of them go by on our clock: a call may take
    some, and NetSuite refuses a signature that is five minutes old. `patience` bounds the kills, in
    seconds. The first fault that is found ends the run.
    """
    begun, dice = time.monotonic(), random.Random(seed)
    with world(folder, batch=batch) as at:
        for start in range(0, pushes, 500):
            at.approve(*map(change, range(start, min(start + 500, pushes))))
        order_faults(at, rate, seed)
        figures = Figures(pushes=pushes)
        with killed(at, drainers, dice.random(), sabotage) as ends:
            figures.faults = watch(at, dice, speed, patience)
        note_ends(figures, ends)
        if not figures.faults:
            note_faults(figures, at)
            at.heal()
            settle(at)
            figures.faults += faults_at_the_end(at)
            count(figures, at)
            figures.replayed = replay_all(at, drainers, dice, figures, speed, patience)
        figures.in_ledger = len({entry["request_id"] for entry in at.sandbox.ledger()})
    figures.seconds = round(time.monotonic() - begun, 1)
    return figures


def order_faults(at, rate, seed):
    """Have NetSuite fail `rate` of what it is asked, each fault as often as the others."""
    # A call strikes several pushes at once, an operation one; the rates add up.
    for number, (fault, how) in enumerate([*((f, {}) for f in _OF_CALLS), *_OF_OPERATIONS]):
        at.sandbox.fault("restlet", fault, rate=rate / FAULTS, seed=seed * 100 + number, **how)


@contextlib.contextmanager
def killed(at, count_, seed, sabotage):
    """Keep drainers at work that are killed at random; give how they ended, once they did."""
    ends = {}
    arguments = [at.home, at.home.parent / "clock", count_, seed, *([sabotage] if sabotage else [])]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.drainers", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | at.sandbox.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            yield ends
        finally:
            ends |= json.loads(program.communicate(timeout=60)[0])


def watch(at, dice, speed, patience):
    """Let time go by, by leaps that leases do not survive too, until nothing waits or for long."""
    begun = look_at = time.monotonic()
    while time.monotonic() < begun + patience:
        leap = dice.choice(LEAPS)
        time.sleep(leap / speed)
        at.clock.advance(leap)
        if (now := time.monotonic()) > look_at:
            found = faults_now(at)
            if found or not waiting(at):
                return found
            look_at = now + (time.monotonic() - now) / LOOKING
    return []


def waiting(at):
    (row,) = at.query(
        "SELECT count(*) AS n FROM ns_pending_pushes WHERE status IN ('queued', 'in_flight')"
    )
    return row["n"]


def settle(at):
    """Drain in peace what is left, when the leases of the dead have run out."""
    for _ in range(SWEEPS_TO_SETTLE):
        at.clock.advance(1_000)  # longer than the breaker is ever open
        with contextlib.suppress(NetSuiteUnavailableError):
            drain(at.workspace)
        if faults_now(at) or not waiting(at):
            return


def replay_all(at, drainers, dice, figures, speed, patience):
    """Send all dead letters again, with drainers killed once more; each change is made now."""
    sent = 0
    with killed(at, drainers, dice.random(), None) as ends:
        sent += len(replay(at.workspace, at.admin, Filter()))
        figures.faults += watch(at, dice, speed, patience)
    note_ends(figures, ends)
    for _ in range(3):
        settle(at)
        sent += len(again := replay(at.workspace, at.admin, Filter()))
        if not again:
            break
    figures.faults += faults_at_the_end(at)
    made = len({entry["request_id"] for entry in at.sandbox.ledger()})
    if made != figures.pushes:
        figures.faults.append(f"{figures.pushes} changes were approved, and {made} are made")
    return sent


def note_ends(figures, ends):
    figures.deaths += ends["deaths"]
    if ends["failures"]:
        figures.faults.append(f"drainers ended by themselves: {ends['failures']}")


def note_faults(figures, at):
    struck = at.sandbox._door("faults")
    figures.struck = {fault["fault"]: fault["struck"] for fault in struck}


def count(figures, at):
    statuses = Counter(row["status"] for row in at.query("SELECT status FROM ns_pending_pushes"))
    figures.applied = statuses["applied"]
    figures.dead = dict(
        Counter(row["cause"] for row in at.query("SELECT cause FROM ns_push_dlq_log"))
    )
    (lost,) = at.query("SELECT count(*) AS n FROM ns_push_attempts WHERE outcome = 'lost'")
    figures.lost_attempts = lost["n"]
