"""Dry run: what a replay would come to is told as NetSuite stands now, and nothing is written."""

import pytest

from nsconsole.services.dead_letters.letters import Filter, dismiss, list_dead_letters
from nsconsole.services.dead_letters.rehearsal import Answer, dry_run
from nsconsole.services.dead_letters.replay import replay
from nsconsole.services.errors import BadInputError, NetSuiteUnavailableError
from nsconsole.services.pushes.draining import drain

COST = {"action_type": "update_vendor_cost", "target_id": "42", "change": {"cost": 12.5}}
CONTACT = {"action_type": "delete_record", "target_record": "contact", "target_id": "345"}
BILL = {
    "action_type": "create_vendor_bill",
    "change": {
        "entity": "42",
        "trandate": "2026-11-20",
        "expense": [{"account": "601", "amount": 10}],
    },
}


@pytest.fixture
def refuse(workspace, sandbox, enqueue):
    """Have NetSuite refuse a change; give the id of its dead letter."""

    def refuse_one(entry):
        operation = entry["action_type"].partition("_")[0]
        sandbox.fault(
            "restlet",
            "business_error",
            code="USER_ERROR",
            times=1,
            where={"operation": operation},
        )
        enqueue(entry)
        drain(workspace)
        return list_dead_letters(workspace)[0].id

    return refuse_one


@pytest.fixture
def verdict(workspace):
    """The verdict on a dead letter, or on the only one."""

    def of(which=None):
        (found,) = dry_run(workspace, which or Filter())
        return found

    return of


@pytest.fixture
def bills(workspace):
    """The ids of open vendor bills in NetSuite."""

    def found():
        sql = "SELECT id FROM transaction WHERE type = 'VendBill' ORDER BY id DESC"
        return [int(row["id"]) for row in workspace.netsuite().suiteql(sql, limit=5).rows]

    return found


def test_what_netsuite_still_holds_would_be_applied(refuse, verdict):
    refuse(COST)
    found = verdict()
    assert found.verdict is Answer.WOULD_APPLY
    assert "USER_ERROR" in found.why
    (field,) = found.fields
    assert (field.seen, field.proposed, field.now) == ("10.00", "12.50", "10.00")


def test_what_somebody_changed_would_conflict(sandbox, refuse, verdict):
    refuse(COST)
    sandbox.edit("vendor", {"id": 42, "cost": 11})
    found = verdict()
    assert found.verdict is Answer.CONFLICT
    assert "cost" in found.why
    assert [field.now for field in found.fields] == ["11.00"]


def test_a_conflict_that_somebody_took_back_would_be_applied(workspace, sandbox, enqueue, verdict):
    enqueue(COST)
    sandbox.edit("vendor", {"id": 42, "cost": 11})
    drain(workspace)
    assert verdict().verdict is Answer.CONFLICT
    sandbox.edit("vendor", {"id": 42, "cost": 10})
    assert verdict().verdict is Answer.WOULD_APPLY


def test_what_netsuite_holds_already_is_applied(sandbox, refuse, verdict):
    refuse(COST)
    sandbox.edit("vendor", {"id": 42, "cost": 12.5})
    assert verdict().verdict is Answer.ALREADY_APPLIED


@pytest.mark.parametrize("now", [None, 99])
def test_what_was_done_though_nobody_heard_is_known_by_its_request_id(
    open_workspace, sandbox, line, enqueue, verdict, now
):
    enqueue(COST)
    caller = open_workspace(line.environ)
    line.play("cut_after", 503)
    for _ in range(3):
        drain(caller)
    if now:
        sandbox.edit("vendor", {"id": 42, "cost": now})
    found = verdict()
    assert found.verdict is Answer.ALREADY_APPLIED
    assert "request id" in found.why


def test_a_deletion_of_what_is_gone_is_done(sandbox, refuse, verdict):
    refuse(CONTACT)
    assert verdict().verdict is Answer.WOULD_APPLY
    sandbox.delete("contact", 345)
    assert verdict().verdict is Answer.ALREADY_APPLIED


def test_a_change_of_what_is_gone_would_conflict(sandbox, refuse, verdict):
    refuse({"action_type": "update_contact", "target_id": "345", "change": {"title": "Buyer"}})
    sandbox.delete("contact", 345)
    found = verdict()
    assert found.verdict is Answer.CONFLICT
    assert "no contact 345" in found.why


def test_a_new_record_is_known_by_its_external_id(sandbox, refuse, verdict, query, bills):
    refuse(BILL)
    assert verdict().verdict is Answer.WOULD_APPLY
    (row,) = query("SELECT external_id FROM proposed_actions")
    bill = bills()[0]
    sandbox.edit("transaction", {"id": bill, "externalid": row["external_id"]})
    assert verdict().verdict is Answer.ALREADY_APPLIED


def test_lines_cannot_be_told(refuse, verdict, bills):
    refuse(
        {
            "action_type": "update_record",
            "target_record": "vendorbill",
            "target_id": str(bills()[0]),
            "change": {"memo": "x", "expense": [{"line": 1, "memo": "y"}]},
        }
    )
    assert verdict().verdict is Answer.UNKNOWN


def test_what_somebody_saw_to_would_not_be_sent(workspace, admin, refuse, verdict):
    id_ = refuse(COST)
    dismiss(workspace, admin, [id_], reason="no")
    found = verdict([id_])
    assert (found.verdict, found.why) == (Answer.NOT_SENT, "ada dismissed it")
    assert dry_run(workspace, Filter()) == []


def test_what_a_newer_change_retired_is_superseded(workspace, enqueue, refuse, verdict):
    id_ = refuse(COST)
    enqueue({**COST, "change": {"cost": 13}})
    drain(workspace)
    assert verdict([id_]).verdict is Answer.SUPERSEDED


def test_what_is_not_what_was_approved_would_not_be_sent(workspace, enqueue, query, verdict):
    enqueue(COST)
    query("UPDATE ns_pending_pushes SET digest = hex(zeroblob(32))")
    drain(workspace)
    assert verdict().verdict is Answer.NOT_SENT


def test_hundreds_are_asked_in_one_request_and_nothing_is_written(
    workspace, admin, sandbox, enqueue, query
):
    where = {"operation": "update"}
    sandbox.fault("restlet", "business_error", code="USER_ERROR", times=120, where=where)
    entries = [
        {
            "action_type": "update_customer_contact",
            "target_id": str(73 + number),
            "change": {"phone": "555-0100"},
        }
        for number in range(120)
    ]
    enqueue(*entries)
    drain(workspace)
    before = sandbox.stats()["requests"], query("SELECT * FROM ns_push_dlq_log")
    verdicts = dry_run(workspace, Filter())
    assert {verdict.verdict for verdict in verdicts} == {Answer.WOULD_APPLY}
    assert [verdict.id for verdict in verdicts] == list(range(1, 121))
    after = sandbox.stats()["requests"], query("SELECT * FROM ns_push_dlq_log")
    assert after[1] == before[1]
    assert sandbox.ledger() == []
    assert _number(after[0]) - _number(before[0]) == 1
    assert len(replay(workspace, admin, Filter())) == 120


def _number(requests):
    return sum(sum(by_status.values()) for by_status in requests.values())


def test_verdicts_come_in_the_order_asked_for(workspace, refuse):
    ids = [refuse({**COST, "target_id": str(id_)}) for id_ in (42, 43)]
    assert [found.id for found in dry_run(workspace, ids[::-1])] == ids[::-1]


def test_an_id_that_is_not_there_is_said_so(workspace, refuse):
    id_ = refuse(COST)
    with pytest.raises(BadInputError, match="no dead letter 99"):
        dry_run(workspace, [id_, 99])


def test_when_netsuite_is_away_it_says_so(open_workspace, line, refuse):
    refuse(COST)
    line.play(503)
    with pytest.raises(NetSuiteUnavailableError):
        dry_run(open_workspace(line.environ), Filter())
