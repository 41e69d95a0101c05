"""Cancelling pushes: they are never sent, and nothing is cancelled that may have been done."""

import pytest

from nsconsole.services.dead_letters.letters import Filter, list_dead_letters
from nsconsole.services.dead_letters.replay import replay
from nsconsole.services.errors import BadInputError, TamperedError
from nsconsole.services.pushes import queue
from nsconsole.services.pushes.draining import drain
from nsconsole.services.pushes.waiting import Reason, waiting

from .conftest import item_cost


def test_a_cancelled_push_is_never_sent_and_its_proposal_is_withdrawn(
    workspace, enqueue, add_operator, sandbox, push, proposal, trail
):
    (id_,) = enqueue(item_cost(101))
    nora = add_operator("nora", "reviewer")
    assert queue.cancel(workspace, nora, [id_], reason="The price list was wrong.")[0].done
    assert drain(workspace).applied == 0
    assert sandbox.ledger() == []
    assert push(id_)["status"] == "cancelled"
    withdrawn = proposal(push(id_)["proposal_id"])
    assert (withdrawn["status"], withdrawn["decided_by"], withdrawn["decision_reason"]) == (
        "withdrawn",
        "nora",
        "The price list was wrong.",
    )
    assert trail(f"push:{id_}")[-1] == ("nora", "push_cancelled")
    assert trail(f"proposal:{withdrawn['id']}")[-1] == ("nora", "withdrawn")
    (again,) = queue.cancel(workspace, nora, [id_], reason="Once more.")
    assert (again.done, again.why) == (False, "it was cancelled already")


def test_what_netsuite_may_have_done_is_not_cancelled(workspace, enqueue, reviewer, sandbox, push):
    sandbox.fault("restlet", "drop_after", times=1)
    (id_,) = enqueue(item_cost(101))
    drain(workspace, attended=False)
    (refused,) = queue.cancel(workspace, reviewer, [id_], reason="Too dear.")
    assert "may have done it" in refused.why
    assert push(id_)["status"] == "queued"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001, "a\x1b[2J"])
def test_a_cancellation_says_why(workspace, enqueue, reviewer, push, reason):
    (id_,) = enqueue(item_cost(101))
    with pytest.raises(BadInputError):
        queue.cancel(workspace, reviewer, [id_], reason=reason)
    assert push(id_)["status"] == "queued"


def test_the_record_s_next_change_goes_once_the_one_before_it_is_cancelled(
    workspace, enqueue, reviewer, sandbox
):
    one, _ = enqueue(item_cost(101, 1), item_cost(101, 2))
    queue.hold(workspace, reviewer, [one])
    assert drain(workspace).applied == 0
    queue.cancel(workspace, reviewer, [one], reason="Too low.")
    drain(workspace)
    # What it saw of NetSuite holds still, since the first was never done.
    assert [change["fields"]["cost"] for change in sandbox.ledger()] == [2]


def test_when_the_canary_is_cancelled_what_waits_for_it_rests_again(
    workspace, enqueue, reviewer, admin, sandbox
):
    sandbox.fault("restlet", "business_error", code="USER_ERROR", rate=1.0)
    enqueue(*[item_cost(item) for item in (101, 102, 103)])
    drain(workspace)
    replay(workspace, admin, Filter())
    canary, *others = waiting(workspace)
    assert [push.reason for push in others] == [Reason.CANARY] * 2
    queue.cancel(workspace, reviewer, [canary.id], reason="Not today.")
    assert waiting(workspace) == []
    assert len(list_dead_letters(workspace)) == 2


def test_a_push_whose_proposal_was_changed_by_force_is_not_cancelled(
    workspace, enqueue, reviewer, query, push
):
    (id_,) = enqueue(item_cost(101))
    query("UPDATE proposed_actions SET status = 'rejected'")
    with pytest.raises(TamperedError):
        queue.cancel(workspace, reviewer, [id_], reason="Too dear.")
    assert push(id_)["status"] == "queued"
