"""The breaker, used by many processes at once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from nsconsole.services.pushes.breaker import State, look

PROGRAM = Path(__file__).with_name("at_once.py")


@pytest.fixture
def at_once(workspace, clock):
    """Use the breaker from 8 processes at once; give how many passes they were given."""

    def run(action, times):
        words = [workspace.settings.home, clock().isoformat(), action, 8, times]
        done = subprocess.run(
            [sys.executable, PROGRAM, *map(str, words)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_processes_that_fail_together_open_it_once(at_once, workspace, trail):
    assert at_once("fail", 4) == 32
    found = look(workspace)
    assert (found.state, found.generation, found.failures) == (State.OPEN, 1, 5)
    assert [event for event, _, _ in trail()] == ["breaker_opened"]


def test_processes_that_come_together_get_two_probes(opened, at_once, workspace, clock):
    assert at_once("enter", 3) == 0
    clock.advance(30)
    assert at_once("enter", 3) == 2
    clock.advance(120)
    assert at_once("enter", 3) == 2
    assert look(workspace).generation == 3
