"""A drainer killed at every single step: nothing is lost, doubled, or told by halves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nsconsole.services.dead_letters.letters import Filter
from nsconsole.services.dead_letters.replay import replay
from nsconsole.services.pushes.draining import drain

from .truth import faults_at_the_end, faults_now
from .world import LEASE, change

ROOT = Path(__file__).parents[2]
MOST_STEPS = 60


@pytest.fixture
def die_at(at):
    """Do a task in a process that is killed at a step; give whether it came that far."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.die_at_step", at.home, at.home.parent / "clock"],
        cwd=ROOT,
        env=os.environ | at.sandbox.environ | {"NSCONSOLE_EDIT_TOKEN": at.admin_token},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:

        def run(task, step):
            parent.stdin.write(f"{task} {step}\n")
            parent.stdin.flush()
            answer = parent.stdout.readline()
            assert answer in ("died\n", "done\n")
            return answer == "died\n"

        yield run
        parent.stdin.close()


def several(at, numbers):
    """Four changes in one call, of which NetSuite refuses one."""
    at.approve(*[change(next(numbers)) for _ in range(4)])
    at.sandbox.fault("restlet", "business_error", code="USER_ERROR", times=1)


def answer_lost(at, numbers):
    """A change that was made, and nobody heard so."""
    at.approve(change(next(numbers)))
    at.sandbox.fault("restlet", "drop_after", times=1)
    drain(at.workspace)


def failed_twice(at, numbers):
    """A change of which two attempts failed, as the third will."""
    at.approve(change(next(numbers)))
    at.sandbox.fault("restlet", "error_503", times=3, where={"contains": "values"})
    drain(at.workspace)
    drain(at.workspace)


def refused(at, numbers):
    """Two dead letters, of which the first to go again is the canary."""
    at.approve(*[change(next(numbers)) for _ in range(2)])
    at.sandbox.fault("restlet", "business_error", code="USER_ERROR", times=2)
    drain(at.workspace)


@pytest.mark.parametrize(
    ("arrange", "task", "least_steps"),
    [
        (several, "drain", 10),
        (answer_lost, "drain", 10),
        (failed_twice, "drain", 10),
        (refused, "replay", 15),
    ],
)
@pytest.mark.parametrize("stride", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_a_drainer_may_die_at_any_step(at, die_at, arrange, task, least_steps, stride):
    numbers = iter(range(10_000))
    for step in range(stride, MOST_STEPS, stride):
        arrange(at, numbers)
        died = die_at(task, step)
        assert faults_now(at) == [], f"after a death at step {step}"
        at.heal()
        at.clock.advance(LEASE)
        if task == "replay":
            replay(at.workspace, at.admin, Filter())
        drain(at.workspace)
        assert faults_at_the_end(at) == [], f"after a death at step {step}"
        if not died:
            break
    assert least_steps < step < MOST_STEPS - stride
