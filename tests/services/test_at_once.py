"""Many processes at the same work: every proposal is decided once, every change made once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nsconsole.services.operators import Role
from nsconsole.services.operators import add_operator as make_operator

PROGRAM = Path(__file__).with_name("at_once.py")


@pytest.fixture
def at_once(workspace, sandbox, admin, clock):
    """Run processes at once on the workspace; give what they report together."""
    _, token = make_operator(workspace, admin, "rita", Role.REVIEWER)
    environ = os.environ | sandbox.environ | {"NSCONSOLE_EDIT_TOKEN": token}

    def run(action, *, processes, count):
        arguments = [workspace.settings.home, clock().isoformat(), action, processes, count]
        done = subprocess.run(
            [sys.executable, PROGRAM, *map(str, arguments)],
            env=environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def distinct_changes(count):
    """Changes that do not get in each other's way: two fields of each of the 250 customers."""
    return [
        {
            "action_type": "update_customer_contact",
            "target_id": str(73 + number // 2),
            "change": {("comments", "phone")[number % 2]: f"change {number}"},
        }
        for number in range(count)
    ]


def test_sixteen_deciders_and_four_drainers_make_each_of_500_changes_once(
    at_once, stage, sandbox, query
):
    stage(*distinct_changes(500))
    assert at_once("decide", processes=16, count=500) == {"done": 500, "broken": 0}
    pushes = query("SELECT proposal_id, request_id FROM ns_pending_pushes")
    assert sorted(push["proposal_id"] for push in pushes) == list(range(1, 501))

    assert at_once("drain", processes=4, count=500) == {"done": 500, "broken": 0}
    made = sandbox.ledger()
    assert sorted(change["request_id"] for change in made) == sorted(
        push["request_id"] for push in pushes
    )
    fields = [value for change in made for value in change["fields"].values()]
    assert sorted(fields) == sorted(f"change {number}" for number in range(500))
    (applied,) = query(
        "SELECT count(*) AS pushes, count(DISTINCT mirror.push_id) AS mirrored "
        "FROM ns_pending_pushes AS push JOIN proposed_actions_applied_mirror AS mirror "
        "ON mirror.push_id = push.id AND mirror.ns_internal_id = push.ns_internal_id "
        "WHERE push.status = 'applied'"
    )
    assert applied == {"pushes": 500, "mirrored": 500}


@pytest.mark.parametrize("last_defence", [True, False])
def test_without_its_condition_the_claim_breaks_so_the_test_above_can_fail(
    at_once, stage, query, last_defence
):
    stage(*distinct_changes(20))
    if not last_defence:
        query("DROP INDEX uq_ns_pending_pushes_live")
    report = at_once("decide-carelessly", processes=4, count=20)
    if last_defence:
        assert report["broken"] > 0
    else:
        assert report == {"done": 80, "broken": 0}
