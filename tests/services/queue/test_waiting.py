"""What waits, in which order, and why."""

from datetime import timedelta

import pytest

from nsconsole.services.errors import NetSuiteUnavailableError
from nsconsole.services.link import note
from nsconsole.services.pushes import breaker, queue
from nsconsole.services.pushes.draining import drain
from nsconsole.services.pushes.waiting import (
    Counts,
    Reason,
    count,
    last_applied,
    waiting,
    waiting_of,
)

from .conftest import item_cost


def reasons(workspace):
    return {push.id: push.reason for push in waiting(workspace)}


def test_what_is_approved_waits_for_its_turn(workspace, enqueue, clock):
    (id_,) = enqueue(item_cost(101))
    (push,) = waiting(workspace)
    assert (push.id, push.reason, push.attempts, push.until) == (id_, Reason.DUE, 0, None)
    assert "101" in push.summary
    assert push.since == clock()


def test_an_approval_that_can_be_taken_back_waits_until_it_cannot(unhurried, approved, clock):
    approved(item_cost(101))
    (push,) = waiting(unhurried)
    assert (push.reason, push.until) == (Reason.UNDO_WINDOW, clock() + timedelta(seconds=5))
    clock.advance(5)
    assert reasons(unhurried) == {push.id: Reason.DUE}


def test_a_change_waits_behind_the_earlier_ones_of_its_record(workspace, enqueue):
    one, two, three, other = enqueue(
        item_cost(101), item_cost(101, 2), item_cost(101, 3), item_cost(102)
    )
    found = {push.id: (push.reason, push.behind) for push in waiting(workspace)}
    assert found == {
        one: (Reason.DUE, None),
        two: (Reason.BEHIND, one),
        three: (Reason.BEHIND, one),
        other: (Reason.DUE, None),
    }


def test_what_failed_waits_for_its_next_attempt(workspace, enqueue, sandbox):
    sandbox.fault("restlet", "error_503", times=1)
    (id_,) = enqueue(item_cost(101))
    drain(workspace, attended=False)
    (push,) = waiting(workspace)
    assert (push.id, push.reason, push.attempts) == (id_, Reason.BACKOFF, 1)
    assert push.until > workspace.now()
    assert push.maybe_done
    assert "503" in push.error


def test_a_clock_that_was_ahead_leaves_nothing_waiting_for_years(workspace, enqueue, set_push):
    (id_,) = enqueue(item_cost(101))
    set_push(id_, next_attempt_at="2036-11-22T09:15:00.000000Z")
    assert reasons(workspace) == {id_: Reason.DUE}


def test_what_is_in_flight_comes_first_and_since_it_left(workspace, enqueue, set_push, clock):
    one, two = enqueue(item_cost(101), item_cost(102))
    left = "2026-11-22T09:14:58.000000Z"
    set_push(
        two, status="in_flight", leased_at=left, lease_expires_at="2026-11-22T09:16:00.000000Z"
    )
    first, second = waiting(workspace)
    assert (first.id, first.reason) == (two, Reason.IN_FLIGHT)
    assert first.since == clock() - timedelta(seconds=2)
    assert (second.id, second.reason) == (one, Reason.DUE)


def test_who_holds_a_push_is_told(workspace, enqueue, reviewer):
    (id_,) = enqueue(item_cost(101))
    queue.hold(workspace, reviewer, [id_])
    (push,) = waiting(workspace)
    assert (push.reason, push.held_by) == (Reason.HELD, "rita")


def test_a_replay_that_waits_for_the_canary_names_it(workspace, enqueue, set_push):
    one, two = enqueue(item_cost(101), item_cost(102))
    set_push(two, held_at="2026-11-22T09:15:00.000000Z", held_by=f"canary:{one}")
    assert {(push.id, push.reason, push.behind) for push in waiting(workspace)} == {
        (one, Reason.DUE, None),
        (two, Reason.CANARY, one),
    }


def test_an_open_breaker_holds_all_that_is_due(workspace, enqueue, admin):
    (id_,) = enqueue(item_cost(101))
    breaker.hold(workspace, admin, "month end")
    assert reasons(workspace) == {id_: Reason.BREAKER}
    breaker.reset(workspace, admin)
    assert reasons(workspace) == {id_: Reason.DUE}


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({"NSCONSOLE_TOKEN_SECRET": "0" * 64}, Reason.LOGIN_REFUSED),
        ({"NSCONSOLE_NETSUITE_URL": "http://127.0.0.1:1"}, Reason.NETSUITE_AWAY),
    ],
)
def test_a_netsuite_that_will_not_be_asked_is_told(
    open_workspace, sandbox, enqueue, environ, reason
):
    (id_,) = enqueue(item_cost(101))
    cut_off = open_workspace(sandbox.environ | environ)
    with pytest.raises(NetSuiteUnavailableError):
        drain(cut_off)
    assert reasons(cut_off) == {id_: reason}
    note(cut_off, None)
    assert reasons(cut_off) == {id_: Reason.DUE}


def test_what_waits_is_given_in_the_order_in_which_it_goes(workspace, enqueue, reviewer, sandbox):
    ids = enqueue(*[item_cost(item) for item in (101, 102, 103)])
    queue.first(workspace, reviewer, [ids[2]])
    told = [push.id for push in waiting(workspace)]
    assert told == [ids[2], ids[0], ids[1]]
    drain(workspace, limit=3)
    assert [change["internal_id"] for change in sandbox.ledger()] == ["103", "101", "102"]


def test_what_waits_is_paged_filtered_and_counted(workspace, enqueue, reviewer):
    ids = enqueue(*[item_cost(item) for item in (101, 102, 103, 104)])
    queue.hold(workspace, reviewer, [ids[3]])
    assert [push.id for push in waiting(workspace, limit=2)] == ids[:2]
    assert [push.id for push in waiting(workspace, matching=f"#{ids[2]}")] == [ids[2]]
    summary = waiting(workspace)[0].summary
    word = next(word for word in summary.split() if word.isalpha())
    assert ids[0] in [push.id for push in waiting(workspace, matching=word.upper())]
    assert waiting(workspace, matching="no such word") == []
    assert count(workspace) == Counts(waiting=4, in_flight=0)
    assert count(workspace, matching=f"#{ids[2]}") == Counts(waiting=1, in_flight=0)
    assert set(waiting_of(workspace, [ids[1], 99])) == {ids[1]}


def test_however_much_waits_the_first_of_it_is_found_without_sorting(workspace, enqueue, plans):
    enqueue(item_cost(101))
    told = [[step.detail for step in plan] for plan in plans(lambda: waiting(workspace, limit=9))]
    assert ["SCAN ns_pending_pushes USING INDEX ix_ns_pending_pushes_waiting"] in told
    (counted, _) = plans(lambda: count(workspace))
    assert "COVERING INDEX" in counted[0].detail


def test_what_was_applied_last_is_told(workspace, enqueue, clock):
    one, two = enqueue(item_cost(101), item_cost(102))
    drain(workspace)
    assert waiting(workspace) == []
    (last,) = last_applied(workspace, 1)
    assert (last.push_id, last.ns_internal_id, last.applied_at) == (two, "102", clock())
    assert [done.push_id for done in last_applied(workspace, 9)] == [two, one]
