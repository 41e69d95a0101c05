"""A pull killed at every point of its way: nothing is lost or doubled, nothing asked in vain."""

import json
import os
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from .tables import STAMP, iso, mapped

PROGRAM = Path(__file__).with_name("die_pulling.py")
PAGES = 12
MOST_DEATHS = 200
POINTS = (
    "before a fetch",
    "after a fetch",
    "before a transaction",
    "before a statement",
    "after a statement",
    "before a commit",
    "after a commit",
)
EVENT = mapped("event", {"name": "text", "size": "integer"})


@pytest.fixture
def at_once():
    """In how many ranges the table is read."""
    return 1


@pytest.fixture
def die_at(mirror, sandbox, clock, at_once):
    """Sync in a process that is killed at a point; give where it died, or `done`."""
    with subprocess.Popen(
        [sys.executable, PROGRAM, str(mirror.workspace.settings.home), str(at_once)],
        env=os.environ | sandbox.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:

        def run(point, count, *, full):
            clock.advance(1)
            parent.stdin.write(f"{clock().isoformat()} {full:d} {count} {point}\n")
            parent.stdin.flush()
            answer = parent.stdout.readline().rstrip("\n")
            assert answer in (*POINTS, "done")
            return answer

        yield run
        parent.stdin.close()


@pytest.fixture
def event(mirror, clock):
    mirror.use(EVENT)
    long_ago = clock() - timedelta(days=30)
    mirror.load(
        EVENT,
        [
            {"id": n, "name": f"event {n}", "size": n, STAMP: iso(long_ago + timedelta(minutes=n))}
            for n in range(1, 1_000 * PAGES + 1)
        ],
    )
    return EVENT


def left_to_read(mirror):
    """The rows that an unfinished pull has read, and what it has not; None if there is none."""
    checkpoint = mirror.state_of("event").pull_json
    kept = checkpoint and json.loads(checkpoint)
    return kept and (kept["rows"], [[end and int(end[0]) for end in part] for part in kept["left"]])


def deaths_in_mind():
    """Where to die, without end: everywhere early on, and then at random."""
    yield from [(point, count) for count in (1, 2, 3) for point in POINTS]
    dice = random.Random(7)
    while True:
        yield "anywhere", dice.randint(1, 120)


@pytest.mark.parametrize(
    ("kills", "at_once"),
    [(20, 1), (20, 4), *(pytest.param(100, n, marks=pytest.mark.slow) for n in (1, 4))],
)
def test_a_pull_may_be_killed_anywhere(mirror, sandbox, event, die_at, kills, at_once):
    plans, died_at = deaths_in_mind(), []
    while len(died_at) < kills:
        asked, deaths_before = mirror.requests(), len(died_at)
        pull_to_its_end(mirror, die_at, plans, died_at)
        deaths = len(died_at) - deaths_before
        # One for what changed meanwhile; of each death the page in hand and the page under way; of
        # each cut of a range, one to know its end, and a page that is not a full one.
        cuts = 0 if at_once == 1 else 2 * at_once + deaths
        assert mirror.requests() - asked <= PAGES + 1 + 2 * at_once * deaths + cuts
        assert mirror.agrees()
        change_something(sandbox, len(died_at))
    assert set(died_at) == set(POINTS)
    statuses = mirror.query("SELECT status, count(*) AS n FROM sync_runs GROUP BY status")
    assert {row["status"] for row in statuses} == {"done", "interrupted"}


def pull_to_its_end(mirror, die_at, plans, died_at):
    begun, first = False, mirror.state_of("event").caught_up_at is None
    for point, count in plans:
        assert len(died_at) < MOST_DEATHS, "it never comes to its end"
        answer = die_at(point, count, full=not begun)
        if answer == "done":
            return
        died_at.append(answer)
        unfinished = left_to_read(mirror)
        begun = begun or unfinished is not None
        if first and unfinished:
            rows, left = unfinished
            there = [row["id"] for row in mirror.query("SELECT id FROM ns_event_live")]
            assert len(there) == rows, "rows and checkpoint do not agree"
            for after, upto in left:
                assert not any((after or 0) < id_ <= (upto or id_) for id_ in there)


def change_something(sandbox, number):
    """Give the next pull something to write, and something to mark as gone."""
    sandbox.edit("event", {"id": number, "name": "edited"}, {"id": 100_000 + number})
    sandbox.delete("event", 5_000 + number, 100_000)


def test_a_killed_process_gives_its_table_to_the_next(mirror, event, die_at):
    assert die_at("after a commit", 3, full=True) == "after a commit"
    (left,) = mirror.query("SELECT status, owner FROM sync_runs")
    assert left["status"] == "running"
    mirror.sync()
    assert mirror.agrees()
    assert mirror.told("run_interrupted") == [{"owner": left["owner"]}]
    assert len(mirror.told("pull_resumed")) == 1
