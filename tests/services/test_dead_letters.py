"""Dead letters: found, grouped, shown, dismissed, and retired by what came later."""

from datetime import timedelta

import pytest

from nsconsole.services.dead_letters.letters import (
    Filter,
    dismiss,
    groups,
    list_dead_letters,
    open_by_cause,
    show_dead_letter,
    three_way,
)
from nsconsole.services.dead_letters.replay import replay
from nsconsole.services.errors import BadInputError, RefusedError
from nsconsole.services.pushes.attempts import Cause
from nsconsole.services.pushes.draining import drain
from nsconsole.services.pushes.listing import list_pushes
from nsconsole.services.pushes.queue import undo


def change(kind, target, **fields):
    return {"action_type": kind, "target_id": str(target), "change": fields}


COST = change("update_vendor_cost", 42, cost=12.5)


@pytest.fixture
def refuse(workspace, sandbox, enqueue):
    """Have NetSuite refuse changes; give the ids of the dead letters, the oldest first."""

    def refuse_all(*entries, code="USER_ERROR"):
        where = {"operation": "update"}
        sandbox.fault("restlet", "business_error", code=code, times=len(entries), where=where)
        before = {letter.id for letter in list_dead_letters(workspace)}
        enqueue(*entries)
        drain(workspace)
        return sorted({letter.id for letter in list_dead_letters(workspace)} - before)

    return refuse_all


@pytest.fixture
def conflict(workspace, sandbox, enqueue):
    """A dead letter: the cost is no longer what the approver saw. Give its id."""
    enqueue(COST)
    sandbox.edit("vendor", {"id": 42, "cost": 11})
    drain(workspace)
    (letter,) = list_dead_letters(workspace)
    return letter.id


@pytest.fixture
def told(query):
    """What the audit trail tells of a subject: its events with who did them."""

    def events(subject):
        rows = query("SELECT actor, event FROM audit_trail WHERE subject = ? ORDER BY id", subject)
        return [(row["actor"], row["event"]) for row in rows]

    return events


# Looking


def test_open_ones_are_listed_the_newest_first_page_by_page(workspace, refuse):
    ids = refuse(*[change("update_item_cost", item, cost=1) for item in (101, 102, 103)])
    assert [letter.id for letter in list_dead_letters(workspace)] == ids[::-1]
    assert [letter.id for letter in list_dead_letters(workspace, offset=1, limit=1)] == [ids[1]]


def test_groups_count_by_cause_and_code(workspace, clock, refuse, conflict):
    began = clock()
    clock.advance(60)
    refuse(change("update_item_cost", 101, cost=1), code="CLOSED_TRAN_PRD")
    clock.advance(60)
    refuse(change("update_item_cost", 102, cost=1), code="CLOSED_TRAN_PRD")
    first, second = groups(workspace)
    assert (first.cause, first.code, first.count) == (Cause.CONFLICT, "RCRD_HAS_BEEN_CHANGED", 1)
    assert (second.cause, second.code, second.count) == (Cause.REFUSED, "CLOSED_TRAN_PRD", 2)
    assert (second.oldest - began, second.newest - began) == (
        timedelta(minutes=1),
        timedelta(minutes=2),
    )
    assert open_by_cause(workspace) == {"conflict": 1, "refused": 2}


def test_a_grouped_list_stands_in_the_order_of_the_groups(workspace, refuse, conflict):
    low = refuse(change("update_item_cost", 101, cost=1), code="CLOSED_TRAN_PRD")
    high = refuse(change("update_item_cost", 102, cost=1), code="USER_ERROR")
    low += refuse(change("update_item_cost", 103, cost=1), code="CLOSED_TRAN_PRD")
    listed = [letter.id for letter in list_dead_letters(workspace, grouped=True)]
    assert listed == [conflict, *low[::-1], *high]


@pytest.mark.parametrize(
    ("matching", "found"),
    [
        (Filter(), ["vendor", "item", "item"]),
        (Filter(cause="conflict"), ["vendor"]),
        (Filter(cause="refused", code="USER_ERROR"), ["item", "item"]),
        (Filter(code="NO_SUCH_CODE"), []),
        (Filter(action_type="update_item_cost"), ["item"]),
        (Filter(record="item"), ["item", "item"]),
        (Filter(record="item:102"), ["item"]),
        (Filter(record="item:1"), []),
        (Filter(text="cost ITEM"), ["item"]),
        (Filter(text="was refused"), ["item", "item"]),  # NetSuite's words
        (Filter(text="was refused vendor"), []),
        (Filter(text="user_error"), ["item", "item"]),
        (Filter(text="co%t"), []),
        (Filter(text="user%error"), []),
    ],
)
def test_a_filter_takes_those_that_fit_all_of_it(workspace, refuse, conflict, matching, found):
    refuse(
        change("update_item_cost", 102, cost=7.77),
        change("update_item_reorder_point", 103, reorder_point=9),
    )
    listed = list_dead_letters(workspace, matching=matching)
    assert sorted(letter.target_record for letter in listed) == sorted(found)
    assert sum(group.count for group in groups(workspace, matching=matching)) == len(found)


def test_no_code_is_a_code_like_any_other(workspace, refuse, query):
    first, second = refuse(*[change("update_item_cost", item, cost=1) for item in (101, 102)])
    query("UPDATE ns_push_dlq_log SET code = '' WHERE id = ?", first)
    for code, id_ in (("", first), ("USER_ERROR", second)):
        (found,) = list_dead_letters(workspace, matching=Filter(cause="refused", code=code))
        assert found.id == id_


def test_a_filter_bounds_when_the_last_attempt_was(workspace, clock, refuse):
    (first,) = refuse(change("update_item_cost", 101, cost=1))
    clock.advance(60)
    moment = clock()
    (second,) = refuse(change("update_item_cost", 102, cost=1))

    def found(**bounds):
        listed = list_dead_letters(workspace, matching=Filter(**bounds))
        return [letter.id for letter in listed]

    assert found(since=moment) == [second]
    assert found(until=moment) == [first]
    assert found(since=moment, until=moment) == []


def test_a_conflict_shows_what_was_seen_proposed_and_is_there_now(workspace, conflict):
    (field,) = three_way(show_dead_letter(workspace, conflict))
    assert (field.name, field.seen, field.proposed, field.now) == (
        "cost",
        "10.00",
        "12.50",
        "11.00",
    )
    assert field.moved
    assert not field.reached


def test_what_netsuite_did_not_tell_is_left_out(workspace, refuse):
    (id_,) = refuse(change("update_vendor_terms", 42, terms="5"))
    found = show_dead_letter(workspace, id_)
    (field,) = three_way(found)
    assert field.now is None
    assert not field.moved
    assert field.proposed not in ("5", "#5")  # what the terms are called
    assert found.change == {"terms": "5"}
    assert found.error["code"] == "USER_ERROR"
    assert [tried["outcome"] for tried in found.attempts] == ["permanent"]


def test_an_id_that_is_not_there_is_said_so(workspace):
    with pytest.raises(BadInputError, match="no dead letter 99"):
        show_dead_letter(workspace, 99)


# Dismissing


def test_a_dismissed_one_rests_with_its_reason(workspace, admin, conflict, told):
    assert dismiss(workspace, admin, [conflict], reason="the vendor called it off") == [conflict]
    assert list_dead_letters(workspace) == []
    letter = show_dead_letter(workspace, conflict).letter
    assert (letter.resolution, letter.reason) == ("dismissed", "the vendor called it off")
    assert replay(workspace, admin, [conflict]) == []
    assert dismiss(workspace, admin, [conflict], reason="again") == []
    assert told(f"letter:{conflict}") == [("ada", "letter_dismissed")]


def test_all_that_match_can_be_dismissed(workspace, admin, refuse, conflict):
    refused = refuse(*[change("update_item_cost", item, cost=1) for item in (101, 102)])
    done = dismiss(workspace, admin, Filter(cause="refused"), reason="a mistake")
    assert sorted(done) == refused
    assert [letter.id for letter in list_dead_letters(workspace)] == [conflict]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001, "\x1b[2J"])
def test_a_dismissal_says_why(workspace, admin, conflict, reason):
    with pytest.raises(BadInputError, match="reason"):
        dismiss(workspace, admin, [conflict], reason=reason)
    assert len(list_dead_letters(workspace)) == 1


def test_only_an_admin_dismisses(workspace, reviewer, conflict, told):
    with pytest.raises(RefusedError):
        dismiss(workspace, reviewer, [conflict], reason="no")
    assert len(list_dead_letters(workspace)) == 1
    assert told(f"letter:{conflict}") == []


# Retired by what came later


@pytest.fixture
def ends(workspace):
    """How dead letters ended, by id: their resolution and its reason."""

    def all_ends():
        letters = list_dead_letters(workspace, resolved=True)
        return {letter.id: (letter.resolution, letter.reason) for letter in letters}

    return all_ends


def test_a_newer_applied_change_of_all_its_fields_retires_an_older_one(
    workspace, enqueue, conflict, ends, told
):
    (newer,) = enqueue(change("update_vendor_cost", 42, cost=13))
    assert drain(workspace).applied == 1
    assert ends() == {conflict: ("superseded", f"push {newer}")}
    assert told(f"letter:{conflict}") == [("nsconsole", "letter_superseded")]
    assert list_dead_letters(workspace) == []


def test_a_newer_change_that_is_not_applied_retires_nothing(workspace, refuse, conflict, ends):
    refuse(change("update_vendor_cost", 42, cost=13))
    assert ends()[conflict] == (None, None)


@pytest.mark.parametrize(
    "newer",
    [
        change("update_vendor_contact", 42, phone="555-0100"),  # another field
        change("update_vendor_cost", 43, cost=13),  # another record
    ],
)
def test_what_is_not_written_anew_stays(workspace, enqueue, conflict, ends, newer):
    enqueue(newer)
    assert drain(workspace).applied == 1
    assert ends() == {conflict: (None, None)}


def test_a_partial_overlap_stays(workspace, refuse, enqueue, ends):
    (both,) = refuse(change("update_vendor_contact", 42, phone="555-0100", email="a@example.com"))
    enqueue(change("update_vendor_contact", 42, phone="555-0199"))
    assert drain(workspace).applied == 1
    assert ends() == {both: (None, None)}


def test_a_deletion_retires_all_of_its_record(workspace, refuse, enqueue, ends):
    (title,) = refuse(change("update_contact", 345, title="Buyer"))
    enqueue({"action_type": "delete_record", "target_record": "contact", "target_id": "345"})
    assert drain(workspace).applied == 1
    assert ends()[title][0] == "superseded"


def test_an_older_approval_that_is_replayed_does_not_retire_a_newer_one(
    workspace, admin, refuse, ends
):
    (older,) = refuse(change("update_vendor_cost", 42, cost=12))
    (newer,) = refuse(change("update_vendor_cost", 42, cost=13))
    replay(workspace, admin, [older])
    assert drain(workspace).applied == 1
    assert ends() == {older: ("replayed", ""), newer: (None, None)}


def test_what_was_called_back_and_approved_again_counts_from_then(
    workspace, reviewer, refuse, stage, approve, ends
):
    (early,) = stage(change("update_vendor_cost", 42, cost=12))
    approve(early)
    assert undo(workspace, reviewer, [early])[0].done
    (letter,) = refuse(change("update_vendor_cost", 42, cost=13))
    approve(early)
    assert drain(workspace).applied == 1
    assert ends()[letter][0] == "superseded"


def test_a_replay_that_waits_behind_a_newer_approval_is_called_off_when_that_is_applied(
    workspace, admin, sandbox, refuse, enqueue, ends
):
    (older,) = refuse(change("update_vendor_cost", 42, cost=12))
    (newer,) = enqueue(change("update_vendor_cost", 42, cost=13))
    (again,) = replay(workspace, admin, [older])
    report = drain(workspace)
    assert (report.applied, report.dead) == (1, 0)
    assert ends() == {older: ("superseded", f"push {newer}")}
    assert [push.id for push in list_pushes(workspace, status="cancelled")] == [again.push_id]
    assert [made["fields"] for made in sandbox.ledger()] == [{"cost": 13}]
