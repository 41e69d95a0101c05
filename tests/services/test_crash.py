"""A drainer killed at every single step: nothing is lost, doubled, or told by halves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nsconsole.services.pushes import drain

PROGRAM = Path(__file__).with_name("die_draining.py")
MANY = 60  # more pushes than a drain has steps


@pytest.fixture
def die_at(workspace, sandbox, clock):
    """Drain in a process that is killed at a step; give whether it came that far."""
    with subprocess.Popen(
        [sys.executable, PROGRAM, str(workspace.settings.home)],
        env=os.environ | sandbox.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:

        def run(step):
            parent.stdin.write(f"{step} {clock().isoformat()}\n")
            parent.stdin.flush()
            answer = parent.stdout.readline()
            assert answer in ("died\n", "done\n")
            return answer == "died\n"

        yield run
        parent.stdin.close()


@pytest.fixture
def check(query, sandbox):
    """Check what must hold at any moment; give the pushes by status."""

    def run():
        pushes = query("SELECT * FROM ns_pending_pushes ORDER BY id")
        mirror = query("SELECT * FROM proposed_actions_applied_mirror ORDER BY push_id")
        applied = [push for push in pushes if push["status"] == "applied"]
        made = [change["request_id"] for change in sandbox.ledger()]
        assert len(set(made)) == len(made), "a change was made twice"
        assert {push["request_id"] for push in applied} <= set(made), "applied, but not made"
        for name in ("request_id", "ns_internal_id", "applied_at"):
            assert [push[name] for push in applied] == [row[name] for row in mirror]
        for push in pushes:
            assert push["status"] in ("queued", "in_flight", "applied"), "a push was lost"
            assert (push["status"] == "in_flight") == (push["lease"] is not None)
        return [push["status"] for push in pushes]

    return run


def test_a_drainer_may_die_at_any_step(workspace, enqueue, die_at, check, clock):
    enqueue(
        *[
            {"action_type": "update_item_cost", "target_id": str(101 + n), "change": {"cost": 1}}
            for n in range(MANY)
        ]
    )
    step = 1
    while die_at(step):
        check()
        clock.advance(200)  # until the lease of the dead has run out
        step += 1
    assert 20 < step < MANY
    clock.advance(200)
    drain(workspace)
    assert check() == ["applied"] * MANY
