"""The queue at a person's hand: what waits and why, and each change against a drainer at work."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

import pytest

from nsconsole.services.approvals import Choice, Verdict, decide
from nsconsole.services.dead_letters.letters import Filter, list_dead_letters
from nsconsole.services.dead_letters.replay import replay
from nsconsole.services.errors import (
    BadInputError,
    NetSuiteUnavailableError,
    RefusedError,
    TamperedError,
)
from nsconsole.services.link import note
from nsconsole.services.proposals import propose
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


def item_cost(item, value=1):
    return {"action_type": "update_item_cost", "target_id": str(item), "change": {"cost": value}}


@pytest.fixture
def pushes(query):
    return lambda: query("SELECT * FROM ns_pending_pushes ORDER BY id")


@pytest.fixture
def push(query):
    def one(id_):
        (row,) = query("SELECT * FROM ns_pending_pushes WHERE id = ?", id_)
        return row

    return one


@pytest.fixture
def proposal(query):
    def one(id_):
        (row,) = query("SELECT * FROM proposed_actions WHERE id = ?", id_)
        return row

    return one


@pytest.fixture
def set_push(query):
    """Bring a push into a state that a drainer would."""

    def run(id_, **columns):
        values = ", ".join(f"{name} = ?" for name in columns)
        query(f"UPDATE ns_pending_pushes SET {values} WHERE id = ?", *columns.values(), id_)

    return run


@pytest.fixture
def trail(query):
    """What the audit trail tells of a subject."""

    def of(subject):
        rows = query("SELECT actor, event FROM audit_trail WHERE subject = ? ORDER BY id", subject)
        return [(row["actor"], row["event"]) for row in rows]

    return of


@pytest.fixture
def unhurried(open_workspace, sandbox):
    """The workspace with windows in which an approval can be taken back."""
    return open_workspace(sandbox.environ, undo_low=5.0, undo_medium=5.0, undo_high=10.0)


@pytest.fixture
def approved(unhurried, reviewer):
    """Stage and approve entries with such a window; give the proposals' ids."""

    def run(*entries, by=reviewer):
        ids = [staged.id for staged in propose(unhurried, entries, author="bot")]
        decide(unhurried, by, Verdict.APPROVE, [Choice(id_) for id_ in ids])
        return ids

    return run


def reasons(workspace):
    return {push.id: push.reason for push in waiting(workspace)}


# What waits, and why


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


# Holding, releasing, going first


def test_a_held_push_is_not_sent_until_it_is_released(workspace, enqueue, reviewer, sandbox, trail):
    held, free = enqueue(item_cost(101), item_cost(102))
    (done,) = queue.hold(workspace, reviewer, [held])
    assert done.done
    assert drain(workspace).applied == 1
    assert [change["internal_id"] for change in sandbox.ledger()] == ["102"]
    queue.release(workspace, reviewer, [held])
    assert drain(workspace).applied == 1
    by_rita = [event for actor, event in trail(f"push:{held}") if actor == "rita"]
    assert by_rita == ["push_held", "push_released"]
    assert ("rita", "push_held") not in trail(f"push:{free}")


def test_each_change_tells_what_it_could_not_reach(workspace, enqueue, reviewer):
    one, two = enqueue(item_cost(101), item_cost(102))
    queue.hold(workspace, reviewer, [two])
    drain(workspace)
    told = {c.id: (c.done, c.why) for c in queue.hold(workspace, reviewer, [one, two, 99, two])}
    assert told == {
        one: (False, "too late: NetSuite has done it"),
        two: (False, "it is held already, by rita"),
        99: (False, "there is no such push"),
    }
    queue.release(workspace, reviewer, [two])
    (again,) = queue.release(workspace, reviewer, [two])
    assert again.why == "nobody holds it"


def test_first_is_set_and_taken_back(workspace, enqueue, reviewer, push, trail):
    _, two = enqueue(item_cost(101), item_cost(102))
    assert [c.done for c in queue.first(workspace, reviewer, [two])] == [True]
    assert push(two)["priority"] == 0
    assert queue.first(workspace, reviewer, [two])[0].why == "it goes first already"
    assert queue.first(workspace, reviewer, [two], normal=True)[0].done
    assert push(two)["priority"] == 1
    assert trail(f"push:{two}")[-2:] == [("rita", "push_put_first"), ("rita", "push_put_back")]


def test_first_does_not_overtake_an_earlier_change_of_the_same_record(
    workspace, enqueue, reviewer, sandbox
):
    _, later = enqueue(item_cost(101, 1), item_cost(101, 2))
    queue.first(workspace, reviewer, [later])
    drain(workspace)
    assert [change["fields"]["cost"] for change in sandbox.ledger()] == [1]


@pytest.mark.parametrize("change", ["hold", "release", "first"])
def test_a_viewer_changes_nothing(workspace, enqueue, viewer, pushes, change):
    (id_,) = enqueue(item_cost(101))
    before = pushes()
    with pytest.raises(RefusedError, match="vic is a viewer"):
        getattr(queue, change)(workspace, viewer, [id_])
    assert pushes() == before


# Cancelling


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


# Undoing


def test_an_approval_is_undone_while_it_can_be(
    unhurried, approved, reviewer, sandbox, push, proposal, trail, clock
):
    (id_,) = approved(item_cost(101))
    (undone,) = queue.undo(unhurried, reviewer, [id_])
    assert (undone.proposal_id, undone.done) == (id_, True)
    assert push(undone.push_id)["status"] == "cancelled"
    again = proposal(id_)
    decision = ("status", "claim", "decided_by", "decided_at", "decision_reason")
    assert [again[name] for name in decision] == ["pending", None, None, None, None]
    assert trail(f"proposal:{id_}")[-1] == ("rita", "undone")
    clock.advance(60)
    assert drain(unhurried).applied == 0
    assert sandbox.ledger() == []


def test_what_was_undone_can_be_approved_again_and_is_made_once(
    unhurried, approved, reviewer, sandbox, clock
):
    (id_,) = approved(item_cost(101))
    queue.undo(unhurried, reviewer, [id_])
    (decision,) = decide(unhurried, reviewer, Verdict.APPROVE, [Choice(id_)])
    assert decision.won
    clock.advance(5)
    assert drain(unhurried).applied == 1
    assert len(sandbox.ledger()) == 1


def test_undoing_comes_too_late_once_it_was_tried(
    workspace, enqueue, stage, reviewer, sandbox, set_push, proposal
):
    applied, retried, leaving = enqueue(item_cost(101), item_cost(102), item_cost(103))
    set_push(leaving, status="in_flight")
    queue.hold(workspace, reviewer, [retried])
    drain(workspace)
    set_push(retried, attempts=1, held_at=None)
    (pending,) = stage(item_cost(104))
    told = {u.proposal_id: u.why for u in queue.undo(workspace, reviewer, [1, 2, 3, pending, 99])}
    assert told == {
        1: "too late: NetSuite has done it",
        2: "too late: it was tried already, and will be again",
        3: "too late: it is on its way to NetSuite",
        pending: "it is pending, so there is no approval to take back",
        99: "there is no such proposal",
    }
    assert [proposal(id_)["status"] for id_ in (1, 2, 3)] == ["approved"] * 3
    assert applied == 1


def test_a_reviewer_undoes_their_own_approvals_and_an_admin_any(
    unhurried, approved, add_operator, admin
):
    (id_,) = approved(item_cost(101))
    (refused,) = queue.undo(unhurried, add_operator("nora", "reviewer"), [id_])
    assert (refused.done, refused.why) == (
        False,
        "rita approved it; only they and an admin take it back",
    )
    assert queue.undo(unhurried, admin, [id_])[0].done


def test_a_viewer_undoes_nothing(unhurried, approved, viewer, proposal):
    (id_,) = approved(item_cost(101))
    with pytest.raises(RefusedError):
        queue.undo(unhurried, viewer, [id_])
    assert proposal(id_)["status"] == "approved"


def test_however_many_approvals_are_undone_by_one_call(
    unhurried, approved, reviewer, query, monkeypatch
):
    monkeypatch.setattr(queue, "_AT_ONCE", 3)  # so that ten are many
    ids = approved(*[item_cost(101, n) for n in range(1, 11)])
    told = queue.undo(unhurried, reviewer, [*ids, 99])
    assert [(u.proposal_id, u.done) for u in told] == [(id_, True) for id_ in ids] + [(99, False)]
    (left,) = query("SELECT count(*) AS n FROM proposed_actions WHERE status <> 'pending'")
    assert left == {"n": 0}


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


def at_once(*jobs):
    """Run jobs in threads that begin together; give what each returns."""
    start = threading.Barrier(len(jobs), timeout=30)

    def run(job):
        start.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_against_drainers_an_approval_is_undone_or_made_and_never_both(
    workspace, enqueue, reviewer, sandbox, query
):
    ids = list(range(1, 121))
    enqueue(*[item_cost(101 + n) for n in range(len(ids))])

    def undo_in_turn(seed):
        turn = ids[:]
        Random(seed).shuffle(turn)
        return [queue.undo(workspace, reviewer, [id_])[0] for id_ in turn]

    told = at_once(
        *[lambda: drain(workspace, limit=40)] * 3,
        *[lambda seed=seed: undo_in_turn(seed) for seed in range(3)],
    )
    undone = [u.proposal_id for one in told[3:] for u in one if u.done]
    drain(workspace)
    assert len(undone) == len(set(undone))
    applied = query("SELECT proposal_id FROM ns_pending_pushes WHERE status = 'applied'")
    reached = {row["proposal_id"] for row in applied}
    assert len(sandbox.ledger()) == len(reached)
    assert reached.isdisjoint(undone)
    assert reached | set(undone) == set(ids)
    assert reached  # a race that one side always wins would prove nothing
    assert undone
