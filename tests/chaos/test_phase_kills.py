"""Applying a phase, killed at every step: the mirror is never half-mapped, and it goes on."""

import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from nsconsole.sandbox.server import Options, running
from nsconsole.services import audit_trail
from nsconsole.services.operators import authenticate, first_operator
from nsconsole.services.phases.due import apply_due
from nsconsole.services.phases.listing import Step, phase
from nsconsole.services.sync.sync_map import load_map
from nsconsole.services.workspace import open_workspace
from nsconsole.settings import load_settings
from tests import phases as made
from tests.conftest import Sandbox, _environ

from .clock import SharedClock

ROOT = Path(__file__).parents[2]
PHASE = 1
NEVER = 100_000
SCHEMA = """
    SELECT substr(m.name, 4), c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c
    WHERE m.type = 'table' AND m.name IN ('ns_thing', 'ns_part') AND substr(c.name, 1, 1) <> '_'
"""
PLANNED = {("thing", "size"), ("thing", "colour"), *(("part", c.name) for c in made.PART.columns)}


@pytest.fixture(scope="module")
def approved(seeded_state, tmp_path_factory):
    """The folder of a workspace whose phase is approved, its NetSuite and their clock."""
    folder = tmp_path_factory.mktemp("approved")
    clock, home = SharedClock(folder / "clock"), folder / "home"
    shutil.copy(seeded_state, folder / "sandbox.db")
    with running(Options(state=folder / "sandbox.db", now=clock)) as started:
        names = ("consumer_key", "consumer_secret", "token_id", "token_secret")
        sandbox = Sandbox(started.url, _environ(started, *names), {})
        made.load(sandbox, clock)
        with closing(_open(home, sandbox, clock)) as workspace:
            ada = authenticate(workspace, *first_operator(workspace, "ada", login="ada"))
            made.begin(workspace)
            _, proposal = made.stage(workspace)
            assert made.approve(workspace, ada, proposal).won
        yield home, sandbox, clock


def _open(home, sandbox, clock):
    settings = load_settings(sandbox.environ, home=home)
    return open_workspace(settings, environ=sandbox.environ, now=clock)


@pytest.fixture(scope="module")
def die_at(approved):
    """Apply in a process that is killed at a step; give the counts of steps if it was not."""
    home, sandbox, _ = approved
    with subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.die_applying", home.parent / "clock"],
        cwd=ROOT,
        env=os.environ | sandbox.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:

        def run(step, home):
            parent.stdin.write(f"{step} {home}\n")
            parent.stdin.flush()
            answer = parent.stdout.readline().split()
            return None if answer == ["died"] else [int(word) for word in answer]

        yield run
        parent.stdin.close()


@pytest.fixture(scope="module")
def steps(approved, die_at, tmp_path_factory):
    """After how many steps each part of the work is about to be noted, and how many there are."""
    home = tmp_path_factory.mktemp("whole") / "home"
    shutil.copytree(approved[0], home)
    return die_at(NEVER, home)


def faults_now(workspace):
    """What is wrong in a workspace whatever came of a phase, as sentences."""
    mapped = {(e.table.name, c.name) for e in load_map(workspace) for c in e.table.columns}
    with workspace.database.reading() as connection:
        there = _rows(connection, SCHEMA)
        things = _rows(connection, "SELECT id, name FROM ns_thing_live")
        states = dict(_rows(connection, "SELECT step, state FROM coverage_phase_steps"))
    shown = [Step(step) for step, state in states.items() if state == "done"]
    checks = {
        "half of it is in the map": mapped & PLANNED in (set(), PLANNED),
        "half of it is in the schema": there & PLANNED in (set(), PLANNED),
        "what is mapped is not there": mapped <= there,
        "rows are lost": things == {(n, f"word {n}") for n in range(1, made.ROWS + 1)},
        "a step is done before another": sorted(shown, key=list(Step).index)
        == list(Step)[: len(shown)],
        "the map is changed and nobody noted it": (Step.MAP in shown) == (mapped >= PLANNED),
        "the schema is changed and nobody noted it": (Step.MIGRATION in shown)
        == (there >= PLANNED),
    }
    return [what for what, holds in checks.items() if not holds]


def _rows(connection, sql):
    return {tuple(row) for row in connection.exec_driver_sql(sql)}


def faults_at_the_end(workspace):
    """What is wrong once the phase was taken up again, as sentences."""
    ended = phase(workspace, PHASE)
    events = [entry["event"] for entry in audit_trail.export(workspace)]
    told = [event for event in events if event in {f"phase_{step}" for step in Step}]
    with workspace.database.reading() as connection:
        things = _rows(connection, "SELECT id, size, colour FROM ns_thing_live")
        parts = _rows(connection, "SELECT id, weight FROM ns_part_live")
    numbers = range(1, made.ROWS + 1)
    checks = {
        f"it is {ended.line.state}": ended.line.state == "applied",
        "a step is not done": [s.step for s in ended.steps if s.state == "done"] == list(Step),
        "the trail tells a step twice, or not": told == [f"phase_{step}" for step in Step],
        "the trail is broken": audit_trail.verify(workspace).sound,
        "a column is not filled in": things == {(n, n, f"word {n}") for n in numbers},
        "the new table is not as NetSuite's": parts == {(n, n / 4) for n in numbers},
        "a gap is left": ended.steps[-1].detail["left"] == [],
    }
    return faults_now(workspace) + [what for what, holds in checks.items() if not holds]


def _die_and_go_on(approved, die_at, step, home):
    """Give what is wrong after a death at a step, and after somebody went on."""
    prepared, sandbox, clock = approved
    shutil.copytree(prepared, home)
    assert die_at(step, home) is None
    with closing(_open(home, sandbox, clock)) as workspace:
        faults = faults_now(workspace)
        apply_due(workspace)
        return faults + faults_at_the_end(workspace)


def test_whoever_applies_a_phase_may_die_before_and_in_between_its_notes(
    approved, die_at, steps, tmp_path
):
    *notes, last = steps
    assert len(notes) == len(Step)
    within = [(notes[-2] + notes[-1]) // 2, last]
    for step in [1, *(note + 1 for note in notes), *within]:
        assert _die_and_go_on(approved, die_at, step, tmp_path / str(step)) == [], f"at step {step}"


@pytest.mark.slow
def test_whoever_applies_a_phase_may_die_at_any_step(approved, die_at, steps, tmp_path):
    for step in range(1, steps[-1] + 1):
        assert _die_and_go_on(approved, die_at, step, tmp_path / str(step)) == [], f"at step {step}"
        shutil.rmtree(tmp_path / str(step))
