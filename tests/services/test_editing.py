"""Edit and replay: a dead letter becomes one new proposal, which is decided like any other."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from nsconsole.services.dead_letters.editing import edit
from nsconsole.services.dead_letters.letters import dismiss, list_dead_letters, show_dead_letter
from nsconsole.services.errors import BadInputError, RefusedError
from nsconsole.services.pushes.draining import drain

COST = {
    "action_type": "update_vendor_cost",
    "target_id": "42",
    "change": {"cost": 12.5},
    "risk_tier": "high",
    "reason": "Price list",
}


@pytest.fixture
def conflict(workspace, sandbox, enqueue):
    """A dead letter: the cost is no longer what the approver saw. Give its id."""
    enqueue(COST)
    sandbox.edit("vendor", {"id": 42, "cost": 11})
    drain(workspace)
    (letter,) = list_dead_letters(workspace)
    return letter.id


def test_the_new_proposal_waits_in_the_inbox_against_what_is_there_now(
    workspace, admin, conflict, query
):
    new = edit(workspace, admin, conflict, {"cost": 12})
    (row,) = query("SELECT * FROM proposed_actions WHERE id = ?", new)
    assert (row["status"], row["author"], row["risk_tier"]) == ("pending", "ada", "high")
    assert json.loads(row["proposed_change_json"]) == {"cost": 12}
    assert json.loads(row["seen_json"])["values"] == {"cost": 11}
    assert row["reason"] == f"In place of dead letter {conflict}, of proposal 1. Price list"


def test_both_name_each_other_and_the_old_one_rests(workspace, admin, conflict, query):
    new = edit(workspace, admin, conflict, {"cost": 12})
    letter = show_dead_letter(workspace, conflict).letter
    assert (letter.resolution, letter.resolved_by) == ("edited", "ada")
    assert letter.edited_proposal_id == new
    (entry,) = query("SELECT * FROM audit_trail WHERE event = 'letter_edited'")
    assert (entry["subject"], json.loads(entry["detail_json"])) == (
        f"letter:{conflict}",
        {"proposal": new},
    )


def test_once_it_is_approved_it_is_applied(workspace, admin, sandbox, conflict, approve):
    new = edit(workspace, admin, conflict, {"cost": 12})
    approve(new)
    assert drain(workspace).applied == 1
    assert [made["fields"] for made in sandbox.ledger()] == [{"cost": 12}]


def test_of_many_who_edit_at_once_one_makes_a_proposal(workspace, admin, conflict, query):
    def try_it(cost):
        try:
            return edit(workspace, admin, conflict, {"cost": cost})
        except RefusedError:
            return None

    with ThreadPoolExecutor(4) as pool:
        made = [new for new in pool.map(try_it, range(1, 5)) if new]
    assert len(made) == 1
    assert [row["id"] for row in query("SELECT id FROM proposed_actions WHERE id > 1")] == made


def test_what_somebody_saw_to_is_not_edited(workspace, admin, conflict, query):
    dismiss(workspace, admin, [conflict], reason="no")
    with pytest.raises(RefusedError, match="already"):
        edit(workspace, admin, conflict, {"cost": 12})
    assert len(query("SELECT id FROM proposed_actions")) == 1


@pytest.mark.parametrize("change", [{}, {"cost": "cheap"}, {"nonsense": 1}])
def test_a_change_that_cannot_be_leaves_the_dead_letter_as_it_was(
    workspace, admin, conflict, query, change
):
    with pytest.raises(BadInputError, match="change"):
        edit(workspace, admin, conflict, change)
    assert [letter.id for letter in list_dead_letters(workspace)] == [conflict]
    assert len(query("SELECT id FROM proposed_actions")) == 1


def test_only_an_admin_edits(workspace, reviewer, sandbox, conflict):
    before = sandbox.stats()["requests"]
    with pytest.raises(RefusedError, match="admin"):
        edit(workspace, reviewer, conflict, {"cost": 12})
    assert sandbox.stats()["requests"] == before  # it was not even looked at


def test_a_deletion_has_nothing_to_edit(workspace, admin, sandbox, enqueue):
    sandbox.fault(
        "restlet", "business_error", code="USER_ERROR", times=1, where={"operation": "delete"}
    )
    enqueue({"action_type": "delete_record", "target_record": "contact", "target_id": "345"})
    drain(workspace)
    (letter,) = list_dead_letters(workspace)
    with pytest.raises(BadInputError, match="deletion"):
        edit(workspace, admin, letter.id, {"title": "Buyer"})


def test_a_new_record_that_may_be_there_is_not_edited_into_another(
    open_workspace, workspace, admin, line, enqueue
):
    lines = [{"account": "601", "amount": 10}]
    change = {"entity": "42", "trandate": "2026-11-20", "expense": lines}
    enqueue({"action_type": "create_vendor_bill", "change": change})
    caller = open_workspace(line.environ)
    line.play(503)
    for _ in range(3):
        drain(caller)
    (letter,) = list_dead_letters(workspace)
    with pytest.raises(BadInputError, match="may have made"):
        edit(workspace, admin, letter.id, change)
